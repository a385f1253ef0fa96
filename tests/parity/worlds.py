"""The three worlds that the parity test runs the same programs in.

`subject` is the host that is compared, 192.0.2.2 and 2001:db8::2; `peer` is 192.0.2.1 and 2001:db8::1:

  simulated  both on our stack, in the simulator;
  tap        the subject on our stack, on a tap device; the peer on the kernel's sockets;
  sockets    the subject on the kernel's sockets, and the peer too, in another network namespace.
"""

import os
import re
import subprocess
import tempfile
import time

import lab

DUALSIM = os.environ.get('DUALSIM', 'dualsim')
SUBJECT = ['--ipv4=192.0.2.2/24', '--ipv6=2001:db8::2/64', '--name=subject', '--dns-servers=192.0.2.1',
           '--he-connect-delay=300ms', '--dns-timeout=2s']
PEER = ['--ipv4=192.0.2.1/24', '--ipv6=2001:db8::1/64', '--name=peer']
WORLDS = ('simulated', 'tap', 'sockets')
PATIENCE = 300  # Seconds; a loaded machine is slow, and nothing here is measured.


class Show:
  """What runs: applications on both hosts, and what the subject logs at last, several regular expressions."""

  def __init__(self, subject, peer, ends, dhcp_client=False):
    self.subject, self.peer, self.ends, self.dhcp_client = subject, peer, ends, dhcp_client


def logged(text):
  """What programs logged: pairs of a program's name and a line."""
  return re.findall(r'^\d\S* \S+?:? ?\(([a-z-]+)\) (.*)$', text, re.MULTILINE)


def quoted(text):
  return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


def simulated(show):
  """Both hosts in the simulator."""

  def host(name, number, arguments, applications):
    text = f'host {{ name: "{name}" interface {{ link: "lan" mac: "02:00:00:00:00:0{number}" }} args: {quoted(" ".join(arguments))}\n'
    for application in applications:
      kind, _, args = application.partition('=')
      text += f'  application {{ name: "{kind}" args: {quoted(args)} }}\n'
    return text + '}\n'

  with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'parity.textproto')
    with open(path, 'w', encoding='utf-8') as out:
      out.write('description: "parity"\nduration: "400s"\nlink { name: "lan" }\n')
      out.write(host('peer', 1, PEER, show.peer) + host('subject', 2, SUBJECT, show.subject))
      if show.dhcp_client:
        out.write(host('client', 3, ['--dhcp=true', '--ipv4-only=true'], []))
    lab.run(DUALSIM, 'run', path, '--out', folder, '--no-capture', '--no-db', '--quiet', timeout=PATIENCE)
    found = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name == 'trace.txt']
    with open(found[0], encoding='utf-8') as trace:
      lines = [line for line in trace if re.match(r'^\S+ subject[ :]', line)]
  return logged(''.join(lines))


def applications(named):
  return [word for one in named for word in ('--app', one)]


def wait_for_all(program, ends):
  limit = time.monotonic() + PATIENCE
  while not all(re.search(end, program.text, re.MULTILINE) for end in ends):
    program.read(0.05)
    if program.process.poll() is not None or time.monotonic() > limit:
      program.read()
      missing = [end for end in ends if not re.search(end, program.text, re.MULTILINE)]
      lab.need(not missing, f'the subject did not say {missing}, but: {program.text}')


def play(subject, peer_words, show, prefix):
  """Runs both programs until the subject has said all; what its programs logged."""
  peer = lab.Program(*prefix, DUALSIM, 'live', '--sockets', *peer_words, *applications(show.peer)) if show.peer else None
  if peer:
    peer.wait_for('^sockets: ')
  host = lab.Program(DUALSIM, 'live', *subject, *SUBJECT, *applications(show.subject))
  host.wait_for('^(tap|sockets)')
  client = None
  if show.dhcp_client:
    host.wait_for('192.0.2.2.*PREFERRED') if '--tap' in subject else None
    client = lab.Program(*prefix, 'dhclient', '-1', '-4', '-d', '-sf', '/bin/true', '-pf', '/run/dhclient.pid', '-lf',
                         '/run/dhclient.leases', 'card')
  wait_for_all(host, show.ends)
  lab.need(host.end() == 0, f'the subject: {host.text}')
  if client:
    client.end(9)
  if peer:
    lab.need(peer.end() == 0, f'the peer: {peer.text}')
  return logged(host.text)


def tap(show):
  """The subject on a tap; the peer is this namespace's kernel."""
  lab.make_tap('card')
  lab.give('card', '192.0.2.1/24', '2001:db8::1/64')
  return play(['--tap', 'card'], PEER, show, [])


def sockets(show):
  """Two kernels, with a cable between them."""
  lab.run('ip', 'netns', 'add', 'peer')
  lab.run('ip', 'link', 'add', 'card', 'type', 'veth', 'peer', 'name', 'card', 'netns', 'peer')
  inside = ['ip', 'netns', 'exec', 'peer']
  for prefix, number in (([], 2), (inside, 1)):
    lab.run(*prefix, 'ip', 'link', 'set', 'lo', 'up')
    # The cable's ends come up in turns: addresses are given without detection.
    lab.run(*prefix, 'ip', 'address', 'add', f'192.0.2.{number}/24', 'broadcast', '192.0.2.255', 'dev', 'card')
    lab.run(*prefix, 'ip', 'address', 'add', f'2001:db8::{number}/64', 'dev', 'card', 'nodad')
    lab.run(*prefix, 'ip', 'link', 'set', 'card', 'up')
    lab.run(*prefix, 'sysctl', '-qw', 'net.ipv4.icmp_echo_ignore_broadcasts=0')
  return play(['--sockets'], PEER, show, inside)


def prepare():
  """Makes new namespaces fit; called in them."""
  subprocess.run(['mount', '-t', 'sysfs', 'none', '/sys'], check=False)
  subprocess.run(['mount', '-t', 'tmpfs', 'none', '/run'], check=False)
  lab.run('ip', 'link', 'set', 'lo', 'up')
  for family in ('default', 'all'):
    lab.sysctl(f'net.ipv6.conf.{family}.disable_ipv6', 0)
