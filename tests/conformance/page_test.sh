#!/usr/bin/env bash
# page_test.sh DUALSIM PAGE ROWS CASES…: docs/conformance.md is what a run gives.
set -u
dualsim=$1 page=$2
shift 2
"$dualsim" run --quiet --no-capture --no-trace --no-db --out "$TEST_TMPDIR/out" \
  --conformance-page "$TEST_TMPDIR/page.md" "$@" >/dev/null
[ $? -le 1 ] || { echo "dualsim failed"; exit 1; }
diff -u "$page" "$TEST_TMPDIR/page.md" && exit 0
echo 'the page is not what a run gives; this writes it anew:'
echo "  tools/dualsim run scenarios/conformance/* --conformance-page docs/conformance.md"
exit 1
