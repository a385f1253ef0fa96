#!/usr/bin/env python3
"""Runs one program for each call of the application interface, and every application, in three worlds, and compares.

parity.py [--only TEXT] [--page FILE] [--check FILE] [--verbose]

The worlds are those of worlds.py. Where the machine lets nobody make namespaces and taps, it says so, and compares
nothing. --page: writes docs/parity.md. --check: holds that page against what was seen. Exit code 1 where something
differs for which differences.py has no reason, or is the same for which it has one.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'interop'))
# pylint: disable=wrong-import-position
import lab
import worlds
from differences import DIFFERENCES

V4, V6 = '192.0.2.1', '[2001:db8::1]'


def both(pattern):
  """One application for each family of the peer's."""
  return [pattern.replace('PEER', address) for address in (V4, V6)]


def to_subject(pattern):
  return [pattern.replace('SUBJECT', address) for address in ('192.0.2.2', '[2001:db8::2]')]


def bare(named):
  return [one.replace('[', '').replace(']', '') for one in named]


# Every application: on the subject, on the peer, and the last that the subject's says.
SHOWS = {
    'calls': worlds.Show(['parity'], ['parity-peer'], ['all calls were made']),
    'echo (client: connections)': worlds.Show(
        both('connections=--to=PEER:7 --count=50 --parallel=5 --text=hello --delay=4s'), ['echo'],
        ['connections to 192', r'connections to \[2001']),
    'echo (server)': worlds.Show(['echo', 'network=--port=9999'],
                                 to_subject('connections=--to=SUBJECT:7 --count=20 --text=hello --delay=4s') +
                                 to_subject('connect=--to=SUBJECT:9999 --text=done --delay=8s'),
                                 ['read: 4 bytes(.|\n)*read: 4 bytes']),
    'network': worlds.Show(['network'], to_subject('connect=--to=SUBJECT:8080 --text=hello --delay=4s'),
                           ['read: 5 bytes(.|\n)*read: 5 bytes']),
    'connect': worlds.Show(
        both('connect=--to=PEER:8080 --text=hello --delay=4s') + both('connect=--to=PEER:9 --delay=4s') +
        ['connect=--to=203.0.113.1:9 --delay=4s'], ['network'],
        [r'192.0.2.1:8080: end', r'\[2001:db8::1\]:8080: end', 'connect to 192.0.2.1:9', r'connect to \[2001:db8::1\]:9',
         'connect to 203.0.113.1:9']),
    'bulk': worlds.Show(both('bulk=--to=PEER:5001 --bytes=5MB --delay=4s'), ['bulk-server'],
                        ['sent 5000000 bytes to 192', r'sent 5000000 bytes to \[2001']),
    'bulk-server': worlds.Show(['bulk-server'], to_subject('bulk=--to=SUBJECT:5001 --bytes=5MB --delay=4s'),
                               [r'received 5000000 bytes from 192', r'received 5000000 bytes from \[2001']),
    'ping': worlds.Show(
        bare(both('ping=--to=PEER --count=3 --size=1 --last-size=3001 --step=1000 --delay=4s')), [],
        ['192.0.2.1: 12 sent', '2001:db8::1: 12 sent']),
    'http': worlds.Show(
        both('http=--url=http://PEER/bytes/100000 --count=2 --delay=4s') + both('http=--url=http://PEER/ --post=50000 --delay=4s'),
        ['http-server'], [r'GET.*200(.|\n)*GET.*200(.|\n)*GET.*200(.|\n)*GET.*200', 'POST.*200(.|\n)*POST.*200']),
    'http-server': worlds.Show(
        ['http-server'],
        to_subject('http=--url=http://SUBJECT/nothing --delay=4s') + to_subject('http=--url=http://SUBJECT/ --post=50000 --delay=4s'),
        ['GET /nothing: 404(.|\n)*GET /nothing: 404', 'POST /: 200(.|\n)*POST /: 200']),
    'resolve': worlds.Show(['resolve=--name=www.example.com --delay=4s', 'resolve=--name=www.example.net --type=TXT --delay=4s'],
                           ['dns-server=--ignore=TXT'], ['com.* AAAA:', 'com.* A:', 'net.* TXT:']),
    'dns-server': worlds.Show(['dns-server', 'network=--port=9999'],
                              ['resolve=--name=www.example.com --delay=4s', 'connect=--to=192.0.2.2:9999 --text=done --delay=8s'],
                              ['read: 4 bytes']),
    'tunnel': worlds.Show(['tunnel=--to=192.0.2.1:8080 --port=8443'],
                          ['network'] + to_subject('connect=--to=SUBJECT:8443 --text=hello --delay=4s'),
                          [r'192.0.2.1:\d+: 5 bytes to the back', r'2001:db8::1\]:\d+: 5 bytes to the back']),
    'dhcp-server': worlds.Show(['dhcp-server=--pool=192.0.2.100-192.0.2.199/24'], [], ['leases 192.0.2'], dhcp_client=True),
}


def why_not():
  """Why only the simulator can be run here; '' where everything can."""
  if os.geteuid() != 0:
    return 'it takes root: network namespaces and tap devices'
  if not os.path.exists('/dev/net/tun'):
    return 'there is no /dev/net/tun'
  for program in ('ip', 'unshare', 'sysctl'):
    if not shutil.which(program):
      return f'there is no program {program}'
  probe = subprocess.run(
      ['unshare', '-n', '-m', 'sh', '-c', 'mount -t sysfs none /sys && ip tuntap add probe0 mode tap'],
      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
  return f'namespaces or tap devices are not allowed here: {probe.stdout.strip()}' if probe.returncode else ''


def run_here(world, name):
  """One show in the namespaces that this process has; prints what was logged."""
  if world != 'simulated':
    worlds.prepare()
  print(json.dumps(getattr(worlds, world)(SHOWS[name])))
  return 0


def run_apart(world, name):
  command = [sys.executable, os.path.abspath(__file__), '--here', world, name]
  if world != 'simulated':
    command = ['unshare', '-n', '-m', '--propagation', 'private'] + command
  with tempfile.TemporaryDirectory() as folder:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace',
                          env=dict(os.environ, TMPDIR=folder, HOME=folder))
  if done.returncode:
    raise lab.Failure(f'{name}, {world}: {done.stderr.strip()}')
  return json.loads(done.stdout.splitlines()[-1])


def without_measures(line):
  """A line of an application's without what another run says otherwise."""
  line = re.sub(r'\d+(\.\d+)? (us|ms|s|Mbit/s)\b', r'N \2', line)
  line = re.sub(r'\d+ of \d+ segments', 'N of N segments', line)
  line = re.sub(r'([0-9a-f]{2}:){5}[0-9a-f]{2}', 'MAC', line)
  line = re.sub(r'(leases|offers) 192\.0\.2\.1\d\d', r'\1 an address of the pool', line)
  # The port of whoever connected.
  return re.sub(r'((?:from |^)(192\.0\.2\.\d|\[[0-9a-f:]+\]):|on port )\d{5}', r'\1PORT', line)


def sort_out(name, logged):
  """What was seen: lines by call and family, or by application."""
  seen = {}
  for program, line in logged:
    if program == 'parity':
      call, _, text = line.partition(': ')
      if text:
        # It comes from the MAC address, which is drawn.
        seen.setdefault(call, []).append(re.sub(r'fe80::[0-9a-f:]*[0-9a-f]', 'a link-local address', text))
    elif not name.startswith('calls'):
      seen.setdefault(name, []).append(f'({program}) {without_measures(line)}')
  if name != 'calls':
    # Connections take turns as they like; each says its own.
    for lines in seen.values():
      lines.sort()
  return seen


def compare(seen):
  """By call: the reason for which it differs, '' where it is the same, None where nobody knows one."""
  calls = dict.fromkeys(call for world in seen.values() for call in world)
  verdicts = {}
  for call in calls:
    lines = [world.get(call) for world in seen.values()]
    same = all(one == lines[0] for one in lines)
    reasons = [why for pattern, why in DIFFERENCES if re.fullmatch(pattern, call)]
    if same:
      verdicts[call] = '' if not reasons else None
    else:
      verdicts[call] = reasons[0] if reasons else None
  return verdicts


def describe(call, seen):
  """Line by line, where the worlds differ."""
  text = ''
  length = max(len(world.get(call, [])) for world in seen.values())
  for i in range(length):
    lines = {world: (said.get(call, []) + ['-'] * length)[i] for world, said in seen.items()}
    if len(set(lines.values())) > 1:
      text += ''.join(f'    {world:10} {line}\n' for world, line in lines.items())
  return text or '    the same in every world\n'


UNSEEN = """On sockets, too:

- keepalive times are whole seconds, at most 32,767, and 127 probes at most: the kernel takes no others;
- a port that nobody named comes from the kernel's range (32768 to 60999), not from RFC 6335's or RFC 6056's;
- a UDP port is a socket for each family, so that the order of arrival holds within a family;
- `queue_bytes` is a receive buffer, as large as `net.core.rmem_max` lets it be, and what it drops is counted by the kernel;
- a datagram whose source port is another process's is refused (`port in use`);
- `SendIp`, and `Echo` outside of `net.ipv4.ping_group_range`, take CAP_NET_RAW; without it they are `not allowed`;
- `--ipv4` and `--ipv6` are the one address of the family, without the link-local one and, in IPv4, without the loopback;
- gateways, router advertisements and DHCP are the machine's: their arguments are taken, and a line says that they are not
  used. Name servers are those of `--dns-servers`, then those of `/etc/resolv.conf`;
- `TcpStatistics::segments_sent` counts segments with data, and not SYN and FIN."""


def cell(text):
  return text.replace('|', '\\|')


def page(seen, verdicts):
  """docs/parity.md."""
  out = [
      '# One interface, two implementations', '',
      'A program can\'t tell whether it runs on our own stack or on the operating system\'s sockets. This page is what',
      '`sudo tests/parity/parity.py --page docs/parity.md` saw (with DUALSIM set to the program that',
      '`bazel build -c opt //tests/parity:dualsim_with_calls` makes): the same program, with the same boot arguments, on our',
      'stack in the simulator, on our stack on a tap device with Linux on the other side, and on Linux\'s sockets',
      '(`dualsim live --sockets`). It makes every call of `stack/application/network.h` and notes what comes back, errors',
      'included; every application runs in the three worlds too, and its log is compared. `//tests/parity:parity_test`',
      'holds this page against what it sees.', '', '## What differs', '',
      'Each row is one line of what a call said; the other lines of the call are the same.', '',
      '| call | simulated | tap | sockets | why |', '|---|---|---|---|---|']
  for call, why in verdicts.items():
    if not why:
      continue
    length = max(len(world.get(call, [])) for world in seen.values())
    first = True
    for i in range(length):
      lines = [(seen[world].get(call, []) + ['-'] * length)[i] for world in worlds.WORLDS]
      if len(set(lines)) > 1:
        out.append('| ' + ' | '.join([call if first else ''] + [cell(line) for line in lines] + [why if first else '']) + ' |')
        first = False
  out += ['', '## What no call shows', '', UNSEEN, '', '## What is the same', '', '| call | lines compared |', '|---|---|']
  for call, why in verdicts.items():
    if why == '':
      out.append(f'| {call} | {len(next(iter(seen.values())).get(call, []))} |')
  return '\n'.join(out) + '\n'


def see(only):
  """What each world saw, and whether that was everything."""
  seen = {world: {} for world in worlds.WORLDS}
  everything = not only
  shown = []
  for name, show in SHOWS.items():
    if only and only not in name:
      continue
    if show.dhcp_client and not shutil.which('dhclient'):
      print(f'SKIPPED: {name}: there is no program dhclient')
      everything = False
      continue
    shown.append(name)
  with concurrent.futures.ThreadPoolExecutor(4) as pool:
    runs = [(world, name, pool.submit(run_apart, world, name)) for name in shown for world in worlds.WORLDS]
    for world, name, run in runs:
      seen[world].update(sort_out(name, run.result()))
  return seen, everything


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--only', default='')
  parser.add_argument('--page', default='')
  parser.add_argument('--check', default='')
  parser.add_argument('--verbose', action='store_true')
  parser.add_argument('--here', nargs=2, default=None)
  options = parser.parse_args()
  if options.here:
    return run_here(*options.here)
  reason = why_not()
  if reason:
    print(f'SKIPPED: {reason}')
    return 0
  try:
    seen, everything = see(options.only)
  except lab.Failure as failure:
    print(f'FAIL {failure}')
    return 1
  verdicts = compare(seen)
  wrong = [call for call, why in verdicts.items() if why is None]
  for call, why in verdicts.items():
    if why or options.verbose:
      print(f'{"DIFFERS" if why else "SAME   "} {call}' + (f': {why}' if why else ''))
      if options.verbose and why:
        print(describe(call, seen), end='')
  for call in wrong:
    print(f'FAIL {call}: no reason is known, or one that is stale\n{describe(call, seen)}', end='')
  print(f'{len(verdicts)} calls and applications, {len([w for w in verdicts.values() if w])} differ with a reason, '
        f'{len(wrong)} without')
  text = page(seen, verdicts)
  if options.page:
    with open(options.page, 'w', encoding='utf-8') as out:
      out.write(text)
  if options.check and everything:
    with open(options.check, encoding='utf-8') as there:
      if there.read() != text:
        print(f'FAIL {options.check} is not what was seen; parity.py --page writes it')
        wrong.append(options.check)
  return 1 if wrong else 0


if __name__ == '__main__':
  sys.exit(main())
