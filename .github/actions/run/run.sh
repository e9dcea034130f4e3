#!/usr/bin/env bash
# Makes the arguments of sendspec run from the inputs of the action, which arrive as INPUT_NAME, and ends with its exit code.
set -euo pipefail
fail() { echo "::error title=sendspec::$1"; exit 2; }

arguments=(run)
given=0
for name in endpoint exec target; do
  value=$(tr '[:lower:]' '[:upper:]' <<<"INPUT_$name")
  value=${!value:-}
  [ -z "$value" ] || { arguments+=("--$name=$value"); given=$((given + 1)); }
done
[ "$given" = 1 ] || fail "want one of the inputs endpoint, exec and target; $given are set"
[ -z "${INPUT_BASELINE:-}" ] || arguments+=("--baseline=$INPUT_BASELINE")
profiles=$(tr -s ' ,\n' ',' <<<"${INPUT_PROFILES:-}")
profiles=${profiles#,}
[ -z "${profiles%,}" ] || arguments+=("--profile=${profiles%,}")
case "${INPUT_SUMMARY:-true}" in
true) arguments+=(--github) ;;
false) arguments+=(--github=false) ;;
*) fail "summary: want true or false, got $INPUT_SUMMARY" ;;
esac
while IFS= read -r line; do
  [ -z "${line//[[:space:]]/}" ] || arguments+=("--report=$line")
done <<<"${INPUT_REPORT:-}"
while IFS= read -r line; do
  [ -z "${line//[[:space:]]/}" ] || arguments+=("$line")
done <<<"${INPUT_ARGS:-}"
report=${RUNNER_TEMP:-.}/sendspec-report.json
rm -f "$report"
arguments+=("--json=$report" --)
while read -ra words; do
  arguments+=(${words[@]+"${words[@]}"})
done <<<"${INPUT_SELECTORS:-}"

code=0
sendspec "${arguments[@]}" || code=$?
{
  echo "exit-code=$code"
  [ ! -e "$report" ] || echo "report=$report"
} >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$code"
