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
CHECK_CAPTURES = os.environ.get('CHECK_CAPTURES', '')
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


def run(*command, check=True, timeout=60):
  """Runs a program to its end; what it printed."""
  words = [str(word) for word in command]
  done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, text=True)
  if check and done.returncode != 0:
    raise Failure(f"{' '.join(words)}: exit code {done.returncode}: {done.stdout.strip()}")
  return done.stdout


class Program:
  """A program that runs beside the case; its output is read as it comes."""

  def __init__(self, *command):
    self.command = [str(word) for word in command]
    self.text = ''
    self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
    os.set_blocking(self.process.stdout.fileno(), False)

  def read(self, wait=0.0):
    if select.select([self.process.stdout], [], [], wait)[0]:
      self.text += (os.read(self.process.stdout.fileno(), 1 << 16) or b'').decode(errors='replace')
    return self.text

  def wait_for(self, pattern, timeout=10):
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


def sysctl(name, value):
  run('sysctl', '-qw', f'{name}={value}')


def make_tap(name='tap0', mac=KERNEL_MAC, mtu=1500, up=True):
  run('ip', 'tuntap', 'add', name, 'mode', 'tap')
  run('ip', 'link', 'set', name, 'address', mac, 'mtu', mtu)
  if up:
    run('ip', 'link', 'set', name, 'up')


def give(device, *addresses):
  """Gives addresses to a device of the kernel's, usable at once."""
  for address in addresses:
    words = ['ip', 'address', 'add', address, 'dev', device]
    run(*words, *(['nodad'] if ':' in address else []))


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


def finish(program, code=0, timeout=10):
  """Ends our program as a user would; its counters have to come."""
  ended = program.end(timeout=timeout)
  need(ended == code, f'dualsim ended with {ended}: {program.text}')
  need('ended after' in program.text, f'no counters: {program.text}')
  return program.text


def check_captures():
  """Every capture of the case is clean in tshark."""
  for path in captures:
    need(os.path.getsize(path) > 0, f'{path} is empty')
    if CHECK_CAPTURES:
      found = subprocess.run(['bash', CHECK_CAPTURES, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
      need(found.returncode == 0, f'tshark finds in the capture: {found.stdout[:2000]}')
    os.unlink(path)
