#!/usr/bin/env bash
# What the launchers do about packages, builds and stamps, with stand-ins for apt
# and Bazel that note how they were called.
set -u
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
expect_eq() { [ "$1" = "$2" ] || fail "$3: expected '$1', got '$2'"; }
expect_has() { case $1 in *"$2"*) ;; *) fail "$3: no '$2' in: $1" ;; esac }

# A clone at a path with a space, and the stand-ins.
tree="$TEST_TMPDIR/a clone"
bin=$TEST_TMPDIR/bin
calls=$TEST_TMPDIR/calls
mkdir -p "$tree/tools" "$tree/stack" "$tree/sim" "$bin" "$TEST_TMPDIR/home"
for file in dualsim test setup.bash; do cp -L "tools/$file" "$tree/tools/"; done
touch "$tree/WORKSPACE" "$tree/BUILD" "$tree/.bazelrc"
echo 'int x;' >"$tree/sim/x.cc"
echo bash >"$tree/tools/packages.txt"
: >"$tree/tools/packages-test.txt"

cat >"$bin/bazel" <<'EOF'
#!/usr/bin/env bash
echo "bazel $*" >>"$CALLS"
while [[ $1 = --* ]]; do shift; done
case $1 in
  info) echo "$FAKE_BIN" ;;
  build)
    echo "1700000000.123: src/main/tools/linux-sandbox.cc:152: calling pipe(2)..."
    [ -z "${FAKE_ERROR-}" ] || { echo "x.cc:1:2: error: $FAKE_ERROR"; exit 1; }
    sleep 0.2 ;;
  test) cat "$FAKE_RESULTS"; exit "${FAKE_CODE-0}" ;;
esac
EOF
printf '#!/bin/sh\necho "apt-get $*" >>"$CALLS"\nexit 1\n' >"$bin/apt-get"
printf '#!/bin/sh\nexit 1\n' >"$bin/sudo"
mkdir -p "$TEST_TMPDIR/built/tools/commands"
printf '#!/bin/sh\necho "ran: $*"\nexit 7\n' >"$TEST_TMPDIR/built/tools/commands/dualsim"
chmod +x "$bin"/* "$TEST_TMPDIR/built/tools/commands/dualsim"
export CALLS=$calls FAKE_BIN=$TEST_TMPDIR/built HOME=$TEST_TMPDIR/home PATH=$bin:$PATH
export TMPDIR=$TEST_TMPDIR

builds() { grep -c '^bazel.* build ' "$calls" 2>/dev/null; }

output=$("$tree/tools/dualsim" run 'a b' 2>/dev/null)
expect_eq 7 $? "the program's exit code passes through"
expect_eq "ran: run a b" "$output" "arguments pass through"
expect_eq 1 "$(builds)" "the first call builds"

output=$("$tree/tools/dualsim" 2>&1)
expect_eq "ran: " "$output" "quiet where there is nothing to do"
expect_eq 1 "$(builds)" "nothing changed, nothing is built"

ln -s "$tree/tools/dualsim" "$TEST_TMPDIR/link"
(cd / && "$TEST_TMPDIR/link" >/dev/null 2>&1)
expect_eq 1 "$(builds)" "a link in another folder finds the same tree"

echo 'int y;' >>"$tree/sim/x.cc"
"$tree/tools/dualsim" >/dev/null 2>&1 & "$tree/tools/dualsim" >/dev/null 2>&1 & wait
expect_eq 2 "$(builds)" "two calls at once build a change once"

echo 'int z;' >>"$tree/sim/x.cc"
output=$(FAKE_ERROR="expected ';'" "$tree/tools/dualsim" 2>&1)
expect_eq 3 $? "a build that fails"
expect_has "$output" "x.cc:1:2: error: expected ';'" "the compiler's words are shown"
case $output in *linux-sandbox.cc*) fail "the sandbox's chatter is shown: $output" ;; esac
"$tree/tools/dualsim" >/dev/null 2>&1
expect_eq 4 "$(builds)" "after a failure it builds again"

HOME=/proc "$tree/tools/dualsim" >/dev/null 2>&1
touch "$tree/sim/x.cc"
HOME=/proc "$tree/tools/dualsim" >/dev/null 2>&1
expect_has "$(tail -n 2 "$calls")" "--output_user_root=$TEST_TMPDIR/dualsim-" \
  "a home that can't be written is not used"

echo no-such-package-of-ours >>"$tree/tools/packages.txt"
output=$("$tree/tools/dualsim" 2>&1 </dev/null)
expect_eq 2 $? "packages that can't be installed"
expect_has "$output" "apt-get install --yes --no-install-recommends no-such-package-of-ours" \
  "the exact command is shown"
echo bash >"$tree/tools/packages.txt"

export FAKE_RESULTS=$TEST_TMPDIR/results
printf '%s\n' '//a:b    (cached) PASSED in 0.1s' '//a:c    PASSED in 2s' >"$FAKE_RESULTS"
output=$("$tree/tools/test" //a/... 2>&1)
expect_eq 0 $? "tests that pass"
expect_eq "4 passed, 0 failed" "$(tail -n 1 <<<"$output")" "both configurations are counted"
printf '%s\n' '//a:d    FAILED in 1s' '//a:e    FAILED TO BUILD' '//a:f    TIMEOUT in 60s' \
  '//a:g    NO STATUS' >>"$FAKE_RESULTS"
output=$(FAKE_CODE=3 "$tree/tools/test" //a/... 2>&1)
expect_eq 1 $? "tests that fail"
expect_eq "4 passed, 8 failed" "$(tail -n 1 <<<"$output")" "every way to fail counts"
: >"$FAKE_RESULTS"
output=$(FAKE_CODE=1 "$tree/tools/test" //a/... 2>&1)
expect_eq 1 $? "a tree that Bazel can't load"
expect_eq "0 passed, 2 failed" "$(tail -n 1 <<<"$output")" "that counts as a failure"

[ "$failures" = 0 ] && echo "all held"
exit "$failures"
