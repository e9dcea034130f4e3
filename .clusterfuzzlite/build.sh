#!/bin/bash -eu
# Builds the fuzz targets for libFuzzer, in the image that the Dockerfile makes. It changes the source code that it is run on.
# .ci/clusterfuzzlite runs it without that image.
tool=github.com/AdamKorcz/go-118-fuzz-build
version=v0.0.0-20250520111509-a70c2aa677fa
go install "$tool@$version"
go get "$tool/testing@$version"

# The tool gives a target a testing.F of its own, and changes no more than the target's file.
find fuzz/fuzztest -name '*.go' ! -name '*_test.go' -exec sed -i "s,^\t\"testing\"\$,\t\"$tool/testing\"," {} +

sed '/^#/d' .clusterfuzzlite/targets | while read -r folder target; do
  # It takes no external test package, either: in a folder of its own the file is a package like any other.
  mkdir -p "$folder/$target"
  sed "s/^package .*_test\$/package target/" "$folder/fuzz_test.go" >"$folder/$target/fuzz.go"
  compile_native_go_fuzzer "github.com/sendspec/sendspec/$folder/$target" "$target" "$target"
  test -x "$OUT/$target" # which the line above does not say by its exit code
done
