"""Our TLS relay between others' clients and servers. (Its certificate is made here and now.)"""

import hashlib
import os

import kernel_icmp
import lab
import services
from case import Cases
from lab import need, run
from services import FAMILIES, curl, in_url

CASES = Cases()
NAME = 'www.example.org'


def need_tunnel():
  said = lab.Program(lab.DUALSIM, 'live', '--tap', 'none0', '--app', 'tunnel')
  said.wait()
  if 'tunnel: --to' not in said.text:
    raise lab.Skip('this program has no application tunnel')


def make_certificate():
  """A key and a certificate of its own; their texts."""
  key, certificate = lab.folder() + '/key.pem', lab.folder() + '/certificate.pem'
  run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', f'/CN={NAME}',
      '-addext', f'subjectAltName=DNS:{NAME}', '-keyout', key, '-out', certificate)
  texts = []
  for path in (certificate, key):
    with open(path, encoding='utf-8') as text:
      texts.append(text.read())
  return texts


def start_nginx():
  folder = lab.folder()
  os.mkdir(folder + '/www')
  data = os.urandom(1 << 20) * 10
  with open(folder + '/www/large', 'wb') as large:
    large.write(data)
  nginx = lab.Program('nginx', '-p', folder, '-e', 'stderr', '-c', lab.write('nginx.conf', services.NGINX % {'folder': folder}))
  lab.wait_until(lambda: 'LISTEN' in run('ss', '-tln', 'sport', '=', ':80'), 10, 'nginx listens')
  return nginx, data


@CASES.add_each('curl and openssl s_client reach nginx through our tunnel over {}: TLS 1.2 offered alone and with 1.3, the certificate verified, 10 MB', FAMILIES,
                peer='curl, nginx, openssl', needs=('curl', 'nginx', 'openssl'))
def tunnel_takes_tls_off(ours_address, theirs_address):
  need_tunnel()
  certificate, key = make_certificate()
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  nginx, data = start_nginx()
  ours = lab.host(*kernel_icmp.STATIC, '--app',
                  f"tunnel=--to={in_url(theirs_address)}:80 --certificate='{certificate}' --key='{key}'")
  ours.wait_for(r'address 2001:db8::2/64 \S+ PREFERRED')
  body = lab.folder() + '/body'
  for version in ((), ('--tls-max', '1.2')):
    curl('--cacert', lab.folder() + '/certificate.pem', '--resolve', f'{NAME}:443:{in_url(ours_address)}', *version, '-o', body,
         f'https://{NAME}/large')
    with open(body, 'rb') as came:
      need(hashlib.sha256(came.read()).digest() == hashlib.sha256(data).digest(), f'{version}: the body differs')
  for version in ('', '-tls1_2'):
    said = run('sh', '-c', f'printf "GET /none HTTP/1.0\\r\\n\\r\\n" | openssl s_client -quiet -ign_eof -connect {in_url(ours_address)}:443 '
               f'-CAfile {lab.folder()}/certificate.pem -verify_return_error -verify_hostname {NAME} -servername {NAME} {version}', check=False)
    need('404 Not Found' in said and 'verify return:1' in said, f'{version}: {said}')
  lab.finish(ours)
  need(nginx.process.poll() is None, nginx.read())
