#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ndp/host_type.h"
#include "stack/ndp/opaque_interface_identifier.h"
#include "stack/ndp/temporary_addresses.h"
#include "stack/router/advertise_config.h"
#include "stack/router/multicast_querier_config.h"
#include "stack/tcp/endpoint_config.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::host {

// One interface of a node. Everything has the default of the RFC named.
struct InterfaceConfig {
  std::string name;  // "lan0"; for people.
  MacAddress mac;
  uint32_t mtu = 1500;
  // A cable with one neighbour at its other end: nothing is sent back over it, RFC 4443 §3.1.
  bool point_to_point = false;

  // An interface without any of these sends no IPv4 and no ARP; a lease may still
  // give it an address.
  bool ipv4 = true;
  std::vector<Ipv4Cidr> ipv4_addresses;     // Static.
  std::optional<Ipv4Address> ipv4_gateway;  // A static default router.
  // RFC 5227 §2.1.1 for static addresses: 4 to 7 seconds pass until they are used.
  // Without, they are used at once, announced and defended. Leases are always probed.
  bool ipv4_conflict_detection = false;
  // RFC 2131: an address is leased where there is no static one.
  bool dhcp = false;
  // RFC 8925: it asks for option 108, and does without IPv4 where a server sends it.
  bool dhcp_ipv6_only_preferred = false;
  // RFC 3927: a link-local address while there is no other one of IPv4.
  bool ipv4_link_local = false;

  bool ipv6 = true;
  std::vector<Ipv6Cidr> ipv6_addresses;           // Static, beside the link-local one.
  std::optional<Ipv6Address> ipv6_gateway;        // A static default router.
  std::optional<Ipv6Address> link_local_address;  // Instead of fe80:: with an identifier as below.
  bool accept_router_advertisements = true;       // False: none is used, no solicitation is sent.
  // A router's: nodes elsewhere that it answers solicitations for, RFC 4861 §7.2.8.
  std::vector<Ipv6Address> proxied_addresses;
  int dup_addr_detect_transmits = 1;           // RFC 4862 §5.1; 0 switches DAD off.
  Duration retrans_timer = Seconds(1);         // RFC 4861 §10, until a router says otherwise.
  Duration base_reachable_time = Seconds(30);  // RFC 4861 §10, likewise.
  uint8_t cur_hop_limit = 64;                  // RFC 4861 §6.3.2, likewise.

  // How the identifiers of stateless addresses are made, and RFC 7217's Network_ID.
  ndp::InterfaceIdentifiers interface_identifiers = ndp::InterfaceIdentifiers::kEui64;
  std::string network_id;
  std::optional<ndp::TemporaryAddressConfig> temporary_addresses;  // A host's; RFC 8981.
  bool optimistic_dad = false;                                     // A host's; RFC 4429.
  // RFC 9131: a host tells routers of new addresses, a router notes what it is told.
  bool gratuitous_neighbor_discovery = false;
  ndp::HostType host_type = ndp::HostType::kC;  // RFC 4191 §3.

  std::optional<router::AdvertiseConfig> advertise;  // A router's; RFC 4861 §6.2.1.
  // A router's: it learns by listener discovery which groups the link listens to,
  // RFC 3810 §7; and groups that it takes to be listened to whatever it learns.
  std::optional<router::MulticastQuerierConfig> multicast_querier;
  std::vector<Ipv6Address> static_groups;
};

// A route that the configuration gives.
struct RouteConfig {
  IpPrefix prefix;
  InterfaceId interface {};
  // Unspecified where the prefix is on link; else of the prefix's family.
  IpAddress next_hop = IpAddress::Unspecified(prefix.address().family());
};

struct StackConfig {
  std::string name;
  std::vector<InterfaceConfig> interfaces;
  std::vector<RouteConfig> routes;
  bool forwarding = false;               // A router: IsRouter in RFC 4861's words.
  bool multicast_routing = false;        // A router's: packets to groups are forwarded too.
  bool answer_echo = true;               // Whether echo requests are answered.
  uint32_t icmp_errors_per_second = 10;  // Over 0; see icmp::ErrorLimiters.
  bool destination_unreachable = true;   // Whether it is sent; RFC 4443 §3.1.
  tcp::EndpointConfig tcp;
  std::string host_name;                // What DHCP tells the server (option 12), or "".
  std::vector<IpAddress> name_servers;  // --dns-servers; before all that the node learns.
  bool tells_paths = false;             // Whether connections tell what they learn of their paths.
  // A router's: whether directed broadcasts are forwarded (RFC 2644: not by default).
  bool forward_directed_broadcasts = false;
};

}  // namespace dualsim::host
