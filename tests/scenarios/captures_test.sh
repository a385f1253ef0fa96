#!/usr/bin/env bash
# captures_test.sh CHECKER DUALSIM SCENARIO…: the captures of all scenarios are
# clean in tshark; and the checker is one that would notice.
set -u
checker=$1 dualsim=$2
shift 2
out=$TEST_TMPDIR/out
# Expectations are the scenarios' own tests'.
"$dualsim" run --quiet --no-trace --no-db --out "$out" "$@" >/dev/null
[ $? -le 1 ] || { echo "dualsim failed"; exit 1; }
captures=("$out"/*/*.pcapng)
[ "${#captures[@]}" -ge $# ] || { # A file of cases has several.
  echo "${#captures[@]} captures of $# scenarios"
  exit 1
}

# One byte in fifty of a real capture changed: checksums no longer hold.
editcap --seed 1 -E 0.02 "${captures[0]}" "$TEST_TMPDIR/broken.pcapng" || exit 1
if "$checker" "$TEST_TMPDIR/broken.pcapng" >/dev/null; then
  echo "a broken capture was not noticed"
  exit 1
fi
# What tells TCP's content by its looks is off: some of a transfer's bytes look like anything.
TSHARK_OPTIONS=$(tshark -G heuristic-decodes 2>/dev/null |
  sed -n 's/^tcp\t\([^\t]*\)\t.*/--disable-protocol \1/p' | tr '\n' ' ')
export TSHARK_OPTIONS
# tshark is slow to start and uses one processor.
printf '%s\0' "${captures[@]}" | xargs -0 -n 4 -P 2 "$checker"
