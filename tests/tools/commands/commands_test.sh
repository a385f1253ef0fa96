#!/usr/bin/env bash
# commands_test.sh DUALSIM: the commands as the shell sees them: exit codes,
# messages, files, signals.
set -u
dualsim=$PWD/$1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
# expect CODE TEXT ARGUMENT…: runs dualsim; TEXT ("" for anything) is in what it says.
expect() {
  local code=$1 text=$2 got
  shift 2
  said=$("$dualsim" "$@" 2>&1)
  got=$?
  [ "$got" = "$code" ] || fail "dualsim $*: exit code $got, not $code: $said"
  case $said in *"$text"*) ;; *) fail "dualsim $*: no '$text' in: $said" ;; esac
  case $said in *$'\e'*) fail "dualsim $*: colours in a pipe" ;; esac
}

cd "$TEST_TMPDIR" || exit 1
mkdir -p other
cat >holds.textproto <<'EOF'
duration: "10s"
link { name: "lan" }
host { name: "a" interface { link: "lan" } }
expect { by: "5s" address { host: "a" state: PREFERRED } }
EOF
sed 's/PREFERRED/DUPLICATE/' holds.textproto >fails.textproto
sed 's/duration/durration/' holds.textproto >wrong.textproto
sed 's/10s/10000d/; s/host {/router { name: "r" interface { link: "lan" advertise { prefix { prefix: "2001:db8::\/64" } } } }\n&/' \
  holds.textproto >long.textproto
cp holds.textproto other/

expect 0 "PASS holds  10s, " run holds.textproto
for file in holds.pcapng trace.txt run.db; do
  [ -s "out/holds/$file" ] || fail "out/holds/$file is missing"
done
expect 1 "FAIL fails  10s, " run fails.textproto holds.textproto --junit report.xml
expect 1 "2 scenarios: 1 passed, 1 did not" run fails.textproto holds.textproto
grep -q 'tests="2" failures="1"' report.xml || fail "report.xml: $(cat report.xml)"
expect 0 "" run --quiet holds.textproto
[ -z "$said" ] || fail "--quiet says: $said"
expect 0 "held, known at" run --verbose holds.textproto

expect 2 "wrong.textproto:1:1: " run wrong.textproto holds.textproto --out none
[ -e none ] && fail "something ran although a file is wrong"
expect 2 "did you mean 'duration'?" check holds.textproto wrong.textproto
expect 0 "holds.textproto: fine" check holds.textproto
expect 2 "there is no such file" check nothing.textproto
expect 2 "would both write 'holds'" run holds.textproto other/holds.textproto
expect 2 "did you mean 'run'?" rum holds.textproto
expect 2 "Not a directory" run holds.textproto --out holds.textproto
expect 2 "No space left on device" run holds.textproto --junit /dev/full
"$dualsim" run holds.textproto >/dev/full 2>said
[ $? = 2 ] && grep -q "standard output: No space left on device" said || fail "a full disk below >"

expect 0 "PASS holds  2s" run holds.textproto --until 2s --out short
expect 1 "--golden update writes it" run holds.textproto --golden check
expect 0 "wrote holds.golden.txt" run holds.textproto --golden update
expect 0 "PASS" run holds.textproto --golden check
sed -i '3s/a/A/' holds.golden.txt
expect 1 "holds.golden.txt, line 3 differs" run holds.textproto --golden check
expect 1 "stays as it is" run fails.textproto --golden update
[ -e fails.golden.txt ] && fail "a golden trace of a run that failed"

expect 0 " lan " inspect out/holds/holds.pcapng
expect 0 "Neighbor Solicitation" inspect out/holds/holds.pcapng 'icmp6[0] == 135'
expect 0 "" inspect out/holds/holds.pcapng 'udp'
[ -z "$said" ] || fail "nothing is of UDP, but: $said"
expect 2 "can't parse filter" inspect out/holds/holds.pcapng 'icmp6['
expect 2 "no pcap or pcapng" inspect holds.textproto
expect 2 "Is a directory" inspect out
expect 2 "No such file" inspect nothing.pcap
head -c 300 out/holds/holds.pcapng >cut.pcapng
expect 2 "cut.pcapng: byte " inspect cut.pcapng
for _ in $(seq 300); do cat out/holds/holds.pcapng; done >big.pcapng
"$dualsim" inspect big.pcapng 2>said | head -n 1 >line
[ "${PIPESTATUS[0]}" = 0 ] && [ -s line ] && [ ! -s said ] || fail "a closed pipe: $(cat said)"

"$dualsim" run long.textproto --out cut --no-db >said 2>&1 &
pid=$!
# Once an output grows, signals are caught.
for _ in $(seq 300); do
  [ -n "$(find cut -type f 2>/dev/null)" ] && break
  sleep 0.1
done
kill -INT $pid
wait $pid
code=$?
[ $code = 130 ] || fail "Ctrl-C: exit code $code: $(cat said)"
grep -q "long: interrupted at .* of 10000d" said || fail "Ctrl-C says: $(cat said)"
[ -z "$(find cut -type f)" ] || fail "Ctrl-C leaves $(find cut -type f)"

[ "$failures" = 0 ] && echo "all held"
exit "$failures"
