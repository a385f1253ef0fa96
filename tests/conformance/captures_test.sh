#!/usr/bin/env bash
# captures_test.sh CHECKER DUALSIM CASES…: what the stacks send in cases is clean in
# tshark; what the testers broke is left out. The cases of a file are one capture:
# tshark is slow to start.
set -u
checker=$1 dualsim=$2
shift 2
export HOME=$TEST_TMPDIR
merged=() floods=()
for file in "$@"; do
  name=$(basename "$file" .textproto)
  # Expectations are the cases' own tests'.
  "$dualsim" run --quiet --no-trace --no-db --out "$TEST_TMPDIR/$name" "$file" >/dev/null
  [ $? -le 1 ] || { echo "dualsim failed"; exit 1; }
  capture=$TEST_TMPDIR/$name.pcapng
  mergecap -a -w "$capture" "$TEST_TMPDIR/$name"/*/*.pcapng 2>"$TEST_TMPDIR/errors" ||
    { cat "$TEST_TMPDIR/errors"; exit 1; }
  case $name in
  *fragment_floods) floods+=("$capture") ;;
  *) merged+=("$capture") ;;
  esac
done
[ "${#floods[@]}" = 1 ] || { echo "${#floods[@]} files of fragment floods"; exit 1; }
status=0
# tshark uses one processor.
printf '%s\0' "${merged[@]}" | xargs -0 -n 4 -P 2 "$checker" || status=1
# It would spend minutes on putting a flood together that testers sent and no stack took.
TSHARK_OPTIONS='-o ipv6.defragment:FALSE' "$checker" "${floods[@]}" || status=1
exit $status
