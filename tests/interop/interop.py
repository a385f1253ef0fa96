#!/usr/bin/env python3
"""Runs our stack on tap devices against the Linux kernel and others' programs.

DUALSIM=PROGRAM interop.py [--quick] [--only TEXT] [--jobs N] [--repeat N] [--page FILE] [--keep FOLDER]

Each case runs in namespaces of its own. Where the machine can't do that the suite says why, and is skipped.
--quick: the cases that tools/test runs. --repeat: so many times in a row. --page: writes the table of results.
--keep: the captures of what failed go there. Exit code 1 where a case failed.
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
import tunnel

MODULES = (kernel_icmp, kernel_udp, kernel_tcp, slow_path, networks, dhcp, services, tunnel, failures)
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


def keep(case, source, target):
  """What the case captured, where somebody can look at it."""
  os.makedirs(target, exist_ok=True)
  for name in os.listdir(source):
    if '.pcap' in name:
      shutil.copy(os.path.join(source, name), os.path.join(target, f'{case.name}-{name}'))


def run_apart(case, keep_in):
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
    if code not in (0, SKIPPED) and keep_in:
      keep(case, folder, keep_in)
  return code, said.strip(), time.monotonic() - begin


def page(results, seconds):
  """The table of results, in Markdown. `results`: of each case its outcomes, in the order of the passes."""
  passes = len(seconds)
  release = os.uname().release
  lines = [
      '# Against others\' stacks', '', 'Written, as root, by', '',
      '    DUALSIM=$(bazel info -c opt bazel-bin)/tools/commands/dualsim tests/interop/interop.py \\',
      f'        --repeat {passes} --page docs/interop.md', '',
      'which ran our stack on Linux tap devices (`dualsim live`), with others\' in network namespaces around it. Linux is',
      f'the kernel that it ran on, {release} with CUBIC, on {os.cpu_count()} processors. The whole suite ran {passes} time{"s" if passes > 1 else ""} in a row, in',
      f'{max(seconds):.0f} s at most; a case passed where it passed each time. All captures were clean in tshark. Rates and times are',
      'of the last run.', '', '| with | case | result |', '|---|---|---|'
  ]
  for case, outcomes in results:
    codes = {code for code, _, _ in outcomes}
    said = '; '.join(outcomes[-1][1].splitlines())
    word = 'passed' + (f': {said}' if said else '') if codes == {0} else f'skipped: {said}' if codes == {SKIPPED} else 'FAILED'
    lines.append(f'| {case.peer} | {case.title} | {word} |')
  return '\n'.join(lines) + '\n'


def report(case, outcome):
  code, said, seconds = outcome
  word = {0: 'PASS', SKIPPED: 'SKIPPED'}.get(code, 'FAIL')
  print(f'{word} {case.name}  {seconds:.1f} s' + (f'\n  {said}' if said and code != 0 else ''), flush=True)


def run_all(cases, jobs, keep_in):
  """Each case once, many side by side and then those that measure time; the outcomes in the order of the cases."""
  outcomes = {}
  for width, chosen in ((jobs, [case for case in cases if not case.alone]), (1, [case for case in cases if case.alone])):
    with concurrent.futures.ThreadPoolExecutor(width) as pool:
      running = {pool.submit(run_apart, case, keep_in): case for case in chosen}
      for future in concurrent.futures.as_completed(running):
        case = running[future]
        outcomes[case.name] = future.result()
        report(case, outcomes[case.name])
  return [outcomes[case.name] for case in cases]


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--quick', action='store_true')
  parser.add_argument('--only', default='')
  parser.add_argument('--jobs', type=int, default=6)
  parser.add_argument('--repeat', type=int, default=1)
  parser.add_argument('--page', default='')
  parser.add_argument('--keep', default=os.environ.get('TEST_UNDECLARED_OUTPUTS_DIR', ''))
  parser.add_argument('--here', default='')
  options = parser.parse_args()
  if options.here:
    return run_here(options.here)
  reason = why_not()
  if reason:
    print(f'SKIPPED: {reason}')
    return 0
  os.environ['TSHARK_OPTIONS'] = lab.no_guesses()
  cases = [case for case in CASES if options.only in case.name and (case.quick or not options.quick)]
  passes, seconds = [], []
  for _ in range(options.repeat):
    begin = time.monotonic()
    passes.append(run_all(cases, options.jobs, options.keep))
    seconds.append(time.monotonic() - begin)
    failed = sum(code not in (0, SKIPPED) for code, _, _ in passes[-1])
    skipped = sum(code == SKIPPED for code, _, _ in passes[-1])
    print(f'{len(cases)} cases, {failed} failed, {skipped} skipped, {seconds[-1]:.0f} s', flush=True)
    if options.page and cases:
      with open(options.page, 'w', encoding='utf-8') as out:
        out.write(page(list(zip(cases, zip(*passes))), seconds))
  return 1 if any(code not in (0, SKIPPED) for outcomes in passes for code, _, _ in outcomes) else 0


if __name__ == '__main__':
  sys.exit(main())
