"""TCP and echoes over a path that delays and reorders, made by relay.py."""

import os
import struct
import time

import kernel_icmp
import kernel_tcp
import lab
from case import Cases
from kernel_tcp import FAMILIES
from lab import need, run

CASES = Cases()
DELAY_MS = 20


def over_the_relay(*arguments, late_one_in):
  """As kernel_icmp.both_up, with the relay between the kernel and us."""
  lab.make_tap('tap0', mac='02:00:00:00:00:ee', up=False)
  lab.sysctl('net.ipv6.conf.tap0.disable_ipv6', 1)
  run('ip', 'link', 'set', 'tap0', 'arp', 'off', 'multicast', 'off', 'up')
  lab.make_tap('outer0')
  lab.give('outer0', '10.0.0.1/24', '2001:db8::1/64')
  relay = lab.Program('python3', os.path.join(os.path.dirname(__file__), 'relay.py'), 'outer0', 'tap0', DELAY_MS, late_one_in)
  relay.wait_for('relaying')
  ours = lab.host(*kernel_icmp.STATIC, *arguments)
  ours.wait_for(r'address 2001:db8::2/64 \S+ PREFERRED')
  return ours, relay


@CASES.add_each('TCP over {} with 20 ms each way, one segment in 20 late by another 20: content both ways', FAMILIES, quick=('ipv6',))
def tcp_delay_and_reordering(ours_address, theirs_address):
  ours, relay = over_the_relay('--app', 'bulk-server', '--app', 'echo', '--app',
                               f'bulk=--to={kernel_tcp.lab_address(theirs_address, 26000)} --bytes=3MB --delay=3s', late_one_in=20)
  listener = kernel_tcp.listen(theirs_address, 26000)
  pinger = kernel_icmp.Pinger(ours_address)
  pinger.ping(8)
  shortest = min(pinger.ping(56) for _ in range(9)) * 1000
  need(shortest >= 2 * DELAY_MS, f'a round trip of {shortest:.1f} ms')
  need(kernel_tcp.serve_bulk(listener) == 3_000_000, 'not all came')
  ours.wait_for(r'sent 3000000 bytes to .*SHA-256 [0-9a-f]+ on both sides', 60)
  kernel_tcp.send_bulk(ours_address, 3_000_000)
  kernel_tcp.echo_back(ours_address, os.urandom(1_000_000))
  text = lab.finish(ours)
  need(relay.process.poll() is None, relay.read())
  # RACK (RFC 8985) takes what is late for late: most of it is not sent again.
  again = int(text.split(' segments sent again')[0].split()[-1])
  print(f'{again} segments sent again')
