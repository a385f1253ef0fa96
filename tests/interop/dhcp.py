"""DHCPv4 and DNS: our client and dnsmasq, our server and ISC's dhclient, names asked and answered both ways."""

import os
import re
import socket
import struct

import kernel_icmp
import lab
from case import Cases
from lab import need, run
from networks import before_a_router, start_radvd

CASES = Cases()


def start_dnsmasq(*arguments):
  """dnsmasq with nothing of the machine's own settings; its log is what it says."""
  return lab.Program('dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--no-ping', '--user=root',
                     '--log-facility=-', '--log-dhcp', '--pid-file=', '--bind-interfaces', '--interface=tap0', '--except-interface=lo',
                     f'--dhcp-leasefile={lab.folder()}/leases', *arguments)


def start_dhcp_server(first='10.0.0.50', last='10.0.0.59', renew_after=600):
  return start_dnsmasq('--port=0', f'--dhcp-range={first},{last},255.255.255.0,20m', '--dhcp-authoritative',
                       '--dhcp-option=option:router,10.0.0.1', '--dhcp-option=option:dns-server,10.0.0.1',
                       f'--dhcp-option=option:T1,{renew_after}')


@CASES.add('dnsmasq leases us an address, with mask, router and host name; we renew it', peer='dnsmasq', needs=('dnsmasq',), quick=True)
def dnsmasq_to_us():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '10.7.0.1/32')
  dnsmasq = start_dhcp_server(renew_after=9)
  ours = lab.host('--dhcp', '--name=ours', '--app', 'ping=--to=10.7.0.1 --delay=10s')
  address = ours.wait_for(r'lease BOUND (10\.0\.0\.5\d) by 10\.0\.0\.1, renewal at .*, until 1[12]\d\d\.', 15).group(1)
  ours.wait_for(rf'address {address}/24 DHCP PREFERRED')
  need(kernel_icmp.Pinger(address).ping(56) is not None, 'no answer')
  dnsmasq.wait_for(rf'DHCPACK\(tap0\) {address} {lab.OUR_MAC} ours')
  # Off the link by the router of the lease.
  ours.wait_for(r'10\.7\.0\.1: 1 sent, 1 answered', 15)
  ours.wait_for(rf'lease RENEWING {address}[\s\S]*lease BOUND {address}', 15)
  lab.finish(ours)
  need(dnsmasq.process.poll() is None, dnsmasq.read())


@CASES.add('we decline an address that somebody has, and dnsmasq leases another', peer='dnsmasq', needs=('dnsmasq',))
def dnsmasq_leases_a_taken_address():
  lab.make_tap()
  # The kernel has all but one of the pool, and dnsmasq is told not to look.
  lab.give('tap0', '10.0.0.1/24', '10.0.0.50/24', '10.0.0.51/24')
  dnsmasq = start_dhcp_server(last='10.0.0.52')
  ours = lab.host('--dhcp')
  ours.wait_for(r'address 10\.0\.0\.52/24 DHCP PREFERRED', 45)
  if 'DUPLICATE' in ours.text:
    dnsmasq.wait_for(r'DHCPDECLINE\(tap0\) 10\.0\.0\.5[01]')
  lab.finish(ours)


@CASES.add('dnsmasq moves its pool: refused, we lease anew', peer='dnsmasq', needs=('dnsmasq',))
def dnsmasq_refuses_us():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24')
  dnsmasq = start_dhcp_server(renew_after=9)
  ours = lab.host('--dhcp')
  ours.wait_for(r'lease BOUND 10\.0\.0\.5\d', 15)
  dnsmasq.end(15)
  os.unlink(f'{lab.folder()}/leases')
  dnsmasq = start_dhcp_server('10.0.0.150', '10.0.0.159')
  dnsmasq.wait_for(r'DHCPNAK\(tap0\) 10\.0\.0\.5\d', 20)
  ours.wait_for(r'address 10\.0\.0\.5\d/24 DHCP REMOVED')
  ours.wait_for(r'lease BOUND 10\.0\.0\.15\d', 40)
  lab.finish(ours)


# What dhclient would do to the machine, done to the tap alone.
SCRIPT = '''#!/bin/sh
echo "script: $reason $new_ip_address/$new_subnet_mask router $new_routers dns $new_domain_name_servers domain $new_domain_name"
case $reason in
BOUND|RENEW|REBIND|REBOOT) ip address replace "$new_ip_address/$new_subnet_mask" dev "$interface" ;;
RELEASE|EXPIRE|FAIL|STOP) ip address flush dev "$interface" scope global ;;
esac
'''


def start_dhclient(*arguments):
  path = lab.write('dhclient-script', SCRIPT)
  os.chmod(path, 0o755)
  return lab.Program('dhclient', '-4', '-d', '-v', '-sf', path, '-lf', f'{lab.folder()}/dhclient.leases', '-pf', f'{lab.folder()}/dhclient.pid',
                     '-cf', '/dev/null', *arguments, 'tap0')


@CASES.add('ISC dhclient leases from our server, renews, asks again after a restart, and releases', peer='ISC dhclient',
           needs=('dhclient',), quick=True)
def dhclient_of_our_server():
  lab.make_tap()
  ours = lab.host('--ipv4=10.0.0.2/24', '--ipv4-only', '--app',
                  'dhcp-server=--pool=10.0.0.100-10.0.0.109/24 --router=10.0.0.2 --dns=10.0.0.2 --domain=example.org --lease-time=1h '
                  '--renewal-time=4s --rebinding-time=50min')
  dhclient = start_dhclient()
  address = dhclient.wait_for(r'bound to (10\.0\.0\.10\d)', 20).group(1)
  dhclient.wait_for(rf'script: BOUND {address}/255\.255\.255\.0 router 10\.0\.0\.2 dns 10\.0\.0\.2 domain example\.org')
  need(kernel_icmp.Pinger('10.0.0.2').ping(56) is not None, 'no answer')
  dhclient.wait_for(rf'script: RENEW {address}/', 15)
  dhclient.end(9)
  again = start_dhclient()
  again.wait_for(rf'DHCPREQUEST for {address}.*[\s\S]*script: REBOOT {address}/', 15)
  again.end(9)
  run('ip', 'address', 'replace', f'{address}/24', 'dev', 'tap0')
  gone = start_dhclient('-r')
  gone.wait_for(rf'DHCPRELEASE of {address}')
  gone.wait()
  # Free again, whoever asks.
  run('ip', 'link', 'set', 'tap0', 'address', '02:00:00:00:00:77')
  os.unlink(f'{lab.folder()}/dhclient.leases')
  start_dhclient().wait_for(r'bound to 10\.0\.0\.10\d', 20)
  text = lab.finish(ours)
  need(text.count(f'leases {address} to {lab.KERNEL_MAC}') >= 3, text)


@CASES.add('ISC dhclient declines an address of our server\'s that somebody has', peer='ISC dhclient', needs=('dhclient', 'arping'))
def dhclient_declines():
  lab.make_tap()
  ours = lab.host('--ipv4=10.0.0.2/24', '--ipv4-only', '--app', 'dhcp-server=--pool=10.0.0.100-10.0.0.101/24')
  path = lab.write('dhclient-script', '#!/bin/sh\n[ "$new_ip_address" != 10.0.0.100 ]\n')
  os.chmod(path, 0o755)
  dhclient = lab.Program('dhclient', '-4', '-d', '-v', '-sf', path, '-lf', f'{lab.folder()}/dhclient.leases', '-pf',
                         f'{lab.folder()}/dhclient.pid', '-cf', '/dev/null', 'tap0')
  dhclient.wait_for(r'DHCPDECLINE of 10\.0\.0\.100', 20)
  ours.wait_for(r'02:00:00:00:00:01 says that somebody else has 10\.0\.0\.100')
  dhclient.wait_for(r'bound to 10\.0\.0\.101', 40)
  lab.finish(ours)


# --- Names ---

RECORDS = ('--address=/www.example.org/10.0.0.9', '--address=/www.example.org/2001:db8::9', '--cname=ftp.example.org,host.example.org',
           '--host-record=host.example.org,10.0.0.8,2001:db8::8', '--txt-record=large.example.org,' + ','.join(80 * c for c in 'abcdefghijklmnopqrst'),
           '--local=/example.org/')


@CASES.add('our resolver asks dnsmasq: both families, an alias, no such name, an answer too large for UDP', peer='dnsmasq',
           needs=('dnsmasq',), quick=True)
def we_ask_dnsmasq():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  dnsmasq = start_dnsmasq('--port=53', *RECORDS)
  dnsmasq.wait_for('started')
  questions = ('www.example.org', 'ftp.example.org', 'nobody.example.org')
  for server in ('10.0.0.1', '2001:db8::1'):
    applications = []
    for question in questions:
      applications += ['--app', f'resolve=--name={question} --delay=3s']
    ours = lab.host(*kernel_icmp.STATIC, f'--dns-servers={server}', *applications, '--app',
                    'resolve=--name=large.example.org --type=TXT --delay=3s')
    for said in (r'www\.example\.org A: 10\.0\.0\.9', r'www\.example\.org AAAA: 2001:db8::9', r'ftp\.example\.org A: .*10\.0\.0\.8',
                 r'ftp\.example\.org AAAA: .*2001:db8::8', r'nobody\.example\.org A: (?!.*\d\.\d)', r'large\.example\.org TXT: .*tttttttt'):
      ours.wait_for(r'\(resolve\) ' + said, 15)
    lab.finish(ours)
    need(lab.frames(lab.captures[-1], f'tcp and dst port 53 and dst host {server}'), 'nothing was asked over TCP')


@CASES.add('a short name of the search list, asked at the DNS server, both as radvd advertises them', peer='radvd, dnsmasq',
           needs=('radvd', 'dnsmasq'))
def names_by_radvd():
  ours, _ = before_a_router('--app', 'resolve=--name=www --delay=9s')
  dnsmasq = start_dnsmasq('--port=53', *RECORDS)
  dnsmasq.wait_for('started')
  start_radvd('''interface tap0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; prefix 2001:db8:1::/64 { };
                 RDNSS 2001:db8:1::1 { }; DNSSL example.org { }; };''')
  ours.wait_for(r'\(resolve\) www\.example\.org AAAA: 2001:db8::9', 25)
  lab.finish(ours)


ZONES = '''
link { name: "lan" }
host { name: "ns" interface { link: "lan" mac: "02:00:00:00:00:0a" address: "10.0.0.2/24" address: "2001:db8::2/64" }
  application { name: "dns-server" args: "--forward=10.0.0.1"
    zone { name: "example.com" ttl: "300s"
      record: "@ SOA ns1 admin 1 1d 2h 4w 10" record: "www A 10.0.0.2" record: "www AAAA 2001:db8::2" record: "web CNAME www"
      record: "mail MX 10 www" record: "large TXT %s" } }
  application { name: "http-server" } }
''' % ' '.join(80 * c for c in 'abcdefghijklmnopqrst')


def question(name, kind, size=1232):
  """A query with EDNS (RFC 6891)."""
  labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0'
  return struct.pack('!HHHHHH', 0x1234, 0x0100, 1, 0, 0, 1) + labels + struct.pack('!HH', kind, 1) + struct.pack('!BHHIH', 0, 41, size, 0, 0)


def ask(server, name, kind, tcp=False):
  """The answer's header as numbers, and all of it."""
  family = socket.AF_INET6 if ':' in server else socket.AF_INET
  query = question(name, kind)
  with socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as s:
    s.settimeout(5)
    s.connect((server, 53))
    if tcp:
      s.sendall(struct.pack('!H', len(query)) + query)
      stream = s.makefile('rb')
      answer = stream.read(struct.unpack('!H', stream.read(2))[0])
    else:
      s.send(query)
      answer = s.recv(1 << 16)
  return struct.unpack('!HHHHHH', answer[:12]), answer


@CASES.add('our DNS server answers over UDP and TCP, cuts what is too large, and forwards to dnsmasq', peer='dnsmasq', needs=('dnsmasq',))
def our_dns_server():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  dnsmasq = start_dnsmasq('--port=53', *RECORDS)
  dnsmasq.wait_for('started')
  ours = lab.scenario(ZONES, 'lan=tap0')
  ours.wait_for(r'address 2001:db8::2/64 \S+ PREFERRED')
  a, aaaa, txt = 1, 28, 16
  for server in (kernel_icmp.OURS4, kernel_icmp.OURS6):
    for tcp in (False, True):
      header, answer = ask(server, 'web.example.com', a, tcp)
      need(header[1] & 0x840f == 0x8400 and header[3] == 2 and socket.inet_aton('10.0.0.2') in answer, f'{server}: {answer.hex()}')
      header, answer = ask(server, 'nobody.example.com', aaaa, tcp)
      need(header[1] & 0x840f == 0x8403 and header[3] == 0, f'{server}: {answer.hex()}')
      header, answer = ask(server, 'www.example.org', aaaa, tcp)
      need(header[1] & 0x800f == 0x8000 and socket.inet_pton(socket.AF_INET6, '2001:db8::9') in answer, f'{server}: {answer.hex()}')
      header, answer = ask(server, 'large.example.com', txt, tcp)
      need((header[1] >> 9 & 1) == (not tcp) and (len(answer) > 1600) == tcp, f'{server}: {len(answer)} bytes, flags {header[1]:x}')
  lab.finish(ours)


@CASES.add('curl finds our HTTP server by our DNS server, asked by glibc\'s resolver', peer='curl, glibc', needs=('curl',))
def curl_by_name():
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  for name, text in (('resolv.conf', 'nameserver 10.0.0.2\\nnameserver 2001:db8::2\\n'), ('nsswitch.conf', 'hosts: dns\\n'), ('hosts', '')):
    run('mount', '--bind', lab.write(name, text.replace('\\n', '\n')), f'/etc/{name}')
  ours = lab.scenario(ZONES, 'lan=tap0')
  ours.wait_for(r'address 2001:db8::2/64 \S+ PREFERRED')
  for family in ('-4', '-6'):
    said = run('curl', '-sS', family, '--max-time', '20', '-w', ' from %{remote_ip}', 'http://web.example.com/')
    need(re.search(r'Hello from ns\s+from (10\.0\.0\.2|2001:db8::2)', said), said)
  lab.finish(ours)
