"""Datagrams, against the kernel's sockets."""

import os
import socket
import struct

import kernel_icmp
import lab
from case import Cases
from lab import need

CASES = Cases()
FAMILIES = {'ipv4': (kernel_icmp.OURS4, 65507), 'ipv6': (kernel_icmp.OURS6, 65527)}


def udp_socket(address, port):
  s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
  s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
  s.settimeout(2)
  s.connect((address, port))
  return s


@CASES.add_each('datagrams of many sizes, up to the largest, through our echo over {}', FAMILIES, quick=('ipv4', 'ipv6'))
def udp_sizes(address, most):
  ours = kernel_icmp.both_up('--app', 'echo')
  sizes = {0, most - 1, most} | {size for size in kernel_icmp.SOME_SIZES if size <= most} | set(range(0, most, 1237))
  with udp_socket(address, 7) as s:
    for size in sorted(sizes):
      data = os.urandom(size)
      s.send(data)
      need(s.recv(1 << 17) == data, f'{size} bytes came back changed')
  lab.finish(ours)


@CASES.add_each('a datagram over {} to a port where nobody listens is refused by ICMP', FAMILIES)
def udp_closed_port(address, _):
  ours = kernel_icmp.both_up()
  with udp_socket(address, 99) as s:
    s.send(b'x')
    try:
      s.recv(10)
      raise lab.Failure('an answer')
    except ConnectionRefusedError:
      pass
  lab.finish(ours)


@CASES.add('datagrams without a checksum: taken over IPv4 (RFC 768), refused over IPv6 (RFC 8200)')
def udp_without_checksum():
  ours = kernel_icmp.both_up('--app', 'echo')
  with udp_socket(kernel_icmp.OURS4, 7) as s:
    s.setsockopt(socket.SOL_SOCKET, 11, 1)  # SO_NO_CHECK
    s.send(b'unchecked')
    need(s.recv(100) == b'unchecked', 'not what was sent')
  with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw, udp_socket(kernel_icmp.OURS6, 7) as s:
    raw.sendto(struct.pack('!HHHH', s.getsockname()[1], 7, 8 + 4, 0) + b'none', (kernel_icmp.OURS6, 0))
    s.settimeout(0.5)
    try:
      s.recv(100)
      raise lab.Failure('an answer')
    except TimeoutError:
      pass
  text = lab.finish(ours)
  need('CHECKSUM' in text, text)
  os.unlink(lab.captures.pop())  # It holds what tshark rightly finds wrong.
