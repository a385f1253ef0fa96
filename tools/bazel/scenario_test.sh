#!/usr/bin/env bash
# scenario_test.sh DUALSIM SCENARIO: what the macro scenario_test runs.
exec "$1" run "$2" --golden check --verbose --out "$TEST_TMPDIR/out" \
  --junit "${XML_OUTPUT_FILE:-$TEST_TMPDIR/junit.xml}"
