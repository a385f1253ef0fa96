#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"

namespace dualsim::sim {
namespace {

std::vector<IpCidr> AddressesOf(const host::InterfaceConfig& interface) {
  std::vector<IpCidr> addresses(interface.ipv6_addresses.begin(), interface.ipv6_addresses.end());
  addresses.insert(addresses.end(), interface.ipv4_addresses.begin(),
                   interface.ipv4_addresses.end());
  return addresses;
}

// The interface whose own prefix holds `address`; the longest prefix wins.
std::optional<InterfaceId> InterfaceTowards(const host::StackConfig& config,
                                            const IpAddress& address) {
  std::optional<InterfaceId> best;
  int best_length = -1;
  for (size_t i = 0; i < config.interfaces.size(); ++i) {
    for (const IpCidr& cidr : AddressesOf(config.interfaces[i])) {
      const IpPrefix prefix =
          cidr.is_ipv4() ? IpPrefix(cidr.ipv4().prefix()) : IpPrefix(cidr.ipv6().prefix());
      if (cidr.prefix_length() > best_length && prefix.Contains(address)) {
        best = InterfaceId(static_cast<uint16_t>(i));
        best_length = cidr.prefix_length();
      }
    }
  }
  return best;
}

bool IsAddressOf(const host::StackConfig& config, const IpAddress& address) {
  for (const host::InterfaceConfig& interface : config.interfaces) {
    for (const IpCidr& cidr : AddressesOf(interface)) {
      if (cidr.address() == address) return true;
    }
  }
  return false;
}

void AddRoute(const dualsim::Route& entry, const host::RouteConfig& route, NodeId id,
              CheckContext* context) {
  NodePlan& node = context->plan().nodes[static_cast<size_t>(id)];
  constexpr size_t kMostRoutes = 10'000;
  if (node.config.routes.size() == kMostRoutes) {
    context->Error(entry, "a node has at most " + std::to_string(kMostRoutes) + " static routes");
    return;
  }
  for (const host::RouteConfig& other : node.config.routes) {
    if (other.prefix != route.prefix) continue;
    context->Error(entry, dualsim::Route::kPrefixFieldNumber,
                   "'" + node.name + "' has a route to it already");
  }
  node.config.routes.push_back(route);
}

}  // namespace

std::optional<host::RouteConfig> CheckRoute(const google::protobuf::Message& message,
                                            const RouteFields& fields, NodeId node,
                                            CheckContext* context) {
  const host::StackConfig& config = context->plan().node(node).config;
  host::RouteConfig route;
  if (!context->Require(message, fields.prefix)) return std::nullopt;
  const std::optional<IpPrefix> prefix = context->ReadIpPrefix(message, fields.prefix);
  const std::optional<IpAddress> via = context->ReadIpAddress(message, fields.via);
  if (prefix) route.prefix = *prefix;
  route.next_hop = IpAddress::Unspecified(route.prefix.address().family());
  std::optional<InterfaceId> interface;
  if (via) {
    route.next_hop = *via;
    if (prefix && via->family() != prefix->address().family()) {
      context->Error(message, fields.via,
                     "'" + via->ToString() + "' is not of the prefix's family");
      return std::nullopt;
    }
    if (!via->is_unicast() || via->is_loopback()) {
      context->Error(message, fields.via, "'" + via->ToString() + "' can't be a next hop");
      return std::nullopt;
    }
    if (IsAddressOf(config, *via)) {
      context->Error(message, fields.via,
                     "'" + via->ToString() + "' is an address of '" + config.name + "' itself");
      return std::nullopt;
    }
    if (via->is_ipv4() || !via->is_link_local()) interface = InterfaceTowards(config, *via);
  }
  // An explicit link wins; without one it must follow from the next hop.
  const std::optional<InterfaceId> named =
      context->ReadInterface(message, fields.link, node, /*needed=*/!interface.has_value());
  if (named) interface = named;
  if (!prefix || !interface) return std::nullopt;
  route.interface = *interface;
  return route;
}

void CheckRoutes(const TopologyText& text, CheckContext* context) {
  constexpr RouteFields kFields{dualsim::Route::kPrefixFieldNumber, dualsim::Route::kViaFieldNumber,
                                dualsim::Route::kLinkFieldNumber};
  // The nodes that an entry stands for, by the entry's place.
  std::map<SourceLocation, std::vector<NodeId>> nodes_of;
  for (size_t i = 0; i < context->plan().nodes.size(); ++i) {
    nodes_of[context->plan().nodes[i].where].push_back(NodeId(static_cast<uint32_t>(i)));
  }
  const auto check = [&](const dualsim::Node& entry) {
    for (const dualsim::Route& route : entry.route()) {
      for (NodeId id : nodes_of[context->Where(entry)]) {
        const std::optional<host::RouteConfig> config = CheckRoute(route, kFields, id, context);
        if (!config) break;
        AddRoute(route, *config, id, context);
      }
    }
  };
  for (const dualsim::Node* entry : text.routers) check(*entry);
  for (const dualsim::Node* entry : text.hosts) check(*entry);
}

}  // namespace dualsim::sim
