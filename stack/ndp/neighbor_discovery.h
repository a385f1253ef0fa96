#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ndp/address_list.h"
#include "stack/ndp/default_router_list.h"
#include "stack/ndp/link_parameters.h"
#include "stack/ndp/neighbor_cache.h"
#include "stack/ndp/prefix_list.h"
#include "stack/ndp/router_solicitation.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp.h"

namespace dualsim::ndp {

struct NeighborDiscoveryConfig {
  InterfaceId interface {};
  MacAddress mac;
  uint32_t mtu = 1500;
  bool is_router = false;  // IsRouter: forwards, and takes nothing from others' RAs.
  bool accept_router_advertisements = true;  // A host's.
  int dup_addr_detect_transmits = 1;
  Duration retrans_timer = Seconds(1);
  Duration base_reachable_time = Seconds(30);
  uint8_t cur_hop_limit = 64;
  std::optional<Ipv6Address> link_local_address;  // Default: fe80:: and the EUI-64 of `mac`.
  std::vector<Ipv6Cidr> addresses;                // Static.
  std::optional<Ipv6Address> gateway;             // Static default router.
};

// What neighbour discovery asks of the stack around it. Called during its own
// methods; none of these may call back into it, except that OnUndeliverable may
// send another packet.
class NeighborDiscoveryOutput {
 public:
  virtual ~NeighborDiscoveryOutput() = default;
  // Sends an ICMPv6 message whose checksum is still 0, with hop limit 255;
  // straight to a card where `link_layer_destination` is given, else to the
  // card address of the group `destination`.
  virtual void SendMessage(Time now, const Ipv6Address& source, const Ipv6Address& destination,
                           std::optional<MacAddress> link_layer_destination, Packet message) = 0;
  // Sends an ICMPv6 message likewise, to a unicast neighbour whose address may
  // have to be resolved first.
  virtual void SendMessageToNeighbor(Time now, const Ipv6Address& source,
                                     const Ipv6Address& destination, Packet message) = 0;
  // Sends a ready IPv6 packet to a card.
  virtual void SendToLinkLayer(Time now, MacAddress destination, Packet packet) = 0;
  virtual void OnUndeliverable(Time now, DropReason reason, Packet packet) = 0;

  // Frames for the group pass the card from now on (nothing is announced).
  virtual void ListenToGroup(const Ipv6Address& group) = 0;
  virtual void StopListeningToGroup(const Ipv6Address& group) = 0;
  // Membership as multicast listener discovery announces it.
  virtual void JoinGroup(Time now, const Ipv6Address& group) = 0;
  virtual void LeaveGroup(Time now, const Ipv6Address& group) = 0;

  // An address was added, changed its state or went away (kRemoved).
  virtual void OnAddressChange(Time now, const InterfaceAddress& address) = 0;
  // Next hops that were computed before may be wrong now.
  virtual void OnNextHopsChanged(Time now) = 0;
  virtual void OnDefaultRouterChange(Time now, const Ipv6Address& router, bool present,
                                     Time until) = 0;
  virtual void OnPrefixChange(Time now, const Ipv6Prefix& prefix, bool present, Time until) = 0;
  virtual void OnNeighborChange(Time now, const Neighbor& neighbor) = 0;
  virtual void OnLog(Time now, std::string_view text) = 0;
};

// Neighbour discovery and address autoconfiguration of one interface: RFC 4861
// for hosts and what routers share with them, RFC 4862, RFC 7527, RFC 7559.
//
// Knows nothing of IP input and output: it is handed messages whose checks have
// passed (wire::…::Parse), and sends through its output.
class NeighborDiscovery final : private NeighborCacheOutput {
 public:
  NeighborDiscovery(const NeighborDiscoveryConfig& config, PacketPool& packets,
                    const RandomSource& random, NeighborDiscoveryOutput& output);

  // The interface comes up: addresses are formed and probed, routers solicited.
  void Start(Time now);
  // The interface goes down: every address, neighbour, router and prefix is forgotten.
  void Stop(Time now);

  // The four messages that concern hosts and routers alike. A reason: the
  // message changed nothing and is to be counted as dropped.
  std::optional<DropReason> OnNeighborSolicitation(Time now, const wire::NdpContext& context,
                                                   const wire::NeighborSolicitation& message);
  std::optional<DropReason> OnNeighborAdvertisement(Time now, const wire::NdpContext& context,
                                                    const wire::NeighborAdvertisement& message);
  std::optional<DropReason> OnRouterAdvertisement(Time now, const wire::NdpContext& context,
                                                  const wire::RouterAdvertisement& message);
  // A router's part of a Router Solicitation: the Neighbor Cache (§6.2.6).
  void OnRouterSolicitation(Time now, const wire::NdpContext& context,
                            const wire::RouterSolicitation& message);

  // Sends an IPv6 packet to a neighbour, now or when its address is resolved.
  void SendToNeighbor(Time now, const Ipv6Address& neighbor, Packet packet) {
    neighbors_.Send(now, neighbor, std::move(packet));
  }
  // The default router for off-link destinations, §6.3.6.
  std::optional<Ipv6Address> SelectDefaultRouter();
  bool IsOnLink(const Ipv6Address& destination) const { return prefixes_.IsOnLink(destination); }

  void AddStaticAddress(Time now, const Ipv6Cidr& address);
  // False where the interface has no such address.
  bool RemoveAddress(Time now, const Ipv6Address& address);

  Time deadline() const;
  void Advance(Time now);

  const AddressList& addresses() const { return addresses_; }
  const LinkParameters& parameters() const { return parameters_; }
  NeighborCache& neighbors() { return neighbors_; }
  const DefaultRouterList& default_routers() const { return default_routers_; }
  const PrefixList& prefixes() const { return prefixes_; }
  // Whether IP was switched off because the link-local address that the card's
  // own address gives is taken (RFC 4862 §5.4.5).
  bool disabled() const { return disabled_; }

 private:
  // What is known of an address before it is one.
  struct NewAddress {
    Ipv6Address address;
    int prefix_length = 64;
    AddressOrigin origin{};
    Time preferred_until = Time::Never();
    Time valid_until = Time::Never();
  };

  // Addresses and duplicate address detection (address_detection.cc).
  void AddAddress(Time now, const NewAddress& address);
  void AdvanceAddresses(Time now);
  // False where the entry went away, so that the list's order changed.
  bool AdvanceAddress(Time now, InterfaceAddress& address);
  void AdvanceDetection(Time now, InterfaceAddress& address);
  void OnUnique(Time now, InterfaceAddress& address);
  void OnDuplicate(Time now, InterfaceAddress& address, std::string_view evidence);
  // The one place where an address changes its state.
  void Enter(Time now, InterfaceAddress& address, AddressState state);
  void Release(Time now, InterfaceAddress& address);
  void Disable(Time now);
  void SendProbe(Time now, const InterfaceAddress& address);

  // Solicitations and advertisements of neighbours (neighbor_messages.cc).
  std::optional<DropReason> OnSolicitationForTentative(Time now, const wire::NdpContext& context,
                                                       const wire::NeighborSolicitation& message,
                                                       InterfaceAddress& address);
  void SendAdvertisement(Time now, const wire::NdpContext& context,
                         const wire::NeighborSolicitation& message);
  void DefendAddress(Time now, const InterfaceAddress& address, std::string_view what);
  Ipv6Address SolicitationSource(const Packet* prompting) const;

  // Routers' advertisements (router_advertisements.cc).
  void LearnParameters(Time now, const wire::RouterAdvertisement& message);
  void LearnRouter(Time now, const Ipv6Address& router, const wire::RouterAdvertisement& message);
  void LearnPrefix(Time now, const wire::PrefixInformation& option);
  void Autoconfigure(Time now, const wire::PrefixInformation& option);
  void AdvanceRouters(Time now);
  void SendRouterSolicitation(Time now);

  // NeighborCacheOutput.
  void SendNeighborSolicitation(Time now, const Ipv6Address& target,
                                std::optional<MacAddress> unicast_to,
                                const Packet* prompting) override;
  void SendToLinkLayer(Time now, MacAddress destination, Packet packet) override {
    output_.SendToLinkLayer(now, destination, std::move(packet));
  }
  void OnUndeliverable(Time now, DropReason reason, Packet packet) override {
    output_.OnUndeliverable(now, reason, std::move(packet));
  }
  void OnNeighborChange(Time now, const Neighbor& neighbor) override;

  template <typename Message>
  Packet Build(const Message& message) {
    Packet packet = packets_.Make(message.size());
    message.Store(packet.mutable_bytes().data());
    return packet;
  }

  const NeighborDiscoveryConfig config_;
  PacketPool& packets_;
  NeighborDiscoveryOutput& output_;
  RandomStream random_;
  LinkParameters parameters_;
  AddressList addresses_;
  NeighborCache neighbors_;
  DefaultRouterList default_routers_;
  PrefixList prefixes_;
  std::optional<RouterSolicitation> solicitation_;
  bool started_ = false;
  bool disabled_ = false;
};

}  // namespace dualsim::ndp
