#!/usr/bin/env bash
# live_sockets_test.sh DUALSIM: `dualsim live --sockets` as the shell sees it: what it refuses, and
# how it ends. On the loopback.
set -u
dualsim=$PWD/$1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
# expect CODE TEXT ARGUMENT…: runs dualsim live --sockets; TEXT is in what it says.
expect() {
  local code=$1 text=$2 got said
  shift 2
  said=$("$dualsim" live --sockets "$@" 2>&1)
  got=$?
  [ "$got" = "$code" ] || fail "live --sockets $*: exit code $got, not $code: $said"
  case $said in *"$text"*) ;; *) fail "live --sockets $*: no '$text' in: $said" ;; esac
}
# await FILE TEXT: until TEXT stands there.
await() {
  for _ in $(seq 600); do
    grep -q "$2" "$1" && return
    sleep 0.1
  done
  fail "no '$2' in $1: $(cat "$1")"
}
cd "$TEST_TMPDIR" || exit 1

expect 2 "--ipv4=203.0.113.77: it is no address of this machine" --ipv4=203.0.113.77/24 --app echo
expect 2 "--ipv6=2001:db8:77::1: it is no address of this machine" --ipv6=2001:db8:77::1/64 --app echo
expect 2 "--ipv4-only" --ipv4-only --ipv6-only --app echo
expect 2 "--interface" --interface=eth0 --app echo
expect 2 "no application 'ecko'" --app ecko
expect 2 "takes an application" --ipv4=127.0.0.1/8
expect 2 "--capture goes with" --app echo --capture x.pcapng
expect 2 "one of --tap, --sockets and --scenario" --tap tap0 --app echo
expect 0 "sockets: IPv4 at 127.0.0.1, IPv6 at every address" --ipv4=127.0.0.1/8 --app echo=--port=17107 --for 0s
expect 0 "--ipv4-gateway is not used" --ipv4=127.0.0.1/8 --ipv4-gateway=127.0.0.2 --app echo=--port=17107 --for 10ms
expect 0 "cannot connect to 127.0.0.1:17999: refused" --app connect=--to=127.0.0.1:17999

# start NAME ARGUMENT…: beside the test; its output is in NAME.
start() {
  local name=$1
  shift
  "$dualsim" live --sockets "$@" >"$name" 2>&1 &
  pid=$!
  await "$name" "sockets: "
}
start server --ipv4=127.0.0.1/8 --app bulk-server=--port=17101 --app echo=--port=17107
server=$pid
# Its port is taken; a clear line, and the end.
expect 0 "cannot listen on TCP port 17101: port in use" --ipv4=127.0.0.1/8 --app bulk-server=--port=17101
expect 0 "SHA-256 " --app 'bulk=--to=127.0.0.1:17101 --bytes=3MB'

# A signal in the middle of a transfer that takes for ever.
for signal in INT TERM; do
  start client --app 'bulk=--to=127.0.0.1:17101 --bytes=1000000GB --hash=false'
  await client "connected to"
  kill -$signal $pid
  wait $pid
  code=$?
  [ $code = 0 ] || fail "SIG$signal: exit code $code"
  grep -q "^ended after " client || fail "SIG$signal: no end in $(cat client)"
  grep -q "^TCP: 1 connections" client || fail "SIG$signal: no counters in $(cat client)"
done
# The peer of a transfer ends; so does the transfer, and says why.
start client --app 'bulk=--to=127.0.0.1:17101 --bytes=1000000GB --hash=false'
await client "connected to"
kill -TERM $server
wait $server
code=$?
[ $code = 0 ] || fail "the server: exit code $code: $(cat server)"
wait $pid
grep -q "transfer to 127.0.0.1:17101 failed after .*: reset by the peer" client ||
  fail "the transfer's end: $(cat client)"
# Nobody reads what it prints.
"$dualsim" live --sockets --app 'connections=--to=127.0.0.1:17999 --count=5' --app echo=--port=17107 --for 300ms 2>said |
  head -n 1 >line
[ "${PIPESTATUS[0]}" = 0 ] && [ -s line ] && [ ! -s said ] || fail "a closed pipe: $(cat said)"

[ "$failures" = 0 ] && echo "all held"
exit "$failures"
