#include "sim/craft/packet_spec.h"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "stack/wire/icmpv6.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::craft {
namespace {

struct Namer {
  std::string_view operator()(const EthernetLayer&) const { return "ethernet"; }
  std::string_view operator()(const Ipv6Layer&) const { return "ipv6"; }
  std::string_view operator()(const OptionsLayer& layer) const {
    return layer.hop_by_hop ? "hop_by_hop" : "destination_options";
  }
  std::string_view operator()(const RoutingLayer&) const { return "routing"; }
  std::string_view operator()(const FragmentLayer&) const { return "fragment"; }
  std::string_view operator()(const Ipv4Layer&) const { return "ipv4"; }
  std::string_view operator()(const ArpLayer&) const { return "arp"; }
  std::string_view operator()(const PayloadLayer&) const { return "payload"; }
  std::string_view operator()(const Icmpv6Layer& layer) const { return Icmpv6LayerName(layer); }
  std::string_view operator()(const UdpLayer&) const { return "udp"; }
  std::string_view operator()(const TcpLayer&) const { return "tcp"; }
  std::string_view operator()(const Icmpv4Layer&) const { return "icmpv4"; }
};

using Type = wire::Icmpv6Type;
using OptionType = wire::NdpOptionType;

// The messages that have a form of their own, by their names in scenarios.
struct Message {
  std::string_view name;
  uint8_t type;
  Icmpv6Body body;
};
const std::vector<Message>& Messages() {
  constexpr auto kType = [](Type type) { return static_cast<uint8_t>(type); };
  static const std::vector<Message> kMessages = {
      {"destination_unreachable", kType(Type::kDestinationUnreachable), ErrorBody()},
      {"packet_too_big", kType(Type::kPacketTooBig), ErrorBody()},
      {"time_exceeded", kType(Type::kTimeExceeded), ErrorBody()},
      {"parameter_problem", kType(Type::kParameterProblem), ErrorBody()},
      {"echo_request", kType(Type::kEchoRequest), EchoBody()},
      {"echo_reply", kType(Type::kEchoReply), EchoBody()},
      {"router_solicitation", kType(Type::kRouterSolicitation), RouterSolicitationBody()},
      {"router_advertisement", kType(Type::kRouterAdvertisement), RouterAdvertisementBody()},
      {"neighbor_solicitation", kType(Type::kNeighborSolicitation), NeighborSolicitationBody()},
      {"neighbor_advertisement", kType(Type::kNeighborAdvertisement), NeighborAdvertisementBody()},
      {"redirect", kType(Type::kRedirect), RedirectBody()},
      {"multicast_listener_query", kType(Type::kMulticastListenerQuery), ListenerBody()},
      {"multicast_listener_report", kType(Type::kMulticastListenerReportV1), ListenerBody()},
      {"multicast_listener_done", kType(Type::kMulticastListenerDone), ListenerBody()},
      {"multicast_listener_query_v2", kType(Type::kMulticastListenerQuery), ListenerQueryV2Body()},
      {"multicast_listener_report_v2", kType(Type::kMulticastListenerReportV2),
       ListenerReportV2Body()},
  };
  return kMessages;
}

// Likewise the options of neighbour discovery.
struct Option {
  std::string_view name;
  uint8_t type;
  decltype(NdpOptionSpec::body) body;
};
const std::vector<Option>& Options() {
  constexpr auto kType = [](OptionType type) { return static_cast<uint8_t>(type); };
  static const std::vector<Option> kOptions = {
      {"source_link_layer_address", kType(OptionType::kSourceLinkLayerAddress),
       LinkLayerAddressOption()},
      {"target_link_layer_address", kType(OptionType::kTargetLinkLayerAddress),
       LinkLayerAddressOption()},
      {"prefix_information", kType(OptionType::kPrefixInformation), PrefixInformationOption()},
      {"redirected_header", kType(OptionType::kRedirectedHeader), RedirectedHeaderOption()},
      {"mtu", kType(OptionType::kMtu), MtuOption()},
      {"nonce", kType(OptionType::kNonce), NonceOption()},
      {"route_information", kType(OptionType::kRouteInformation), RouteInformationOption()},
      {"recursive_dns_server", kType(OptionType::kRecursiveDnsServer), RecursiveDnsServerOption()},
      {"dns_search_list", kType(OptionType::kDnsSearchList), DnsSearchListOption()},
      {"pref64", kType(OptionType::kPref64), Pref64Option()},
  };
  return kOptions;
}

}  // namespace

std::vector<uint8_t> PatternBytes(size_t size) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i);
  return bytes;
}

std::string_view LayerName(const Layer& layer) { return std::visit(Namer(), layer); }

std::string_view Icmpv6LayerName(const Icmpv6Layer& layer) {
  if (!std::holds_alternative<RawBody>(layer.body)) {
    for (const Message& message : Messages()) {
      if (message.type == layer.type && message.body.index() == layer.body.index()) {
        return message.name;
      }
    }
  }
  return "icmpv6";
}

std::optional<Layer> EmptyLayer(std::string_view name) {
  static const std::vector<Layer> kOthers = {
      EthernetLayer(), Ipv6Layer(),    OptionsLayer{.hop_by_hop = true},
      OptionsLayer(),  RoutingLayer(), FragmentLayer(),
      Ipv4Layer(),     ArpLayer(),     PayloadLayer(),
      Icmpv6Layer(),   UdpLayer(),     TcpLayer(),
      Icmpv4Layer()};
  for (const Layer& layer : kOthers) {
    if (LayerName(layer) == name) return layer;
  }
  for (const Message& message : Messages()) {
    if (message.name != name) continue;
    Icmpv6Layer layer;
    layer.type = message.type;
    layer.body = message.body;
    return layer;
  }
  return std::nullopt;
}

std::optional<NdpOptionSpec> EmptyNdpOption(std::string_view name) {
  for (const Option& option : Options()) {
    if (option.name == name) return NdpOptionSpec{option.type, std::nullopt, option.body};
  }
  return std::nullopt;
}

std::string_view NdpOptionName(uint8_t type) {
  for (const Option& option : Options()) {
    if (option.type == type) return option.name;
  }
  return "option";
}

}  // namespace dualsim::craft
