"""Others' servers and clients of HTTP, and bulk through our router."""

import hashlib
import json
import os
import re

import kernel_icmp
import lab
import networks
from case import Cases
from lab import need, run

CASES = Cases()
FAMILIES = {'ipv4': (kernel_icmp.OURS4, kernel_icmp.THEIRS4), 'ipv6': (kernel_icmp.OURS6, kernel_icmp.THEIRS6)}


def in_url(address):
  return f'[{address}]' if ':' in address else address


def curl(*arguments):
  return run('curl', '-sS', '--max-time', '30', '--globoff', *arguments)


@CASES.add_each('curl of our HTTP server over {}: 20 MB, POST, HEAD, a connection kept for three requests, no such page', FAMILIES,
                peer='curl', needs=('curl',), quick=('ipv4', 'ipv6'))
def curl_of_our_server(ours_address, _):
  ours = kernel_icmp.both_up('--name=ours', '--app', 'http-server')
  url = f'http://{in_url(ours_address)}'
  path = lab.folder() + '/body'
  curl('-o', path, f'{url}/bytes/20000000')
  with open(path, 'rb') as body:
    need(body.read() == b'x' * 20_000_000, 'the body differs')
  data = os.urandom(1 << 20) * 4
  with open(path, 'wb') as body:
    body.write(data)
  said = curl('--data-binary', f'@{path}', f'{url}/take')
  need(f'{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}' in said, said)
  said = curl('-H', 'Transfer-Encoding: chunked', '--data-binary', f'@{path}', f'{url}/take')
  need(hashlib.sha256(data).hexdigest() in said, said)
  said = curl('-I', f'{url}/bytes/7')
  need('200 OK' in said and re.search(r'(?i)content-length: 7\b', said), said)
  said = curl('-w', '%{num_connects}\n', f'{url}/', f'{url}/', f'{url}/')
  need(said.split('\n').count('Hello from ours') == 3 and re.findall(r'^\d$', said, re.MULTILINE) == ['1', '0', '0'], said)
  said = curl('-o', lab.folder() + '/none', '-w', '%{http_code}', f'{url}/nothing')
  need(said == '404', said)
  lab.finish(ours)


NGINX = '''
daemon off; master_process off; pid %(folder)s/nginx.pid; error_log stderr; worker_rlimit_nofile 256;
events { worker_connections 64; }
http {
  access_log off; ssi on; default_type text/html;
  client_body_temp_path %(folder)s/a; proxy_temp_path %(folder)s/b; fastcgi_temp_path %(folder)s/c;
  uwsgi_temp_path %(folder)s/d; scgi_temp_path %(folder)s/e;
  server { listen 10.0.0.1:80; listen [2001:db8::1]:80; root %(folder)s/www; }
}
'''


@CASES.add_each('our HTTP client of nginx over {}: 20 MB three times on one connection, a chunked page, no such page', FAMILIES,
                peer='nginx', needs=('nginx',))
def our_client_of_nginx(_, theirs_address):
  folder = lab.folder()
  os.mkdir(folder + '/www')
  data = os.urandom(1 << 20) * 20
  with open(folder + '/www/large', 'wb') as large:
    large.write(data)
  lab.write('www/chunked.html', '<!--#set var="a" value="1" -->' + 'text' * 5000)
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  nginx = lab.Program('nginx', '-p', folder, '-e', 'stderr', '-c', lab.write('nginx.conf', NGINX % {'folder': folder}))
  lab.wait_until(lambda: 'LISTEN' in run('ss', '-tln', 'sport', '=', ':80'), 10, 'nginx listens')
  url = f'http://{in_url(theirs_address)}'
  ours = lab.host(*kernel_icmp.STATIC, '--app', f'http=--url={url}/large --count=3 --delay=3s', '--app', f'http=--url={url}/chunked.html --delay=3s',
                  '--app', f'http=--url={url}/nothing --delay=3s')
  digest = hashlib.sha256(data).hexdigest()
  ours.wait_for(rf'(GET \S+/large: 200 OK, 20971520 bytes, SHA-256 {digest}[\s\S]*){{3}}', 40)
  ours.wait_for(rf'/chunked.html: 200 OK, 20000 bytes, SHA-256 {hashlib.sha256(b"text" * 5000).hexdigest()}')
  ours.wait_for(r'/nothing: 404')
  lab.finish(ours)
  need(nginx.process.poll() is None, nginx.read())


BETWEEN = '''
link { name: "near" }
link { name: "far" }
router { name: "r"
  interface { link: "near" mac: "02:00:00:00:00:0e" address: "2001:db8:1::1/64" address: "10.0.1.1/24" }
  interface { link: "far" mac: "02:00:00:00:00:0f" address: "2001:db8:2::1/64" address: "10.0.2.1/24" } }
'''


@CASES.add_each('iperf3 through our router, between two Linux machines, over {}: 100 MB by TCP each way, UDP with less than 1 % lost', {
    'ipv4': ('10.0.2.2',), 'ipv6': ('2001:db8:2::2',)}, peer='iperf3', needs=('iperf3',))
def iperf3_through_our_router(server_address):
  """The taps stay in the case's namespace; each is bridged to a machine of its own."""
  machines = []
  for number, tap in ((1, 'near0'), (2, 'far0')):
    lab.make_tap(tap, mac=f'02:00:00:00:00:{number}0')
    machine = networks.machine_on_bridge(f'm{number}', f'02:00:00:00:00:0{number}', f'10.0.{number}.2/24', f'2001:db8:{number}::2/64')
    networks.bridge_with(tap, f'p-m{number}', name=f'br{number}')
    machine.run('ip', 'route', 'add', 'default', 'via', f'10.0.{number}.1')
    machine.run('ip', '-6', 'route', 'add', 'default', 'via', f'2001:db8:{number}::1')
    machines.append(machine)
  ours = lab.scenario(BETWEEN, 'near=near0', 'far=far0', capture=False)
  server = lab.Program('iperf3', '-s', '--forceflush', into=machines[1])
  server.wait_for('listening')
  lab.wait_until(lambda: '0% packet loss' in machines[0].run('ping', '-c', '1', '-W', '1', server_address, check=False), 20, 'a way through')
  for options in ((), ('-R',)):
    said = json.loads(machines[0].run('iperf3', '-c', server_address, '-n', '100M', '-J', '-C', 'cubic', *options))
    received = said['end']['sum_received']
    need(received['bytes'] >= 100_000_000, str(said['end']))
    print(f'{" ".join(options)} {received["bits_per_second"] / 1e9:.2f} Gbit/s')
  # Room for what a machine that is busy with other things does not read at once.
  said = json.loads(machines[0].run('iperf3', '-c', server_address, '-u', '-b', '10M', '-t', '3', '-l', '1000', '-w', '2M', '-J'))
  total = said['end']['sum']
  need(total['packets'] > 1000 and total['lost_percent'] < 1, str(total))
  lab.finish(ours)
