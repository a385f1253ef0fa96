#!/usr/bin/env bash
# tcp_analysis_test.sh DUALSIM SCENARIO…: where no segment is lost, tshark's analysis of
# TCP finds nothing sent twice, out of order, missing or acknowledged too early. The
# last scenario loses one, and shows that it would be found. Each is of one link: a
# packet that is captured on two looks like one that was sent twice.
set -u
dualsim=$1
shift
export HOME=$TEST_TMPDIR
out=$TEST_TMPDIR/out
# Expectations are the scenarios' own tests'.
"$dualsim" run --quiet --no-trace --no-db --out "$out" "$@" >/dev/null
[ $? -le 1 ] || { echo "dualsim failed"; exit 1; }

filter='tcp.analysis.retransmission || tcp.analysis.fast_retransmission'
filter+=' || tcp.analysis.spurious_retransmission || tcp.analysis.out_of_order'
filter+=' || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment'
filter+=' || tcp.analysis.duplicate_ack || tcp.analysis.zero_window'
# found SCENARIO: what the analysis tells, a line for each packet.
found() {
  local name
  name=$(basename "$1" .textproto)
  tshark -n -r "$out/$name/$name.pcapng" -Y "$filter" -T fields -E separator=' ' \
    -e frame.number -e _ws.col.Info 2>/dev/null || echo "tshark failed"
}

lossy=${*: -1}
failed=0
for scenario in "${@:1:$#-1}"; do
  report=$(found "$scenario")
  [ -z "$report" ] && continue
  failed=1
  printf '%s:\n%s\n' "$scenario" "$report"
done
[ -n "$(found "$lossy")" ] || { echo "a lost segment was not noticed in $lossy"; failed=1; }
exit "$failed"
