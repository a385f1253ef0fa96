"""relay.py OUTER INNER DELAY-MS LATE-ONE-IN: carries frames between a tap of its own, OUTER, and the device INNER.

The kernel has its addresses on OUTER; INNER is what our program is attached to. Every frame waits DELAY-MS, and one
TCP segment in LATE-ONE-IN so long again, so that those behind it come first. The seed is fixed.
"""

import fcntl
import heapq
import random
import select
import socket
import struct
import sys
import time

TUNSETIFF, IFF_TAP_NO_PI = 0x400454ca, 0x1002
SO_RCVBUFFORCE = 33
PACKET_OUTGOING = 4


def is_tcp(frame):
  kind = frame[12:14]
  return (kind == b'\x08\x00' and frame[23] == 6) or (kind == b'\x86\xdd' and frame[20] == 6)


def main():
  outer_name, inner_name = sys.argv[1:3]
  delay, late_one_in = float(sys.argv[3]) / 1000, int(sys.argv[4])
  outer = open('/dev/net/tun', 'r+b', buffering=0)  # pylint: disable=consider-using-with
  fcntl.ioctl(outer, TUNSETIFF, struct.pack('16sH22x', outer_name.encode(), IFF_TAP_NO_PI))
  inner = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
  inner.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
  inner.bind((inner_name, 0))
  rng = random.Random(1)
  waiting = []  # (when, count, to the inner side, frame)
  count = 0
  print('relaying', flush=True)
  while True:
    wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    ready = select.select([outer, inner], [], [], wait)[0]
    now = time.monotonic()
    for side in ready:
      if side is outer:
        frame = outer.read(1 << 16)
      else:
        frame, where = inner.recvfrom(1 << 16)
        if where[2] == PACKET_OUTGOING:
          continue
      late = delay if is_tcp(frame) and rng.randrange(late_one_in) == 0 else 0
      count += 1
      heapq.heappush(waiting, (now + delay + late, count, side is outer, frame))
    while waiting and waiting[0][0] <= now:
      _, _, to_inner, frame = heapq.heappop(waiting)
      try:
        if to_inner:
          inner.send(frame)
        else:
          outer.write(frame)
      except OSError:  # No room for it: lost, as on any link.
        pass


main()
