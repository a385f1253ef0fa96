"""Whole networks: our router before Linux hosts, Linux routers before us, bridges."""

import os
import re
import shutil
import time

import kernel_icmp
import kernel_tcp
import lab
from case import Cases
from lab import need, run

CASES = Cases()


ROUTER = '''
link { name: "lan" }
link { name: "far" }
router { name: "r"
  interface { link: "lan" mac: "02:00:00:00:00:0f" address: "2001:db8:1::1/64"
    advertise { max_rtr_adv_interval: "4s" adv_default_lifetime: "1800s" adv_link_mtu: 1400 adv_cur_hop_limit: 33
      prefix { prefix: "2001:db8:1::/64" valid: "7200s" preferred: "3600s" }
      route { prefix: "2001:db8:9::/48" preference: HIGH lifetime: "600s" }
      dns: "2001:db8:1::53" search: "example.org" } }
  interface { link: "far" address: "2001:db8:2::1/64" } }
host { name: "h" interface { link: "far" address: "2001:db8:2::2/64" gateway: "2001:db8:2::1" } application { name: "echo" } }
'''


@CASES.add('our router configures Linux: address and lifetimes, MTU, hop limit, default route, more specific route', quick=True)
def our_router_to_linux():
  lab.make_tap(up=False)
  for name, value in (('accept_ra', 2), ('accept_ra_rt_info_max_plen', 64), ('router_solicitation_delay', 0)):
    lab.sysctl(f'net.ipv6.conf.tap0.{name}', value)
  run('ip', 'link', 'set', 'tap0', 'up')
  ours = lab.scenario(ROUTER, 'lan=tap0')

  def address():
    shown = run('ip', '-6', '-o', 'address', 'show', 'dev', 'tap0', 'scope', 'global')
    return shown if 'inet6 2001:db8:1:' in shown and 'tentative' not in shown else None

  shown = lab.wait_until(address, 15, 'an address by SLAAC')
  valid, preferred = (int(x) for x in re.search(r'valid_lft (\d+)sec preferred_lft (\d+)sec', shown).groups())
  need(7180 <= valid <= 7200 and 3580 <= preferred <= 3600, shown)
  routes = run('ip', '-6', 'route', 'show', 'dev', 'tap0')
  need('default via fe80::ff:fe00:f proto ra' in routes, routes)
  need(re.search(r'2001:db8:9::/48 via fe80::ff:fe00:f .*pref high', routes), routes)
  for name, value in (('mtu', '1400'), ('hop_limit', '33')):
    with open(f'/proc/sys/net/ipv6/conf/tap0/{name}', encoding='utf-8') as setting:
      need(setting.read().strip() == value, f'{name} is not {value}')
  need(kernel_icmp.Pinger('2001:db8:2::2').ping(1000) is not None, 'no answer from behind our router')
  kernel_tcp.echo_back('2001:db8:2::2', os.urandom(300_000))
  lab.finish(ours)


@CASES.add('rdisc6 reads our router\'s advertisement: prefix, MTU, route, RDNSS, search list', peer='rdisc6', needs=('rdisc6',))
def rdisc6_reads_our_router():
  lab.make_tap()
  ours = lab.scenario(ROUTER, 'lan=tap0')
  lab.ready_link_local('tap0')
  said = run('rdisc6', '-1', 'tap0', check=False)
  for wanted in ('Hop limit                 :           33', 'Router lifetime           :         1800', 'Prefix                   : 2001:db8:1::/64',
                 'MTU                      :         1400', '2001:db8:9::/48', 'high', 'Recursive DNS server     : 2001:db8:1::53', 'example.org'):
    need(wanted in said, f'no "{wanted}" in {said}')
  lab.finish(ours)


@CASES.add('ndisc6 finds our host\'s link-layer address', peer='ndisc6', needs=('ndisc6',))
def ndisc6_finds_us():
  ours = kernel_icmp.both_up()
  lab.ready_link_local('tap0')
  said = run('ndisc6', '-1', kernel_icmp.OURS6, 'tap0')
  need(lab.OUR_MAC in said.lower(), said)
  lab.finish(ours)


RADVD = '''
interface tap0 {
  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 900; AdvLinkMTU 1400; AdvCurHopLimit 44;
  AdvDefaultPreference high;
  prefix 2001:db8:1::/64 { AdvValidLifetime 7200; AdvPreferredLifetime 3600; };
  prefix 2001:db8:2::/64 { AdvOnLink off; };
  prefix 2001:db8:3::/64 { AdvAutonomous off; };
  route 2001:db8:9::/48 { AdvRoutePreference high; AdvRouteLifetime 600; };
  RDNSS 2001:db8:1::53 { AdvRDNSSLifetime 500; };
  DNSSL example.org { AdvDNSSLLifetime 500; };
};
'''


def before_a_router(*arguments):
  """Our host on the tap of a Linux router, and the router's address. A tap without us has no carrier."""
  lab.make_tap()
  # BIRD advertises what it has.
  lab.give('tap0', *(f'2001:db8:{number}::1/64' for number in (1, 2, 3)))
  lab.sysctl('net.ipv6.conf.all.forwarding', 1)  # radvd insists on a router.
  ours = lab.host('--ipv6-only', '--verbose', *arguments)
  return ours, lab.ready_link_local('tap0')


def start_radvd(config, name='radvd', into=None):
  os.chmod(lab.folder(), 0o755)
  path = lab.write(f'{name}.conf', config)
  return lab.Program('radvd', '-n', '-C', path, '-p', f'{lab.folder()}/{name}.pid', '-m', 'stderr', into=into)


def expect_advertised(ours, theirs):
  """What RADVD and BIRD advertise alike, as our host tells it."""
  ours.wait_for(r'address 2001:db8:1::ff:fe00:a/64 AUTOCONFIGURED PREFERRED, preferred until 36\d\d\.\d+, valid until 72\d\d', 20)
  ours.wait_for(r'address 2001:db8:2::ff:fe00:a/64 AUTOCONFIGURED PREFERRED')
  ours.wait_for(rf'default router {theirs}, until 9\d\d\.')
  ours.wait_for(r'prefix 2001:db8:1::/64 on link, until 72\d\d')
  ours.wait_for(r'prefix 2001:db8:3::/64 on link')
  ours.wait_for(r'DNS server 2001:db8:1::53, until 5\d\d\.')
  ours.wait_for(r'search domain example\.org, until [56]\d\d\.')
  need('prefix 2001:db8:2::' not in ours.text and 'address 2001:db8:3:' not in ours.text, ours.text)
  # 1400 bytes is what now fits: the answer to 1352 is whole, one more is in fragments; the hop limit is 44.
  pinger = kernel_icmp.Pinger('2001:db8:1::ff:fe00:a')
  need(pinger.ping(1352) is not None and pinger.ping(1353) is not None, 'no answer')
  lab.finish(ours)
  sent = lab.frames(lab.captures[-1], f'ip6 and ether src {lab.OUR_MAC}')
  need(any('Echo Reply' in line and '1352 bytes' in line and 'hop limit 44' in line for line in sent), 'no whole reply with hop limit 44')
  need(any('Fragment' in line and 'Echo Reply' in line for line in sent), 'the MTU of 1400 is not kept')


@CASES.add('radvd configures us: addresses, on-link prefixes, lifetimes, MTU, hop limit, router, DNS server, search list',
           peer='radvd', needs=('radvd',), quick=True)
def radvd_to_us():
  ours, theirs = before_a_router()
  radvd = start_radvd(RADVD)
  expect_advertised(ours, theirs)
  need(radvd.process.poll() is None, radvd.read())


BIRD = '''
router id 10.0.0.1;
protocol device {}
protocol radv {
  interface "tap0" {
    min ra interval 3; max ra interval 4; default lifetime 900; default preference high; link mtu 1400; current hop limit 44;
    rdnss { ns 2001:db8:1::53; lifetime 500; };
    dnssl { domain "example.org"; lifetime 500; };
    prefix 2001:db8:1::/64 { valid lifetime 7200; preferred lifetime 3600; };
    prefix 2001:db8:2::/64 { onlink no; };
    prefix 2001:db8:3::/64 { autonomous no; };
    prefix ::/0 { skip yes; };
  };
}
'''


@CASES.add('BIRD, advertising alike, configures us alike', peer='BIRD', needs=('bird',))
def bird_to_us():
  ours, theirs = before_a_router()
  bird = lab.Program('bird', '-f', '-c', lab.write('bird.conf', BIRD), '-s', lab.folder() + '/bird.ctl', '-P', lab.folder() + '/bird.pid')
  expect_advertised(ours, theirs)
  need(bird.process.poll() is None, bird.read())


@CASES.add_each('{}\'s end takes the default router away from us', {'radvd': (), 'BIRD': ('bird',)})
def router_ends(bird=None):
  if not shutil.which(bird or 'radvd'):
    raise lab.Skip(f'there is no program {bird or "radvd"}')
  ours, theirs = before_a_router()
  if bird:
    router = lab.Program('bird', '-f', '-c', lab.write('bird.conf', BIRD), '-s', lab.folder() + '/bird.ctl', '-P', lab.folder() + '/bird.pid')
  else:
    router = start_radvd(RADVD)
  ours.wait_for(rf'default router {theirs}, until', 20)
  time.sleep(1)  # radvd heeds signals a little after it first speaks.
  router.end(15)
  ours.wait_for(rf'default router {theirs} gone')
  lab.finish(ours)


def bridge_with(*devices, name='br0'):
  run('ip', 'link', 'add', name, 'type', 'bridge', 'mcast_snooping', '0')
  for device in devices:
    run('ip', 'link', 'set', device, 'master', name, 'up')
  run('ip', 'link', 'set', name, 'up')


def machine_on_bridge(name, mac, *addresses):
  """A namespace with one card, cabled to a port of the bridge that is to be made."""
  machine = lab.Namespace()
  run('ip', 'link', 'add', f'p-{name}', 'type', 'veth', 'peer', 'name', f'v-{name}')
  run('ip', 'link', 'set', f'v-{name}', 'address', mac)
  machine.take(f'v-{name}')
  machine.run('ip', 'link', 'set', f'v-{name}', 'up')
  lab.give(f'v-{name}', *addresses, into=machine)
  return machine


@CASES.add('of two routers with radvd we take the one that is preferred, for all and for the prefix of a route', peer='radvd',
           needs=('radvd',))
def radvd_preferences():
  lab.make_tap(up=False)
  machines = []
  for number, default, route in ((1, 'low', 'high'), (2, 'high', 'low')):
    machine = machine_on_bridge(f'r{number}', f'02:00:00:00:00:1{number}', f'2001:db8:1::{number}/64')
    # Both could carry it.
    lab.give('lo', '2001:db8:8::8/128', '2001:db8:9::9/128', into=machine)
    lab.sysctl('net.ipv6.conf.all.forwarding', 1, into=machine)
    machines.append((machine, number, default, route))
  bridge_with('tap0', 'p-r1', 'p-r2')
  ours = lab.host('--ipv6-only', '--verbose', '--app', 'ping=--to=2001:db8:8::8 --count=3 --interval=200ms --delay=9s', '--app',
                  'ping=--to=2001:db8:9::9 --count=3 --interval=200ms --delay=9s')
  for machine, number, default, route in machines:
    lab.ready_link_local(f'v-r{number}', into=machine)
    start_radvd(f'''interface v-r{number} {{ AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultPreference {default};
                    prefix 2001:db8:1::/64 {{ }}; route 2001:db8:9::/48 {{ AdvRoutePreference {route}; }}; }};''', f'radvd{number}', machine)
  for target in ('2001:db8:8::8', '2001:db8:9::9'):
    ours.wait_for(rf'{target}: 3 sent, 3 answered', 30)
  lab.finish(ours)
  for target, number in (('2001:db8:8::8', 2), ('2001:db8:9::9', 1)):
    sent = lab.frames(lab.captures[-1], f'ether src {lab.OUR_MAC} and dst host {target}')
    need(len(sent) == 3 and all(f'> 02:00:00:00:00:1{number}]' in line for line in sent), '\n'.join(sent))


@CASES.add_each('a Linux router redirects us over {}: the next packet goes straight', {
    'ipv4': ('10.0.0.3', '10.9.0.3', '10.9.0.0/24'), 'ipv6': ('2001:db8::3', '2001:db8:9::3', '2001:db8:9::/64')})
def redirected_by_linux(next_hop, target, prefix):
  v6 = ':' in target
  lab.make_tap(up=False)
  router = machine_on_bridge('r', '02:00:00:00:00:1f', '10.0.0.1/24', '2001:db8::1/64')
  other = machine_on_bridge('b', '02:00:00:00:00:0b', '10.0.0.3/24', '2001:db8::3/64', target + ('/128' if v6 else '/32'))
  bridge_with('tap0', 'p-r', 'p-b')
  lab.sysctl('net.ipv4.ip_forward', 1, into=router)
  lab.sysctl('net.ipv6.conf.all.forwarding', 1, into=router)
  link_local = lab.ready_link_local('v-b', into=other)
  router.run('ip', 'route', 'add', prefix, 'via', link_local if v6 else next_hop, 'dev', 'v-r')
  ours = lab.host('--ipv4=10.0.0.2/24', '--ipv4-gateway=10.0.0.1', '--ipv6=2001:db8::2/64', '--ipv6-gateway=fe80::ff:fe00:1f',
                  '--app', f'ping=--to={target} --count=5 --interval=300ms --delay=3s')
  ours.wait_for(r'5 sent, 5 answered', 15)
  lab.finish(ours)
  requests = [line for line in lab.frames(lab.captures[-1], f'ether src {lab.OUR_MAC} and dst host {target}') if 'Echo' in line]
  need('> 02:00:00:00:00:1f]' in requests[0] and '> 02:00:00:00:00:0b]' in requests[-1], '\n'.join(requests))


@CASES.add_each('path MTU of 1300 behind a Linux router over {}: TCP both ways, and a ping of 1,450 bytes', {
    'ipv4': ('10.0.2.2',), 'ipv6': ('2001:db8:2::2',)}, quick=('ipv4', 'ipv6'))
def path_mtu_through_linux(target):
  lab.make_tap()
  lab.give('tap0', '10.0.0.1/24', '2001:db8::1/64')
  lab.sysctl('net.ipv4.ip_forward', 1)
  lab.sysctl('net.ipv6.conf.all.forwarding', 1)
  middle, far = lab.Namespace(), lab.Namespace()
  for mtu, one, one_at, other, other_at, net in ((1300, 'near', None, 'mid', middle, 1), (1500, 'lan', middle, 'far', far, 2)):
    run('ip', 'link', 'add', one, 'mtu', mtu, 'type', 'veth', 'peer', 'name', other, 'mtu', mtu)
    for device, at, number in ((one, one_at, 1), (other, other_at, 2)):
      if at:
        at.take(device)
      lab.give(device, f'10.0.{net}.{number}/24', f'2001:db8:{net}::{number}/64', into=at)
      run('ip', 'link', 'set', device, 'up', into=at)
  lab.sysctl('net.ipv4.ip_forward', 1, into=middle)
  lab.sysctl('net.ipv6.conf.all.forwarding', 1, into=middle)
  for at, prefix4, via4, prefix6, via6 in ((None, '10.0.2.0/24', '10.0.1.2', '2001:db8:2::/64', '2001:db8:1::2'),
                                           (middle, 'default', '10.0.1.1', 'default', '2001:db8:1::1'),
                                           (far, 'default', '10.0.2.1', 'default', '2001:db8:2::1')):
    run('ip', 'route', 'add', prefix4, 'via', via4, into=at)
    run('ip', '-6', 'route', 'add', prefix6, 'via', via6, into=at)
  server = lab.Program('python3', os.path.join(os.path.dirname(__file__), 'bulk_server.py'), target, into=far)
  server.wait_for('listening')
  ours = lab.host('--ipv4=10.0.0.2/24', '--ipv4-gateway=10.0.0.1', '--ipv6=2001:db8::2/64', '--ipv6-gateway=2001:db8::1',
                  '--accept-router-advertisements=false', '--app', f'bulk=--to={kernel_tcp.lab_address(target, 5001)} --bytes=2MB --delay=3s',
                  '--app', f'ping=--to={target} --size=1450 --count=3 --interval=200ms --delay=6s --timeout=2s', '--app', 'echo')
  ours.wait_for(r'sent 2000000 bytes to .*SHA-256 \w+ on both sides', 20)
  ours.wait_for(r'3 sent, [23] answered', 20)
  lab.finish(ours)
  text = '\n'.join(lab.frames(lab.captures[-1], f'ether src {lab.KERNEL_MAC}'))
  need('Too Big' in text or 'ragmentation' in text, 'no router said that something is too big')


@CASES.add('Linux\'s bridge learns our groups by MLD', quick=True)
def mld_on_a_linux_bridge():
  lab.make_tap(up=False)
  bridge_with('tap0')
  run('ip', 'link', 'set', 'br0', 'type', 'bridge', 'mcast_snooping', '1', 'mcast_querier', '1', 'mcast_mld_version', '2')
  ours = lab.host('--ipv6=2001:db8::2/64', '--ipv6-only')
  ours.wait_for('LINK_LOCAL PREFERRED')
  for group in ('ff02::1:ff00:a', 'ff02::1:ff00:2'):
    lab.wait_until(lambda group=group: group in run('bridge', 'mdb', 'show', 'dev', 'br0'), 15, f'{group} in the bridge\'s table')
  lab.finish(ours)
  # We said that we leave.
  lab.wait_until(lambda: 'ff02::1:ff00:2' not in run('bridge', 'mdb', 'show', 'dev', 'br0'), 15, 'the group is left')
