#!/usr/bin/env bash
# compare_builds.sh DUALSIM OTHER-DUALSIM FOLDER SCENARIO…: runs scenarios under
# two builds of dualsim, below FOLDER. Exit code 0 where what they print and every
# output have the same bytes.
set -u
one=$1 other=$2 folder=$3
shift 3
rm -rf "$folder" && mkdir -p "$folder" || exit 1
status=0
"$one" run --out "$folder/one" "$@" >"$folder/one.txt" || status=$?
"$other" run --out "$folder/other" "$@" >"$folder/other.txt" || [ $? = $status ] || exit 1
[ $status -le 1 ] || exit 1
cmp "$folder/one.txt" "$folder/other.txt" && diff -r "$folder/one" "$folder/other" || exit 1
printf '%s files are the same\n' "$(find "$folder/one" -type f | wc -l)"
rm -rf "$folder"
