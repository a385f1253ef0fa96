#!/usr/bin/env bash
# determinism_test.sh DUALSIM SCENARIO…: every scenario twice, in other folders,
# time zones, languages, environments, orders and numbers of threads: the same
# bytes in every output.
set -u
dualsim=$PWD/$1
shift
scenarios=("${@/#/$PWD/}")
reversed=()
for scenario in "${scenarios[@]}"; do reversed=("$scenario" "${reversed[@]}"); done
one=$TEST_TMPDIR/one other="$TEST_TMPDIR/quite another"
mkdir -p "$one" "$other"

(cd "$one" && env -i TZ=UTC LANG=C "$dualsim" run --jobs 1 "${scenarios[@]}" >report)
[ $? -le 1 ] || exit 1
(cd "$other" && env -i TZ=Asia/Kolkata LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 HOME=/nowhere \
  USER=someone HOSTNAME=elsewhere COLUMNS=40 MALLOC_PERTURB_=165 \
  "$dualsim" run --jobs 3 "${reversed[@]}" >report)
[ $? -le 1 ] || exit 1

# The reports come in the order of the call; sorted, they have the same lines.
diff <(sort "$one/report") <(sort "$other/report") || exit 1
files=$(find "$one/out" -type f | wc -l)
runs=$(find "$one/out" -mindepth 1 -maxdepth 1 | wc -l) # A file of cases has several.
[ "$runs" -ge ${#scenarios[@]} ] && [ "$files" = $((3 * runs)) ] ||
  { echo "$files files in $runs folders of ${#scenarios[@]} scenarios"; exit 1; }
diff -r "$one/out" "$other/out" && echo "$files files are the same"
