#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stack/base/packet.h"
#include "stack/ndp/neighbor_discovery.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ndp.h"

namespace dualsim::ndp {

inline Ipv6Address A(std::string_view text) { return *Ipv6Address::Parse(text); }

inline const MacAddress kOurMac = MacAddress::FromInteger(0x02'00'00'00'00'0a);
inline const Ipv6Address kOurLinkLocal = A("fe80::ff:fe00:a");
inline const Ipv6Address kRouter = A("fe80::1");
inline const Ipv6Address kRouter2 = A("fe80::2");
inline const MacAddress kRouterMac = MacAddress::FromInteger(0x02'00'00'00'00'01);
inline const MacAddress kRouter2Mac = MacAddress::FromInteger(0x02'00'00'00'00'02);
inline const Ipv6Address kNeighbor = A("fe80::b");
inline const MacAddress kNeighborMac = MacAddress::FromInteger(0x02'00'00'00'00'0b);

// The RA of kRouter, with its link-layer address and one prefix (or none).
inline wire::RouterAdvertisement Advertised(std::string_view prefix, Duration valid,
                                            Duration preferred) {
  wire::RouterAdvertisement message{.router_lifetime = Seconds(1800), .options = {}};
  message.options.source_link_layer_address = kRouterMac;
  const std::optional<Ipv6Cidr> cidr = Ipv6Cidr::Parse(prefix);
  if (!cidr) return message;
  message.options.prefixes.push_back({.prefix = cidr->address,
                                      .prefix_length = static_cast<uint8_t>(cidr->prefix_length),
                                      .on_link = true,
                                      .autonomous = true,
                                      .valid_lifetime = valid,
                                      .preferred_lifetime = preferred});
  return message;
}

// A message that neighbour discovery sent.
struct SentMessage {
  Time when;
  wire::Icmpv6Type type{};
  Ipv6Address source;
  Ipv6Address destination;
  std::optional<MacAddress> link_layer_destination;
  // Of the type: the others are as default-made.
  wire::NeighborSolicitation solicitation;
  wire::NeighborAdvertisement advertisement;
  wire::RouterSolicitation router_solicitation;
};

// Neighbour discovery of one interface under virtual time, what it did, and the
// messages of others. The world is `now`; Run() lets it pass.
class DiscoveryForTest : private NeighborDiscoveryOutput {
 public:
  explicit DiscoveryForTest(NeighborDiscoveryConfig config = {}, uint64_t seed = 1)
      : discovery(WithMac(std::move(config)), packets, RandomSource(seed, "host"), *this) {}

  // Starts, and lets duplicate address detection of what was configured end.
  void Boot() {
    discovery.Start(now);
    Run(Seconds(3));
    sent.clear();
  }

  // Lets time pass, calling at every deadline and never between.
  void RunUntil(Time end) {
    while (discovery.deadline() <= end) {
      now = std::max(now, discovery.deadline());
      discovery.Advance(now);
    }
    now = end;
  }
  void Run(Duration duration) { RunUntil(now + duration); }

  // Messages from others. By default from kNeighbor to all nodes.
  std::optional<DropReason> Receive(const wire::NeighborSolicitation& message,
                                    wire::NdpContext context = {kNeighbor,
                                                                Ipv6Address::AllNodes()}) {
    return discovery.OnNeighborSolicitation(now, context, message);
  }
  std::optional<DropReason> Receive(const wire::NeighborAdvertisement& message,
                                    wire::NdpContext context = {kNeighbor,
                                                                Ipv6Address::AllNodes()}) {
    return discovery.OnNeighborAdvertisement(now, context, message);
  }
  std::optional<DropReason> Receive(const wire::RouterAdvertisement& message,
                                    wire::NdpContext context = {kRouter, Ipv6Address::AllNodes()}) {
    return discovery.OnRouterAdvertisement(now, context, message);
  }
  // Another host's duplicate address detection.
  std::optional<DropReason> ReceiveProbe(const Ipv6Address& target,
                                         std::optional<NdpNonce> nonce = std::nullopt) {
    wire::NeighborSolicitation message{.target = target, .options = {}};
    message.options.nonce = nonce;
    return Receive(message, {Ipv6Address(), target.SolicitedNode()});
  }

  void SendTo(const Ipv6Address& neighbor, uint8_t id = 1) {
    discovery.SendToNeighbor(now, neighbor, packets.Copy(ByteView(&id, 1)));
  }

  AddressState state(const Ipv6Address& address) const {
    const InterfaceAddress* found = discovery.addresses().Find(address);
    return found == nullptr ? AddressState::kRemoved : found->state;
  }
  NeighborState neighbor_state(const Ipv6Address& neighbor) {
    const Neighbor* found = discovery.neighbors().Find(neighbor);
    return found == nullptr ? NeighborState::kNone : found->state;
  }
  // The addresses of an origin, in the order in which they came.
  std::vector<Ipv6Address> Addresses(AddressOrigin origin) const {
    std::vector<Ipv6Address> result;
    for (const InterfaceAddress& entry : discovery.addresses().entries()) {
      if (entry.origin == origin) result.push_back(entry.address);
    }
    return result;
  }
  // Messages of a type, in order.
  std::vector<SentMessage> Sent(wire::Icmpv6Type type) const {
    std::vector<SentMessage> result;
    for (const SentMessage& message : sent) {
      if (message.type == type) result.push_back(message);
    }
    return result;
  }
  std::vector<SentMessage> Solicitations(const Ipv6Address& target) const {
    std::vector<SentMessage> result;
    for (const SentMessage& message : Sent(wire::Icmpv6Type::kNeighborSolicitation)) {
      if (message.solicitation.target == target) result.push_back(message);
    }
    return result;
  }

  PacketPool packets;
  NeighborDiscovery discovery;
  Time now = Time() + Seconds(1000);

  std::vector<SentMessage> sent;
  // The identifiers of packets that reached a card, with it, or that were lost.
  std::vector<std::pair<int, MacAddress>> transmitted;
  std::vector<std::pair<int, DropReason>> lost;
  std::map<Ipv6Address, int> heard_groups;   // Counted.
  std::map<Ipv6Address, int> joined_groups;  // Likewise.
  // The states that were told of each address, with their times.
  std::map<Ipv6Address, std::vector<std::pair<Time, AddressState>>> told;
  std::map<Ipv6Address, Time> default_routers;  // Those present, as told.
  std::map<Ipv6Prefix, Time> prefixes;          // Likewise.
  int next_hops_changed = 0;
  std::vector<std::string> logs;

 private:
  static NeighborDiscoveryConfig WithMac(NeighborDiscoveryConfig config) {
    if (config.mac.is_zero()) config.mac = kOurMac;
    return config;
  }

  void SendMessage(Time when, const Ipv6Address& source, const Ipv6Address& destination,
                   std::optional<MacAddress> link_layer_destination, Packet message) override {
    SentMessage& entry = sent.emplace_back();
    entry.when = when;
    entry.type = static_cast<wire::Icmpv6Type>(message.bytes()[0]);
    entry.source = source;
    entry.destination = destination;
    entry.link_layer_destination = link_layer_destination;
    // Whatever leaves must pass the checks of who receives it.
    const wire::NdpContext context{source, destination};
    switch (entry.type) {
      case wire::Icmpv6Type::kNeighborSolicitation:
        entry.solicitation = *wire::NeighborSolicitation::Parse(message.bytes(), context);
        break;
      case wire::Icmpv6Type::kNeighborAdvertisement:
        entry.advertisement = *wire::NeighborAdvertisement::Parse(message.bytes(), context);
        break;
      case wire::Icmpv6Type::kRouterSolicitation:
        entry.router_solicitation = *wire::RouterSolicitation::Parse(message.bytes(), context);
        break;
      default:
        std::abort();
    }
  }
  void SendMessageToNeighbor(Time when, const Ipv6Address& source, const Ipv6Address& destination,
                             Packet message) override {
    SendMessage(when, source, destination, std::nullopt, std::move(message));
  }
  void SendToLinkLayer(Time, MacAddress destination, Packet packet) override {
    transmitted.emplace_back(packet.bytes()[0], destination);
  }
  void OnUndeliverable(Time, DropReason reason, Packet packet) override {
    lost.emplace_back(packet.bytes()[0], reason);
  }
  static void Count(std::map<Ipv6Address, int>& groups, const Ipv6Address& group, int by) {
    int& count = groups[group];
    count += by;
    if (count < 0) std::abort();
    if (count == 0) groups.erase(group);
  }
  void ListenToGroup(const Ipv6Address& group) override { Count(heard_groups, group, 1); }
  void StopListeningToGroup(const Ipv6Address& group) override { Count(heard_groups, group, -1); }
  void JoinGroup(Time, const Ipv6Address& group) override { Count(joined_groups, group, 1); }
  void LeaveGroup(Time, const Ipv6Address& group) override { Count(joined_groups, group, -1); }
  void OnAddressChange(Time when, const InterfaceAddress& address) override {
    told[address.address].emplace_back(when, address.state);
  }
  void OnNextHopsChanged(Time) override { ++next_hops_changed; }
  void OnDefaultRouterChange(Time, const Ipv6Address& router, bool present, Time until) override {
    // The list says the same as the fact about it.
    if ((discovery.default_routers().Find(router) != nullptr) != present) std::abort();
    if (present) {
      default_routers[router] = until;
    } else {
      default_routers.erase(router);
    }
  }
  void OnPrefixChange(Time, const Ipv6Prefix& prefix, bool present, Time until) override {
    if ((discovery.prefixes().Find(prefix) != nullptr) != present) std::abort();
    if (present) {
      prefixes[prefix] = until;
    } else {
      prefixes.erase(prefix);
    }
  }
  void OnNeighborChange(Time, const Neighbor&) override {}
  void OnLog(Time, std::string_view text) override { logs.emplace_back(text); }
  void OnConflict(Time, std::string_view text) override { logs.emplace_back(text); }
};

}  // namespace dualsim::ndp
