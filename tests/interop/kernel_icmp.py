"""Neighbours, addresses and echoes: against the kernel's own IPv4 and IPv6."""

import os
import re
import select
import socket
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


@CASES.add_each('answers pings of every size from 0 to 65,507 bytes over {}', {'ipv4': (OURS4,), 'ipv6': (OURS6,)}, limit=240)
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


@CASES.add_each('pings the kernel with every size from 0 to 65,507 bytes over {}', {'ipv4': (THEIRS4,), 'ipv6': (THEIRS6,)}, limit=240)
def pings_the_kernel_with_every_size(to):
  lab.sysctl('net.ipv6.icmp.ratelimit', 0)
  ours = both_up('--app', f'ping=--to={to} --size=0 --last-size={MOST} --delay=1500ms', capture=False)
  said = ours.wait_for(r'(\d+) sent, (\d+) answered', 230)
  need(said.group(1) == said.group(2) == str(MOST + 1), said.group(0))
  lab.finish(ours)
