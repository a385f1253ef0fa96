#!/usr/bin/env bash
# example_test.sh PROGRAM README: the README's application is that which is built here,
# and does what the README says that it does. What the README shows under a line
# `FILE:` is FILE.
set -u
program=$PWD/$1 readme=$PWD/$2
here=$PWD/tests/example
cd "$TEST_TMPDIR" || exit 1

# shown FILE: what the README has of it, without the indentation.
shown() {
  awk -v file="\`$1\`:" '$0 == file { on = 1; next } on && /^[^ ]/ { exit } on' "$readme" |
    sed -e 's/^    //' -e '1{/^$/d}' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

failures=0
check() {
  "$@" && return
  failures=$((failures + 1))
  printf 'FAILED: %s\n' "$*"
}
shown greet.cc >greet.cc
check diff greet.cc "$here/greet.cc"
shown greet.textproto >greet.textproto
check test -s greet.textproto
check "$program" run greet.textproto --out out
check grep -q 'server (greet) greets 2001:db8::2' out/greet/trace.txt
check grep -q 'server (greet) greets 192.0.2.2' out/greet/trace.txt
exit "$failures"
