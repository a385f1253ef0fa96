#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/group/multicast_listener.h"
#include "stack/host/config.h"
#include "stack/host/device.h"
#include "stack/host/stack.h"
#include "stack/icmp/error_limiter.h"
#include "stack/ndp/neighbor_discovery.h"
#include "stack/router/multicast_querier.h"
#include "stack/router/router_advertiser.h"
#include "stack/wire/ipv6.h"

namespace dualsim::host {

// What an interface asks of the stack that it belongs to.
class InterfaceOwner {
 public:
  virtual ~InterfaceOwner() = default;
  virtual void OnAddressChange(Time now, InterfaceId interface,
                               const ndp::InterfaceAddress& address) = 0;
  virtual void OnNextHopsChanged() = 0;
  virtual void OnPrefixChange(InterfaceId interface, const Ipv6Prefix& prefix, bool on_link) = 0;
  // A packet that was sent through the interface could not be delivered.
  virtual void OnUndeliverable(Time now, InterfaceId interface, DropReason reason,
                               Packet packet) = 0;
};

// One interface of a stack: its neighbour discovery, its groups and, on a
// router, its advertising, put together; and the framing of what it sends.
class Interface final : private ndp::NeighborDiscoveryOutput,
                        private group::MulticastListenerOutput,
                        private router::MulticastQuerierOutput {
 public:
  // `routes_groups`: the node forwards packets to groups.
  Interface(InterfaceId id, const InterfaceConfig& config, bool is_router, bool routes_groups,
            const Environment& environment, InterfaceOwner& owner);

  void Start(Time now);
  // Ends in good order: final advertisements, groups left.
  void Stop(Time now);
  // Ends without a word.
  void Crash(Time now);
  // Its cable was pulled: likewise, but programs go on listening to their groups, and
  // that is reported when it comes up again.
  void Unplug(Time now);
  bool up() const { return up_; }
  // Whether IPv6 packets pass: it is up, and not disabled by RFC 4862 §5.4.5.
  bool enabled() const { return up_ && ipv6_ && !discovery_.disabled(); }
  // Whether the configuration lets it speak the family at all.
  bool ipv6() const { return ipv6_; }
  bool ipv4() const { return ipv4_; }
  // What IPv4 has in common with IPv6: the card's MTU and the default hop limit.
  uint32_t card_mtu() const { return card_mtu_; }
  bool point_to_point() const { return point_to_point_; }
  uint8_t hop_limit() const { return hop_limit_; }
  // Whether the card is plugged in; the stack starts and stops the interface with it.
  bool carrier() const { return carrier_; }
  void set_carrier(bool carrier) { carrier_ = carrier; }

  // An IPv6 packet to a neighbour, a group, or (ready) to a card.
  void SendToNeighbor(Time now, const Ipv6Address& neighbor, Packet packet) {
    discovery_.SendToNeighbor(now, neighbor, std::move(packet));
  }
  void SendToGroup(Time now, const Ipv6Address& group, Packet packet) {
    SendToLinkLayer(now, MacAddress::ForGroup(group), std::move(packet));
  }

  // Membership for a program; counted. Stays while the cable is out.
  void Join(Time now, const Ipv6Address& group) { JoinGroup(now, group); }
  void Leave(Time now, const Ipv6Address& group) { LeaveGroup(now, group); }

  // What the operator's program listens to of a group.
  void Listen(Time now, const Ipv6Address& group, const group::SourceFilter& filter);
  // Whether packets from `source` to the group are taken here.
  bool IsListeningTo(const Ipv6Address& group, const Ipv6Address& source) const;
  // Whether packets from anybody to the group are.
  bool IsMember(const Ipv6Address& group) const { return listener_.IsMember(group); }
  // Of a multicast router: whether packets from `source` to `group` are to be sent
  // on the link. They are where the group is a static one; and where it has
  // listeners and the router is the link's querier: of several routers one
  // forwards (RFC 4605 §4.2's rule).
  bool ForwardsGroup(const Ipv6Address& group, const Ipv6Address& source) const;
  // Whether the interface has to see listener messages to whatever group.
  bool learns_groups() const { return routing_ != nullptr && routing_->querier_config.has_value(); }

  // ICMPv6 messages of neighbour and listener discovery; see ndp::NeighborDiscovery.
  std::optional<DropReason> OnNdpMessage(Time now, const wire::NdpContext& context,
                                         wire::Icmpv6Type type, ByteView message);
  std::optional<DropReason> OnListenerMessage(Time now, const wire::Ipv6Header& header,
                                              bool router_alert, wire::Icmpv6Type type,
                                              ByteView message);

  // Replaces or ends the advertising.
  void Advertise(Time now, const std::optional<router::AdvertiseConfig>& config);

  // The card's address from now on, in all that is sent.
  void SetLinkLayerAddress(Time now, MacAddress mac);

  Time deadline() const;
  void Advance(Time now);

  ndp::NeighborDiscovery& discovery() { return discovery_; }
  const ndp::NeighborDiscovery& discovery() const { return discovery_; }
  const MacAddress& mac() const { return mac_; }
  uint32_t mtu() const { return discovery_.parameters().link_mtu; }

 private:
  // ndp::NeighborDiscoveryOutput.
  void SendMessage(Time now, const Ipv6Address& source, const Ipv6Address& destination,
                   std::optional<MacAddress> link_layer_destination, Packet message) override;
  void SendMessageToNeighbor(Time now, const Ipv6Address& source, const Ipv6Address& destination,
                             Packet message) override;
  void SendToLinkLayer(Time now, MacAddress destination, Packet packet) override;
  void OnUndeliverable(Time now, DropReason reason, Packet packet) override;
  void ListenToGroup(const Ipv6Address& group) override;
  void StopListeningToGroup(const Ipv6Address& group) override;
  void JoinGroup(Time now, const Ipv6Address& group) override;
  void LeaveGroup(Time now, const Ipv6Address& group) override;
  void OnAddressChange(Time now, const ndp::InterfaceAddress& address) override;
  void OnNextHopsChanged(Time now) override;
  void OnResolverChange(Time now, const ResolverFact& fact) override {
    environment_.observer.OnResolver(now, fact);
  }
  void OnDefaultRouterChange(Time now, const Ipv6Address& router, bool present,
                             Time until) override;
  void OnPrefixChange(Time now, const Ipv6Prefix& prefix, bool present, Time until) override;
  void OnNeighborChange(Time now, const ndp::Neighbor& neighbor) override;
  void OnLog(Time now, std::string_view text) override;
  void OnConflict(Time now, std::string_view text) override;

  // group::MulticastListenerOutput.
  void SendReport(const wire::ListenerReport& report) override;
  void SendMessageV1(const wire::ListenerMessageV1& message) override;
  void JoinCardGroup(const MacAddress& group) override;
  void LeaveCardGroup(const MacAddress& group) override;

  // router::MulticastQuerierOutput.
  void SendQuery(const Ipv6Address& destination, const wire::ListenerQuery& query) override;

  std::optional<DropReason> OnListenerQuery(Time now, const Ipv6Address& source, ByteView message);
  void StartQuerying(Time now);
  void StopQuerying(Time now);
  std::optional<DropReason> OnRouterAdvertisement(Time now, const wire::NdpContext& context,
                                                  const wire::RouterAdvertisement& message);
  std::optional<DropReason> OnRouterSolicitation(Time now, const wire::NdpContext& context,
                                                 const wire::RouterSolicitation& message);
  void StartAdvertising(Time now);
  void OnLinkLocalAddressGone(Time now, const Ipv6Address& address);
  void SendAdvertisements(Time now);
  void SendAdvertisement(Time now, const wire::RouterAdvertisement& message);
  void SendListenerMessage(const Ipv6Address& destination, Packet message);
  static void PrependHeader(const Ipv6Address& source, const Ipv6Address& destination,
                            wire::NextHeader next_header, uint8_t hop_limit, Packet& message);
  // The source of what is sent for the interface itself: its link-local address
  // once that is verified, else ::.
  Ipv6Address LinkLocalSource() const;

  // Who wants something, counted; gone when nobody does.
  template <typename Address>
  struct Wanted {
    Address address;
    uint16_t count = 0;
  };

  // What a multicast router's interface has beside.
  struct GroupRouting {
    std::optional<router::MulticastQuerierConfig> querier_config;
    std::vector<Ipv6Address> static_groups;
    std::optional<router::MulticastQuerier> querier;  // Once there is an address to query from.
    Ipv6Address querying_source;                      // That address.
  };

  const InterfaceId id_;
  MacAddress mac_;
  // Kept apart: a host has none, and it is large.
  std::unique_ptr<router::AdvertiseConfig> advertise_;
  const bool is_router_;
  const bool ipv6_;
  const bool ipv4_;
  const uint8_t hop_limit_;
  const uint32_t card_mtu_;
  const bool point_to_point_;
  Environment environment_;
  InterfaceOwner& owner_;
  bool carrier_ = true;
  bool up_ = false;
  Time now_;  // Of the call that is being served, for outputs that are not told it.
  std::vector<Wanted<Ipv6Address>> silent_groups_;  // Heard without membership.
  std::vector<Wanted<MacAddress>> card_groups_;     // Several groups may share one (RFC 2464 §7).
  ndp::NeighborDiscovery discovery_;
  group::MulticastListener listener_;
  RandomStream advertiser_random_;
  std::unique_ptr<router::RouterAdvertiser> advertiser_;
  Ipv6Address advertising_source_;         // The source of what advertiser_ says.
  std::unique_ptr<GroupRouting> routing_;  // nullptr where it is of no use.
  icmp::ErrorLimiter log_limiter_{icmp::kConflictLines};
};

}  // namespace dualsim::host
