#!/usr/bin/env bash
# check_captures.sh CAPTURE…: has tshark read captures, checksums included, and
# prints every packet that it finds malformed or in error. What a scenario
# injected (its comment says so) may be as broken as it likes, and so may be the
# header that a Parameter Problem of code 0 or 1 quotes and is about. A segment that a Packet
# Too Big, or IPv4's "fragmentation needed", quotes is cut, which tshark does not see when it
# sums it up. Exit code 1 where anything is found or tshark fails, 0 otherwise.
# TSHARK_OPTIONS: more of tshark's options, as words.
set -u
export HOME=${TEST_TMPDIR:-/tmp} # tshark looks for its settings there; it has none
filter='(_ws.malformed || _ws.expert.severity == 8388608 || icmpv6.checksum.status == 0)'
# Of code 1, and of these two complaints alone: what follows is no such header. Of code 0:
# its length is wrong.
quoted='(icmpv6.code == 1'
quoted+=' && (_ws.expert.message contains "must appear immediately after IPv6 header"'
quoted+=' || _ws.expert.message contains "goes past the end of the payload"))'
quoted+=' || (icmpv6.code == 0 && _ws.expert.message contains "and Jumbo Payload option missing")'
filter+=" && !(icmpv6.type == 4 && icmpv6.checksum.status == 1 && ($quoted))"
# It is cut where the message is as long as it may be, 1280 bytes (RFC 4443 §2.4 c) or 576 (RFC
# 1812 §4.3.2.3).
cut='((icmpv6.type == 2 && icmpv6.checksum.status == 1 && frame.len == 1294)'
cut+=' || (icmp.type == 3 && icmp.code == 4 && icmp.checksum.status == 1 && frame.len == 590))'
cut+=' && tcp && !_ws.malformed && _ws.expert.message contains "Bad checksum"'
filter+=" && !($cut)"
filter+=' && !(frame.comment contains "injected")'
found=0
for capture in "$@"; do
  # shellcheck disable=SC2086 # several words
  report=$(tshark ${TSHARK_OPTIONS-} -n -r "$capture" -Y "$filter" \
    -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE \
    -T fields -E separator=' ' -e frame.number -e frame.interface_name -e _ws.col.Protocol \
    -e _ws.col.Info -e _ws.expert.message 2>"${HOME}/tshark.errors") ||
    report="tshark: $(cat "$HOME/tshark.errors")"
  [ -z "$report" ] && continue
  found=1
  printf '%s:\n%s\n' "${capture##*/}" "$report"
done
exit "$found"
