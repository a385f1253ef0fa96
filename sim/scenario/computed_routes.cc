#include "sim/scenario/computed_routes.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "sim/topology/routes.h"
#include "sim/topology/topology.h"

namespace dualsim::sim {
namespace {

// Neighbours name each other by link-local addresses, as routing protocols do:
// redirects need it (RFC 4861 §8).
IpAddress LinkLocalOf(const host::InterfaceConfig& card) {
  constexpr uint64_t kLinkLocal = 0xfe80ull << 48;
  return card.link_local_address.value_or(
      Ipv6Address::FromIntegers(kLinkLocal, Eui64InterfaceIdentifier(card.mac)));
}

std::vector<IpPrefix> PrefixesOf(const host::InterfaceConfig& card) {
  std::set<IpPrefix> prefixes;
  for (const Ipv6Cidr& cidr : card.ipv6_addresses) prefixes.insert(cidr.prefix());
  if (card.advertise) {
    for (const router::AdvertisedPrefix& advertised : card.advertise->prefixes) {
      prefixes.insert(advertised.prefix);
    }
  }
  return {prefixes.begin(), prefixes.end()};
}

// A card as the IPv4 network sees it. Its first address is how neighbours name it.
TopologyDescription::Interface Ipv4InterfaceOf(LinkId link, const host::InterfaceConfig& card) {
  std::set<IpPrefix> prefixes;
  for (const Ipv4Cidr& cidr : card.ipv4_addresses) prefixes.insert(cidr.prefix());
  TopologyDescription::Interface interface {
    .link = link, .next_hop = IpAddress(Ipv4Address()),
    .prefixes = {prefixes.begin(), prefixes.end()}, .usable = card.ipv4 && !prefixes.empty()
  };
  if (interface.usable) interface.next_hop = card.ipv4_addresses.front().address;
  return interface;
}

TopologyDescription Describe(const Plan& plan, IpFamily family) {
  TopologyDescription description;
  for (const LinkPlan& link : plan.links) {
    // A link that is down at first may come up: routes are computed once.
    description.links.push_back({link.name, link.cost, /*up=*/true});
  }
  for (const NodePlan& node : plan.nodes) {
    TopologyDescription::Node& into = description.nodes.emplace_back();
    into.name = node.name;
    into.forwarding = node.config.forwarding;
    if (!into.forwarding) continue;  // Hosts neither have routes nor are on the way.
    for (size_t i = 0; i < node.links.size(); ++i) {
      const host::InterfaceConfig& card = node.config.interfaces[i];
      into.interfaces.push_back(
          family == IpFamily::kIpv4
              ? Ipv4InterfaceOf(node.links[i], card)
              : TopologyDescription::Interface{node.links[i], LinkLocalOf(card), PrefixesOf(card)});
    }
  }
  return description;
}

// Every router with a route to every prefix.
size_t MostRoutes(const TopologyDescription& description) {
  std::set<IpPrefix> prefixes;
  size_t routers = 0;
  for (const TopologyDescription::Node& node : description.nodes) {
    if (node.forwarding) ++routers;
    for (const TopologyDescription::Interface& interface : node.interfaces) {
      prefixes.insert(interface.prefixes.begin(), interface.prefixes.end());
    }
  }
  return routers * prefixes.size();
}

bool AddComputedRoutes(IpFamily family, Plan* plan) {
  TopologyDescription description = Describe(*plan, family);
  if (MostRoutes(description) > kMostComputedRoutes) return false;
  const Topology topology(std::move(description));
  std::vector<std::vector<host::RouteConfig>> computed = ComputeRoutes(topology);
  for (size_t i = 0; i < plan->nodes.size(); ++i) {
    std::vector<host::RouteConfig>& routes = plan->nodes[i].config.routes;
    std::set<IpPrefix> written;
    for (const host::RouteConfig& route : routes) written.insert(route.prefix);
    for (host::RouteConfig& route : computed[i]) {
      if (!written.contains(route.prefix)) routes.push_back(std::move(route));
    }
  }
  return true;
}

}  // namespace

bool AddComputedRoutes(Plan* plan) {
  return AddComputedRoutes(IpFamily::kIpv6, plan) && AddComputedRoutes(IpFamily::kIpv4, plan);
}

}  // namespace dualsim::sim
