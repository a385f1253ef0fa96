"""What goes wrong around a live host: one clear line, a good end, and a capture that can be read."""

import os
import re
import signal
import time

import kernel_icmp
import kernel_tcp
import lab
from case import Cases
from kernel_icmp import OURS4, both_up
from lab import need, run

CASES = Cases()


def fails(said, *arguments, prefix=(), code=2):
  """`dualsim live` ends at once, with one line that holds `said`."""
  program = lab.Program(*prefix, lab.DUALSIM, 'live', *arguments)
  need(program.wait() == code and said in program.text and program.text.count('\n') == 1, f'{arguments}: {program.text}')


def readable(path, least):
  """The capture has so many frames at least, for our reader and for tshark."""
  ours = len(lab.frames(path, ''))
  need(ours >= least, f'{ours} frames')
  theirs = len(lab.fields(path, 'frame', 'frame.number'))
  need(theirs == ours, f'tshark reads {theirs} frames, we {ours}')


def send_without_end(port):
  """Begins to send to us from the kernel; it goes on until the other side, or the case, ends."""
  peer = lab.Program('python3', '-c', 'import socket\n'
                     f's = socket.create_connection(("{OURS4}", {port}))\n'
                     'print("up", flush=True)\n'
                     'while True: s.send(bytes(65536))\n')
  peer.wait_for('up')


@CASES.add('a tap that is busy, no tap, or one without permission is one clear line', quick=True)
def taps_that_can_not_be_had():
  lab.make_tap()
  ours = lab.host('--ipv6-only')
  fails('dualsim: tap tap0: another program uses it', '--tap', 'tap0')
  lab.finish(ours)
  fails('it exists and is not a tap device', '--tap', 'lo')
  fails('a device\'s name has 1 to 15 characters', '--tap', 'a' * 16)
  fails('no permission', '--tap', 'new0', prefix=('setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'))


@CASES.add('what can\'t be honoured is refused before anything runs: MAC, boot arguments, programs, captures, links', quick=True)
def refused_at_once():
  for said, arguments in (('--mac=\'02:00\'', ('--mac', '02:00')), ('--ipv4=', ('--ipv4=10.0.0.256/24',)),
                          ('--ipv4-gateway', ('--ipv4-gateway=10.0.0.1',)), ('--ipv4-only', ('--ipv4-only', '--ipv6-only')),
                          ('no-such-program', ('--app', 'no-such-program')), ('--port', ('--app', 'echo=--port=70000')),
                          ('/no/such/folder/x', ('--capture', '/no/such/folder/x'))):
    fails(said, '--tap', 'new0', *arguments)
  need('new0' not in run('ip', 'link'), 'a tap is left behind')
  path = lab.write('network.textproto', 'duration: "1s" link { name: "lan" } host { name: "h" interface { link: "lan" } }')
  fails('no link', '--scenario', path, '--attach', 'wan=new0')
  fails('LINK=TAP', '--scenario', path, '--attach', 'lan')


@CASES.add('a port in use and addresses that are not ours are said by the programs; the host runs on', quick=True)
def programs_that_fail():
  ours = both_up('--app', 'echo', '--app', 'echo=--udp=false', '--app', 'connect=--to=10.0.0.1:99 --from=10.0.0.77', '--app',
                 'ping=--to=10.0.0.1 --from=10.0.0.77', '--app', 'connect=--to=[2001:db8::1]:99 --from=2001:db8::77')
  ours.wait_for(r'\(echo\) cannot listen on TCP port 7: .*in use')
  for said in (r'\(connect\) cannot connect to 10\.0\.0\.1:99: .*address', r'\(ping\) no answer from 10\.0\.0\.1 .*address',
               r'\(connect\) cannot connect to \[2001:db8::1\]:99: .*address'):
    ours.wait_for(said)
  kernel_tcp.echo_back(OURS4, b'still here')
  lab.finish(ours)


@CASES.add('a tap that is deleted while we run ends us in good order', quick=True)
def tap_is_deleted():
  ours = both_up()
  need(kernel_icmp.Pinger(OURS4).ping(56) is not None, 'no answer')
  run('ip', 'link', 'delete', 'tap0')
  need(ours.wait() == 2 and 'tap tap0: it is gone' in ours.text and 'ended after' in ours.text, ours.text)
  readable(lab.captures[-1], 10)


@CASES.add('a tap that is down loses what we send, and all goes on once it is up')
def tap_goes_down():
  ours = both_up()
  pinger = kernel_icmp.Pinger(OURS4)
  need(pinger.ping(56) is not None, 'no answer')
  run('ip', 'link', 'set', 'tap0', 'down')
  time.sleep(1)
  need(ours.process.poll() is None, ours.read())
  run('ip', 'link', 'set', 'tap0', 'up')
  lab.wait_until(lambda: pinger.ping(56, timeout=0.5) is not None, 10, 'an answer again')
  lab.finish(ours)


@CASES.add_each('{} in the middle of a transfer: counters, and a capture that can be read', {'SIGTERM': (signal.SIGTERM,), 'SIGINT': (signal.SIGINT,)},
                quick=('SIGTERM',))
def ended_in_a_transfer(number):
  ours = both_up('--app', 'bulk-server')
  send_without_end(5001)
  time.sleep(0.5)
  need(ours.end(number) == 0 and 'ended after' in ours.text, ours.text)
  frames = int(re.search(r'from the tap: (\d{3,}) frames', ours.text).group(1))
  readable(lab.captures[-1], frames)


@CASES.add('killed in the middle of a transfer, what was captured can be read')
def killed_in_a_transfer():
  ours = both_up('--app', 'echo')
  kernel_tcp.echo_back(OURS4, os.urandom(2_000_000))
  time.sleep(0.2)
  ours.end(signal.SIGKILL)
  readable(lab.captures[-1], 1000)


@CASES.add('standard output that nobody reads any more ends us with one clear line', quick=True)
def output_is_closed():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24')
  path = lab.folder() + '/unread.pcapng'
  ours = lab.Program('bash', '-c', '"$@" | head -n 1; exit "${PIPESTATUS[0]}"', '-', lab.DUALSIM, 'live', '--tap', 'tap0',
                     '--ipv4=10.0.0.2/24', '--capture', path)
  need(ours.wait(15) == 2, ours.text)
  need(ours.text == 'tap tap0 attached, MTU 1500\ndualsim: standard output: nobody reads it any more\n', ours.text)
  readable(path, 1)


@CASES.add('a capture for which there is no room ends us with one clear line, and what fitted can be read')
def capture_has_no_room():
  small = lab.folder() + '/small'
  os.mkdir(small)
  run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', small)
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24')
  ours = lab.host('--ipv4=10.0.0.2/24', '--ipv4-only', '--app', 'echo', '--capture', small + '/x.pcapng', capture=False)
  send_without_end(7)
  need(ours.wait() == 2 and re.search(r'^dualsim: .*x\.pcapng.*: No space left on device$', ours.text, re.MULTILINE), ours.text)
