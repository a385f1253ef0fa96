#!/usr/bin/env python3
"""Runs our stack on tap devices against the Linux kernel and others' programs.

interop.py [--quick] [--only TEXT] [--jobs N] [--repeat N] [--page FILE]

Each case runs in namespaces of its own. Where the machine can't do that the suite says why, and is skipped.
--quick: the cases that tools/test runs. --page: writes the table of results. Exit code 1 where a case failed.
"""

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import lab
import kernel_icmp
import dhcp
import failures
import kernel_tcp
import kernel_udp
import networks
import services
import slow_path

MODULES = (kernel_icmp, kernel_udp, kernel_tcp, slow_path, networks, dhcp, services, failures)
CASES = [case for module in MODULES for case in module.CASES]
SKIPPED = 77


def why_not():
  """Why nothing can run here; '' where everything can."""
  if os.geteuid() != 0:
    return 'it takes root: network namespaces and tap devices'
  if not os.path.exists('/dev/net/tun'):
    return 'there is no /dev/net/tun'
  for program in ('ip', 'unshare', 'nsenter', 'sysctl'):
    if not shutil.which(program):
      return f'there is no program {program}'
  probe = subprocess.run(
      ['unshare', '-n', '-m', 'sh', '-c', 'mount -t sysfs none /sys && ip tuntap add probe0 mode tap'],
      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
  if probe.returncode != 0:
    return f'namespaces or tap devices are not allowed here: {probe.stdout.strip()}'
  return ''


def run_here(name):
  """One case, in the namespaces that this process has. The exit code."""
  case = next(case for case in CASES if case.name == name)
  for program in case.needs:
    if not shutil.which(program):
      print(f'there is no program {program}')
      return SKIPPED
  subprocess.run(['mount', '-t', 'sysfs', 'none', '/sys'], check=False)
  subprocess.run(['mount', '-t', 'tmpfs', 'none', '/run'], check=False)
  lab.run('ip', 'link', 'set', 'lo', 'up')
  for family in ('default', 'all'):
    lab.sysctl(f'net.ipv6.conf.{family}.disable_ipv6', 0)
  try:
    case.function(*case.arguments)
    lab.check_captures()
  except lab.Skip as skip:
    print(skip)
    return SKIPPED
  except lab.Failure as failure:
    print(failure)
    place = traceback.extract_tb(failure.__traceback__)
    print('at ' + ', '.join(f'{os.path.basename(f.filename)}:{f.lineno}' for f in place if 'lab.py' not in f.filename))
    return 1
  except Exception:  # pylint: disable=broad-except
    traceback.print_exc(file=sys.stdout)
    return 1
  return 0


def run_apart(case):
  """One case in new namespaces: its exit code, what it said, and how long it took."""
  begin = time.monotonic()
  with tempfile.TemporaryDirectory() as folder:
    command = ['unshare', '-n', '-m', '--propagation', 'private', sys.executable, os.path.abspath(__file__), '--here', case.name]
    environment = dict(os.environ, TMPDIR=folder, HOME=folder)
    try:
      done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', env=environment,
                            timeout=case.limit)
      code, said = done.returncode, done.stdout
    except subprocess.TimeoutExpired as expired:
      code, said = 1, f'no end within {case.limit} s: {(expired.stdout or b"").decode(errors="replace")}'
  return code, said.strip(), time.monotonic() - begin


def page(results):
  """The table of results, in Markdown."""
  lines = [
      '# Against others\' stacks', '',
      'What `tests/interop/interop.py` saw when this page was written: our stack on a Linux tap device (`dualsim live`),',
      'the other side in network namespaces. Kernel: the Linux that ran it, with CUBIC. Each row ran ' +
      f'{len(results[0][1])} time(s) in a row.', '', '| with | case | result |', '|---|---|---|']
  for case, outcomes in results:
    codes = {code for code, _, _ in outcomes}
    word = 'passed' if codes == {0} else 'skipped: ' + outcomes[0][1] if codes == {SKIPPED} else 'FAILED'
    lines.append(f'| {case.peer} | {case.title} | {word} |')
  return '\n'.join(lines) + '\n'


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--quick', action='store_true')
  parser.add_argument('--only', default='')
  parser.add_argument('--jobs', type=int, default=6)
  parser.add_argument('--repeat', type=int, default=1)
  parser.add_argument('--page', default='')
  parser.add_argument('--here', default='')
  options = parser.parse_args()
  if options.here:
    return run_here(options.here)
  reason = why_not()
  if reason:
    print(f'SKIPPED: {reason}')
    return 0
  cases = [case for case in CASES if options.only in case.name and (case.quick or not options.quick)]
  begin = time.monotonic()
  results = []
  failed = 0
  for jobs, chosen in ((options.jobs, [case for case in cases if not case.alone]), (1, [case for case in cases if case.alone])):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
      runs = [(case, [pool.submit(run_apart, case) for _ in range(options.repeat)]) for case in chosen]
      for case, futures in runs:
        outcomes = [future.result() for future in futures]
        results.append((case, outcomes))
        for code, said, seconds in outcomes:
          word = {0: 'PASS', SKIPPED: 'SKIPPED'}.get(code, 'FAIL')
          failed += word == 'FAIL'
          print(f'{word} {case.name}  {seconds:.1f} s' + (f'\n  {said}' if said and code != 0 else ''), flush=True)
  print(f'{sum(len(o) for _, o in results)} runs, {failed} failed, {time.monotonic() - begin:.0f} s')
  if options.page and results:
    with open(options.page, 'w', encoding='utf-8') as out:
      out.write(page(results))
  return 1 if failed else 0


if __name__ == '__main__':
  sys.exit(main())
