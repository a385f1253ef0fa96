"""Neighbours, addresses and echoes: against the kernel's own IPv4 and IPv6."""

import os
import re
import select
import socket
import statistics
import struct
import time

import lab
from case import Cases
from lab import need, run

CASES = Cases()

OURS4, THEIRS4 = '10.0.0.2', '10.0.0.1'
OURS6, THEIRS6 = '2001:db8::2', '2001:db8::1'
STATIC = ('--ipv4=10.0.0.2/24', '--ipv6=2001:db8::2/64', '--accept-router-advertisements=false')
MOST = 65507


def both_up(*arguments, mtu=1500, **options):
  """The kernel and we, with static addresses on one cable."""
  lab.make_tap(mtu=mtu)
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  ours = lab.host(*STATIC, *arguments, **options)
  ours.wait_for(r'address 2001:db8::2/64 \S+ PREFERRED')
  return ours


def checksum(data):
  """RFC 1071's, as arithmetic on one large number: quick enough for every size."""
  return 0xffff - int.from_bytes(data + b'\0' * (len(data) % 2), 'big') % 0xffff


class Pinger:
  """Echo requests from the kernel's side, by a raw socket."""

  def __init__(self, to):
    self.v6 = ':' in to
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if self.v6 else (socket.AF_INET, socket.IPPROTO_ICMP)
    self.socket = socket.socket(family, socket.SOCK_RAW, protocol)
    self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
    self.to = to
    self.sequence = 0

  def ping(self, size, timeout=2.0):
    """The seconds until the answer, whose bytes are compared; None without one."""
    self.sequence = (self.sequence + 1) & 0xffff
    data = os.urandom(min(size, 64)) * (size // 64 + 1)
    data = data[:size]
    request, reply = (128, 129) if self.v6 else (8, 0)
    header = struct.pack('!BBHHH', request, 0, 0, 77, self.sequence)
    if not self.v6:
      header = struct.pack('!BBHHH', request, 0, checksum(header + data), 77, self.sequence)
    begin = time.monotonic()
    self.socket.sendto(header + data, (self.to, 0))
    while True:
      left = begin + timeout - time.monotonic()
      if left <= 0 or not select.select([self.socket], [], [], left)[0]:
        return None
      message = self.socket.recv(1 << 16)
      if not self.v6:
        message = message[(message[0] & 15) * 4:]
      kind, _, _, identifier, sequence = struct.unpack('!BBHHH', message[:8])
      if (kind, identifier, sequence) == (reply, 77, self.sequence):
        need(message[8:] == data, f'{size} bytes came back changed')
        return time.monotonic() - begin


# Sizes around every multiple of what a fragment holds, and everything small.
SOME_SIZES = sorted({0, 1, 2, 7, 8, 9, 55, 56, 63, 64, 65, 1231, 1232, 1233, 1451, 1452, 1453, 1471, 1472, 1473, 2900, 8192, 32767, 65000,
                     MOST - 8, MOST - 1, MOST} | {k * 1480 - 8 + d for k in (2, 3, 44) for d in (-1, 0, 1)})


def ping_us(to, sizes):
  ours = both_up()
  pinger = Pinger(to)
  for size in sizes:
    need(pinger.ping(size) is not None, f'no answer to {size} bytes')
  lab.finish(ours)


@CASES.add_each('answers pings of many sizes from 0 to 65,507 bytes over {}', {'ipv4': (OURS4,), 'ipv6': (OURS6,)}, quick=('ipv4', 'ipv6'))
def answers_pings(to):
  ping_us(to, SOME_SIZES)


@CASES.add_each('answers pings of every size from 0 to 65,507 bytes over {}', {'ipv4': (OURS4,), 'ipv6': (OURS6,)}, limit=540)
def answers_pings_of_every_size(to):
  ours = both_up(capture=False)
  pinger = Pinger(to)
  for size in range(0, MOST + 1):
    need(pinger.ping(size) is not None, f'no answer to {size} bytes')
  lab.finish(ours)


@CASES.add_each('pings the kernel with sizes from 0 to 65,507 bytes over {}', {'ipv4': (THEIRS4,), 'ipv6': (THEIRS6,)},
                quick=('ipv4', 'ipv6'))
def pings_the_kernel(to):
  # IPv6's answers are limited to one in a second by default.
  lab.sysctl('net.ipv6.icmp.ratelimit', 0)
  ours = both_up('--app', f'ping=--to={to} --size=0 --last-size={MOST} --step=613 --delay=1500ms')
  said = ours.wait_for(r'(\d+) sent, (\d+) answered', 30)
  need(said.group(1) == said.group(2) == '107', said.group(0))
  lab.finish(ours)


@CASES.add_each('pings the kernel with every size from 0 to 65,507 bytes over {}', {'ipv4': (THEIRS4,), 'ipv6': (THEIRS6,)}, limit=540)
def pings_the_kernel_with_every_size(to):
  lab.sysctl('net.ipv6.icmp.ratelimit', 0)
  ours = both_up('--app', f'ping=--to={to} --size=0 --last-size={MOST} --delay=1500ms', capture=False)
  said = ours.wait_for(r'(\d+) sent, (\d+) answered', 530)
  need(said.group(1) == said.group(2) == str(MOST + 1), said.group(0))
  lab.finish(ours)


@CASES.add('the round trip of a ping has a median under 0.2 ms (the best of five thousands)', alone=True)
def ping_round_trip():
  ours = both_up(capture=False)
  for to in (OURS4, OURS6):
    pinger = Pinger(to)
    # On a machine that others load too one of several rounds is quiet enough.
    median = min(statistics.median(pinger.ping(56) for _ in range(1000)) for _ in range(5))
    print(f'{to}: median {median * 1e6:.0f} us')
    need(median < 0.0002, 'too slow')
  lab.finish(ours)


# --- Duplicate addresses ---


@CASES.add('gives up an IPv6 address that the kernel has', quick=True)
def dad_finds_the_kernel():
  lab.make_tap()
  lab.give('tap0', '2001:db8::2/64')
  ours = lab.host('--ipv6=2001:db8::2/64', '--ipv6-only')
  ours.wait_for(r'address 2001:db8::2/64 STATIC DUPLICATE')
  ours.wait_for(r'address fe80::ff:fe00:a/64 LINK_LOCAL PREFERRED')
  lab.finish(ours)


@CASES.add('gives up its link-local address where the kernel has it')
def dad_finds_the_kernels_link_local():
  lab.make_tap()
  lab.give('tap0', 'fe80::ff:fe00:a/64')
  ours = lab.host('--ipv6-only')
  ours.wait_for(r'address fe80::ff:fe00:a/64 LINK_LOCAL DUPLICATE')
  lab.finish(ours)


@CASES.add('defends its IPv6 address: the kernel\'s DAD fails', quick=True)
def kernel_dad_finds_us():
  lab.make_tap()
  ours = lab.host('--ipv6=2001:db8::2/64', '--ipv6-only')
  ours.wait_for(r'address 2001:db8::2/64 STATIC PREFERRED')
  run('ip', 'address', 'add', '2001:db8::2/64', 'dev', 'tap0')
  lab.wait_until(lambda: 'dadfailed' in run('ip', '-6', 'address', 'show', 'dev', 'tap0'), 5, 'dadfailed')
  need(Pinger('2001:db8::2').ping(8, timeout=0.5) is None, 'who answers?')
  lab.finish(ours)


@CASES.add('two that probe one IPv6 address at once never both have it')
def dad_at_once():
  lab.make_tap()
  ours = lab.host('--ipv6=2001:db8::2/64', '--ipv6-only')
  ours.wait_for(r'address 2001:db8::2/64 STATIC TENTATIVE')
  run('ip', 'address', 'add', '2001:db8::2/64', 'dev', 'tap0')
  state = ours.wait_for(r'address 2001:db8::2/64 STATIC (PREFERRED|DUPLICATE)').group(1)

  def kernel_state():
    shown = run('ip', '-6', 'address', 'show', 'dev', 'tap0', 'to', '2001:db8::2')
    return 'failed' if 'dadfailed' in shown else 'tentative' not in shown and 'has it'

  need(lab.wait_until(kernel_state, 5, 'an end of DAD') == 'failed' or state == 'DUPLICATE', 'both have it')
  lab.finish(ours)


@CASES.add('defends its IPv4 address against the kernel\'s arping (RFC 5227)', needs=('arping',))
def arping_finds_us():
  lab.make_tap()
  ours = lab.host('--ipv4=10.0.0.2/24', '--ipv4-only')
  ours.wait_for(r'address 10.0.0.2/24 STATIC PREFERRED')
  said = run('arping', '-D', '-I', 'tap0', '-c', '2', '-w', '3', OURS4, check=False)
  need(lab.OUR_MAC in said.lower(), said)
  lab.finish(ours)


@CASES.add('--ipv6-only: no IPv4 and no ARP on the wire; --ipv4-only: no IPv6', quick=True)
def one_family_alone():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  for arguments, silent in (('--ipv6-only',), 'ip or arp'), (('--ipv4-only', '--ipv4=10.0.0.2/24'), 'ip6'):
    ours = lab.host(*arguments)
    time.sleep(2.2)
    lab.finish(ours)
    seen = lab.frames(lab.captures[-1], f'({silent}) and ether src {lab.OUR_MAC}')
    need(not seen, f'{arguments}: {seen}')
    need(lab.frames(lab.captures[-1], f'ether src {lab.OUR_MAC}'), f'{arguments}: nothing at all')


@CASES.add('a new tap is made and brought up, and gone afterwards', quick=True)
def tap_is_made():
  ours = lab.live('--tap', 'made0', '--mac', lab.OUR_MAC, '--ipv6-only')
  need('tap made0 made, MTU 1500' in ours.text, ours.text)
  ours.wait_for('LINK_LOCAL PREFERRED')
  lab.finish(ours)
  need('made0' not in run('ip', 'link'), 'it is still there')


@CASES.add('tcpdump on the tap shows what our capture shows', needs=('tcpdump',))
def tcpdump_sees_the_same():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  path = os.environ.get('TMPDIR', '/tmp') + '/theirs.pcap'
  dump = lab.Program('tcpdump', '-Z', 'root', '--immediate-mode', '-i', 'tap0', '-U', '-w', path)
  dump.wait_for('listening on')
  ours = lab.host(*STATIC)
  ours.wait_for(r'address fe80::ff:fe00:a/64 \S+ PREFERRED')
  for to in (OURS4, OURS6):
    pinger = Pinger(to)
    for size in (0, 56, 1400, 4000):
      need(pinger.ping(size) is not None, f'no answer of {to}')
  time.sleep(0.3)
  dump.end()
  lab.finish(ours)

  def shown(file):
    # Without times, interfaces and our capture's comments; and without what follows when we end.
    lines = [re.sub(r'^\S+ (tap tap0 )?| \[DAD probe .*', '', line) for line in lab.frames(file, 'ip or ip6 or arp')]
    return [line for line in lines if not re.search('Router Solicitation|Listener|Membership', line)]

  theirs, own = shown(path), shown(lab.captures[-1])
  need(len(own) > 20 and [x for x in own if x in set(theirs)] == own, f'{len(own)} frames of ours, {len(theirs)} of tcpdump\'s')
