"""What the cases of the interop suite are made of: namespaces, devices, our program, others' programs.

Every case runs in a process of its own, in new network and mount namespaces that interop.py makes: nothing
that it does reaches the machine's own network, and all of it is gone when the process ends.
"""

import ctypes
import os
import re
import select
import signal
import subprocess
import tempfile
import time

DUALSIM = os.environ.get('DUALSIM', 'dualsim')
CHECK_CAPTURES = os.environ.get('CHECK_CAPTURES', os.path.join(os.path.dirname(os.path.abspath(__file__)), '../scenarios/check_captures.sh'))
OUR_MAC = '02:00:00:00:00:0a'
KERNEL_MAC = '02:00:00:00:00:01'


class Failure(Exception):
  """What a case expected and did not see."""


class Skip(Exception):
  """Why a case can't run here."""


def need(condition, text):
  if not condition:
    raise Failure(text)


def die_with_parent():
  ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def run(*command, check=True, timeout=60, into=None):
  """Runs a program to its end; what it printed."""
  words = [str(word) for word in command]
  if into:
    words = into.prefix() + words
  done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, text=True)
  if check and done.returncode != 0:
    raise Failure(f"{' '.join(words)}: exit code {done.returncode}: {done.stdout.strip()}")
  return done.stdout


def wait_until(holds, timeout, what):
  """Asks again and again until `holds()` gives something true, and returns that."""
  end = time.monotonic() + timeout
  while True:
    value = holds()
    if value:
      return value
    if time.monotonic() > end:
      raise Failure(f'{what}: not within {timeout} s')
    time.sleep(0.02)


class Program:
  """A program that runs beside the case; its output is read as it comes."""

  def __init__(self, *command, into=None):
    self.command = [str(word) for word in command]
    if into:
      self.command = into.prefix() + self.command
    self.text = ''
    self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
    os.set_blocking(self.process.stdout.fileno(), False)

  def read(self, wait=0.0):
    if select.select([self.process.stdout], [], [], wait)[0]:
      self.text += (os.read(self.process.stdout.fileno(), 1 << 16) or b'').decode(errors='replace')
    return self.text

  def wait_for(self, pattern, timeout=20):
    """Until a line matches; the match."""
    end = time.monotonic() + timeout
    while True:
      found = re.search(pattern, self.read(0.02), re.MULTILINE)
      if found:
        return found
      if self.process.poll() is not None:
        self.read()
        found = re.search(pattern, self.text, re.MULTILINE)
        if found:
          return found
        raise Failure(f"{self.command[0]} ended without '{pattern}': {self.text}")
      if time.monotonic() > end:
        raise Failure(f"{self.command[0]} did not say '{pattern}' within {timeout} s, but: {self.text}")

  def end(self, number=signal.SIGINT, timeout=10):
    """Ends it with a signal, waits for it, returns its exit code."""
    if self.process.poll() is None:
      self.process.send_signal(number)
    return self.wait(timeout)

  def wait(self, timeout=10):
    end = time.monotonic() + timeout
    while self.process.poll() is None:
      self.read(0.02)
      if time.monotonic() > end:
        self.process.kill()
        raise Failure(f'{self.command[0]} did not end within {timeout} s; it said: {self.text}')
    while True:
      before = len(self.text)
      self.read()
      if len(self.text) == before:
        return self.process.returncode


class Namespace:
  """One more network namespace, as of a machine of its own."""

  def __init__(self):
    self.keeper = subprocess.Popen(['unshare', '-n', 'sleep', '1000'], preexec_fn=die_with_parent)
    own = os.readlink('/proc/self/ns/net')
    wait_until(lambda: os.readlink(f'/proc/{self.keeper.pid}/ns/net') != own, 5, 'a new namespace')
    run('ip', 'link', 'set', 'lo', 'up', into=self)

  def prefix(self):
    return ['nsenter', '-t', str(self.keeper.pid), '-n']

  def run(self, *command, **options):
    return run(*command, into=self, **options)

  def take(self, device):
    run('ip', 'link', 'set', device, 'netns', self.keeper.pid)


def sysctl(name, value, into=None):
  if into:
    run('sysctl', '-qw', f'{name}={value}', into=into)
    return
  with open('/proc/sys/' + name.replace('.', '/'), 'w', encoding='utf-8') as setting:
    setting.write(str(value))


def make_tap(name='tap0', mac=KERNEL_MAC, mtu=1500, up=True):
  run('ip', 'tuntap', 'add', name, 'mode', 'tap')
  run('ip', 'link', 'set', name, 'address', mac, 'mtu', mtu)
  if up:
    run('ip', 'link', 'set', name, 'up')


def give(device, *addresses, into=None):
  """Gives addresses to a device of the kernel's, usable at once."""
  for address in addresses:
    words = ['ip', 'address', 'add', address, 'dev', device]
    run(*words, *(['nodad'] if ':' in address else []), into=into)


def ready_link_local(device, into=None):
  """The kernel's link-local address on the device, once it has passed DAD."""

  def look():
    shown = run('ip', '-6', '-o', 'address', 'show', 'dev', device, 'scope', 'link', into=into)
    found = re.search(r'inet6 (fe80::[0-9a-f:]+)/', shown)
    return found.group(1) if found and 'tentative' not in shown else None

  return wait_until(look, 5, f'a link-local address of the kernel on {device}')


captures = []


def live(*arguments, capture=True):
  """Our program on a tap; ended by the case, or with it."""
  words = [DUALSIM, 'live', *arguments]
  if capture:
    path = os.path.join(tempfile.gettempdir(), f'{os.getpid()}-{len(captures)}.pcapng')
    captures.append(path)
    words += ['--capture', path]
  program = Program(*words)
  program.wait_for(r'^tap ')
  return program


def host(*arguments, tap='tap0', mac=OUR_MAC, **options):
  return live('--tap', tap, '--mac', mac, *arguments, **options)


def scenario(text, *attach, **options):
  """As live(): a simulated network with taps as ports, each LINK=TAP."""
  words = ['--scenario', write('network.textproto', 'duration: "1h"\n' + text)]
  for one in attach:
    words += ['--attach', one]
  return live(*words, **options)


def finish(program, code=0, timeout=10):
  """Ends our program as a user would; its counters have to come."""
  ended = program.end(timeout=timeout)
  need(ended == code, f'dualsim ended with {ended}: {program.text}')
  need('ended after' in program.text, f'no counters: {program.text}')
  return program.text


def no_guesses():
  """Options against dissectors that know TCP's content by its looks: some random bytes look like anything."""
  known = subprocess.run(['tshark', '-G', 'heuristic-decodes'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
  rows = [line.split('\t') for line in known.stdout.splitlines()]
  return ' '.join(f'--disable-protocol {row[1]}' for row in rows if row[0] == 'tcp' and len(row) > 1)


def check_captures():
  """Every capture of the case is clean in tshark."""
  for path in captures:
    need(os.path.getsize(path) > 0, f'{path} is empty')
    found = subprocess.run(['bash', CHECK_CAPTURES, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    need(found.returncode == 0, f'tshark finds in the capture: {found.stdout[:2000]}')


def fields(path, display_filter, *names):
  """What tshark reads in a capture: the fields of each frame that matches, '' for those that it has not."""
  words = ['tshark', '-n', '-r', path, '-Y', display_filter, '-T', 'fields', '-E', 'occurrence=f']
  for name in names:
    words += ['-e', name]
  done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
  return [tuple(line.split('\t')) for line in done.stdout.splitlines()]


class Stopwatch:
  """Time, less that for which a process, or the one beside it, was ready to run and was kept from a processor.

  What else the machine does is no property of a stack; what the two wait for each other stays in.
  """

  def __init__(self, *processes):
    self.processes = processes
    self.begin = time.monotonic()
    self.waited = [self.waited_by(process) for process in processes]

  @staticmethod
  def waited_by(process):
    with open(f'/proc/{process}/schedstat', encoding='utf-8') as stat:
      return int(stat.read().split()[1]) / 1e9

  def seconds(self):
    kept = max(self.waited_by(process) - before for process, before in zip(self.processes, self.waited))
    return time.monotonic() - self.begin - kept


def frames(path, filter_text):
  """What our capture shows, one line for each frame that matches."""
  return [line for line in run(DUALSIM, 'inspect', path, filter_text).splitlines() if line]


def folder():
  """Where the case writes files: gone with it."""
  return tempfile.gettempdir()


def write(name, text):
  """A file in the case's folder; its path."""
  path = os.path.join(folder(), name)
  with open(path, 'w', encoding='utf-8') as out:
    out.write(text)
  return path
