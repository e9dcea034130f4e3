#!/usr/bin/env bash
# Puts the sendspec of a release on PATH, if its digest is the one that the release says. One that is there already stays.
set -euo pipefail
if command -v sendspec >/dev/null; then
  echo "sendspec is on PATH already: $(command -v sendspec)"
  exit 0
fi
case "$(uname -s)" in
Linux) os=linux ;;
Darwin) os=darwin ;;
*) os=windows ;;
esac
case "$(uname -m)" in
arm64 | aarch64) arch=arm64 ;;
*) arch=amd64 ;;
esac
folder=${RUNNER_TEMP:?want the folder for temporary files}/sendspec
mkdir -p "$folder"
cd "$folder"
tag=()
[ "${INPUT_VERSION:-latest}" = latest ] || tag=("$INPUT_VERSION")
gh release download ${tag[@]+"${tag[@]}"} --repo sendspec/sendspec --clobber --pattern checksums.txt --pattern "sendspec_*_${os}_${arch}.*"
archive=$(ls sendspec_*_"${os}_${arch}".tar.gz sendspec_*_"${os}_${arch}".zip 2>/dev/null | head -n 1 || true)
[ -n "$archive" ] || { echo "::error title=sendspec::the release has no archive for $os/$arch"; exit 2; }
grep " $archive\$" checksums.txt >expected.txt || { echo "::error title=sendspec::checksums.txt does not name $archive"; exit 2; }
if command -v sha256sum >/dev/null; then sha256sum --check expected.txt; else shasum -a 256 --check expected.txt; fi
case "$archive" in
*.zip) unzip -oq "$archive" ;;
*) tar -xzf "$archive" ;;
esac
program=$(dirname "$(find . -name sendspec -type f -o -name sendspec.exe -type f | head -n 1)")
(cd "$program" && pwd) >>"${GITHUB_PATH:?}"
