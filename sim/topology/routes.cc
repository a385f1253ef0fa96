#include "sim/topology/routes.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>

namespace dualsim::sim {
namespace {

using Links = std::vector<LinkId>;
using Prefixes = std::vector<IpPrefix>;
using Attachment = Topology::Attachment;

// The links that are up and on which each prefix is, turned round: prefixes that
// are in the same places share one search.
std::map<Links, Prefixes> PrefixesByPlace(const Topology& topology) {
  std::map<IpPrefix, Links> places;
  for (const TopologyDescription::Node& node : topology.description().nodes) {
    for (const TopologyDescription::Interface& interface : node.interfaces) {
      for (const IpPrefix& prefix : interface.prefixes) places[prefix].push_back(interface.link);
    }
  }
  std::map<Links, Prefixes> by_place;
  for (auto& [prefix, links] : places) {
    std::sort(links.begin(), links.end());
    links.erase(std::unique(links.begin(), links.end()), links.end());
    std::erase_if(links, [&topology](LinkId link) {
      return !topology.description().links[static_cast<size_t>(link)].up;
    });
    if (!links.empty()) by_place[links].push_back(prefix);
  }
  return by_place;
}

class RouteFinder {
 public:
  // For routes to `links`.
  RouteFinder(const Topology& topology, const Links& links)
      : topology_(topology), links_(links), costs_(topology.CostsTo(links)) {}

  // Whether the node is on one of the links.
  bool IsOnLink(NodeId node) const { return CostOf(node) == 0; }

  // The first hop of a node, as a route without a prefix; nullopt: no way.
  std::optional<host::RouteConfig> FirstHop(NodeId from) const {
    const Topology::Cost cost = CostOf(from);
    if (cost == Topology::kUnreachable) return std::nullopt;
    if (cost == 0) return OnLink(from);
    return ByNeighbor(from, cost);
  }

 private:
  Topology::Cost CostOf(NodeId node) const { return costs_[static_cast<size_t>(node)]; }
  const TopologyDescription::Node& NodeOf(NodeId id) const {
    return topology_.description().nodes[static_cast<size_t>(id)];
  }

  host::RouteConfig OnLink(NodeId node) const {
    host::RouteConfig route;
    const auto& interfaces = NodeOf(node).interfaces;
    const auto at = std::find_if(interfaces.begin(), interfaces.end(), [this](const auto& i) {
      return i.usable && std::binary_search(links_.begin(), links_.end(), i.link);
    });
    route.interface = InterfaceId{static_cast<uint16_t>(at - interfaces.begin())};
    return route;
  }

  std::optional<host::RouteConfig> ByNeighbor(NodeId from, Topology::Cost cost) const {
    std::optional<host::RouteConfig> best;
    const std::string* best_name = nullptr;
    const auto& interfaces = NodeOf(from).interfaces;
    for (size_t i = 0; i < interfaces.size(); ++i) {
      const LinkId link_id = interfaces[i].link;
      const TopologyDescription::Link& link =
          topology_.description().links[static_cast<size_t>(link_id)];
      if (!interfaces[i].usable || !link.up || link.cost > cost) continue;
      const Attachment* const neighbor = FirstNeighbor(link_id, cost - link.cost);
      if (neighbor == nullptr) continue;
      const TopologyDescription::Node& node = NodeOf(neighbor->node);
      if (best_name != nullptr && *best_name <= node.name) continue;
      best_name = &node.name;
      best.emplace();
      best->interface = InterfaceId{static_cast<uint16_t>(i)};
      best->next_hop = node.interfaces[static_cast<size_t>(neighbor->interface)].next_hop;
    }
    return best;
  }

  // The first node that forwards on the link and has this cost left.
  const Attachment* FirstNeighbor(LinkId link, Topology::Cost cost) const {
    for (const Attachment& attachment : topology_.forwarders(link)) {
      if (CostOf(attachment.node) == cost) return &attachment;
    }
    return nullptr;
  }

  const Topology& topology_;
  const Links& links_;
  std::vector<Topology::Cost> costs_;
};

bool IsConnected(const TopologyDescription::Node& node, const IpPrefix& prefix) {
  return std::any_of(node.interfaces.begin(), node.interfaces.end(),
                     [&prefix](const TopologyDescription::Interface& interface) {
                       const auto& list = interface.prefixes;
                       return std::find(list.begin(), list.end(), prefix) != list.end();
                     });
}

}  // namespace

std::vector<std::vector<host::RouteConfig>> ComputeRoutes(const Topology& topology) {
  const auto& nodes = topology.description().nodes;
  std::vector<std::vector<host::RouteConfig>> routes(nodes.size());
  for (const auto& [links, prefixes] : PrefixesByPlace(topology)) {
    const RouteFinder finder(topology, links);
    for (size_t n = 0; n < nodes.size(); ++n) {
      if (!nodes[n].forwarding) continue;
      std::optional<host::RouteConfig> route = finder.FirstHop(NodeId{static_cast<uint32_t>(n)});
      if (!route) continue;
      for (const IpPrefix& prefix : prefixes) {
        if (IsConnected(nodes[n], prefix)) continue;
        route->prefix = prefix;
        if (finder.IsOnLink(NodeId{static_cast<uint32_t>(n)})) {
          route->next_hop = IpAddress::Unspecified(prefix.address().family());
        }
        routes[n].push_back(*route);
      }
    }
  }
  for (auto& list : routes) {
    std::sort(list.begin(), list.end(), [](const host::RouteConfig& a, const host::RouteConfig& b) {
      return a.prefix < b.prefix;
    });
  }
  return routes;
}

}  // namespace dualsim::sim
