#!/usr/bin/env bash
# cases_test.sh DUALSIM CASES: what the macro cases_test runs.
exec "$1" run "$2" --no-capture --no-trace --no-db --out "$TEST_TMPDIR/out" \
  --junit "${XML_OUTPUT_FILE:-$TEST_TMPDIR/junit.xml}"
