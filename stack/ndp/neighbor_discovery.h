#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/random_stream.h"
#include "stack/base/siphash.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ndp/address_list.h"
#include "stack/ndp/default_router_list.h"
#include "stack/ndp/dns_configuration.h"
#include "stack/ndp/host_type.h"
#include "stack/ndp/link_parameters.h"
#include "stack/ndp/neighbor_cache.h"
#include "stack/ndp/opaque_interface_identifier.h"
#include "stack/ndp/pref64_list.h"
#include "stack/ndp/prefix_advertisers.h"
#include "stack/ndp/prefix_list.h"
#include "stack/ndp/route_information_list.h"
#include "stack/ndp/router_selection.h"
#include "stack/ndp/router_solicitation.h"
#include "stack/ndp/served_addresses.h"
#include "stack/ndp/temporary_addresses.h"
#include "stack/ndp/unreachable_routers.h"
#include "stack/ndp/unsolicited_advertisements.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp.h"
#include "stack/wire/parsed.h"

namespace dualsim::ndp {

struct NeighborDiscoveryConfig {
  InterfaceId interface {};
  MacAddress mac{};
  uint32_t mtu = 1500;
  bool is_router = false;  // IsRouter: forwards.
  // Whether it is autoconfigured from what routers advertise, as hosts are, and
  // solicits them. A router may be, where it is a host to others' networks.
  bool accept_router_advertisements = true;
  int dup_addr_detect_transmits = 1;
  Duration retrans_timer = Seconds(1);
  Duration base_reachable_time = Seconds(30);
  uint8_t cur_hop_limit = 64;
  std::optional<Ipv6Address> link_local_address{};  // Default: fe80:: and an identifier as below.
  std::vector<Ipv6Cidr> addresses{};                // Static.
  std::optional<Ipv6Address> gateway{};             // Static default router.
  // A router's: what it answers for in place of nodes that are elsewhere (§7.2.8).
  std::vector<Ipv6Address> proxied_addresses{};
  InterfaceIdentifiers interface_identifiers = InterfaceIdentifiers::kEui64;
  std::string network_id{};  // Network_ID of RFC 7217, for kOpaque.
  // A host's: whether it makes temporary addresses (RFC 8981), and uses the
  // addresses that it forms while they are being detected (RFC 4429).
  std::optional<TemporaryAddressConfig> temporary_addresses{};
  bool optimistic_dad = false;
  // RFC 9131: a host tells routers of a new address; a router makes an entry for
  // one of which it is told.
  bool gratuitous_neighbor_discovery = false;
  HostType host_type = HostType::kC;
};

// What neighbour discovery asks of the stack around it. Called during its own
// methods; none of these may call back into it but for what is const, except that
// OnUndeliverable may send another packet and ask for its next hop.
//
// While disabled(), nothing may leave the interface (RFC 4862 §5.4.5): what is
// sent here, and what the groups that are left would announce, is to be dropped.
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
  // Membership as multicast listener discovery announces it. Counted, as the two
  // above are: addresses share groups (RFC 4861 §7.2.1).
  virtual void JoinGroup(Time now, const Ipv6Address& group) = 0;
  virtual void LeaveGroup(Time now, const Ipv6Address& group) = 0;

  // An address was added, changed its state or went away (kRemoved).
  virtual void OnAddressChange(Time now, const InterfaceAddress& address) = 0;
  // Next hops that were computed before may be wrong now. Those of redirects stay
  // while IsRedirectLive() says so.
  virtual void OnNextHopsChanged(Time now) = 0;
  virtual void OnDefaultRouterChange(Time now, const Ipv6Address& router, bool present,
                                     Time until) = 0;
  virtual void OnPrefixChange(Time now, const Ipv6Prefix& prefix, bool present, Time until) = 0;
  virtual void OnNeighborChange(Time now, const Neighbor& neighbor) = 0;
  // An entry of dns() or pref64s() came or went.
  virtual void OnResolverChange(Time, const ResolverFact&) {}
  virtual void OnLog(Time now, std::string_view text) = 0;
  // A line for somebody to look at, which neighbours cause as often as they like.
  virtual void OnConflict(Time now, std::string_view text) = 0;
};

// Neighbour discovery and address autoconfiguration of one interface: RFC 4861
// for hosts and what routers share with them, RFC 4862, RFC 7527, RFC 7559; and
// for hosts that are told so RFC 4429, RFC 7217, RFC 8981, RFC 9131.
//
// Knows nothing of IP input and output: it is handed messages whose checks have
// passed (wire::…::Parse), and sends through its output.
class NeighborDiscovery final : private NeighborCacheOutput {
 public:
  NeighborDiscovery(const NeighborDiscoveryConfig& config, PacketPool& packets,
                    const RandomSource& random, NeighborDiscoveryOutput& output);

  // The interface comes up: addresses are formed and probed, routers solicited.
  // What it knew from before, if it was up, is forgotten first.
  void Start(Time now);
  // The interface goes down: every address, neighbour, router and prefix is
  // forgotten. Until it starts again messages are refused, and packets handed
  // back, as INTERFACE_DOWN.
  void Stop(Time now);

  // The messages that concern hosts and routers alike. A reason: the message
  // changed nothing, or (RA_LIMIT) not all that it was meant to, and is to be
  // counted as dropped.
  std::optional<DropReason> OnNeighborSolicitation(Time now, const wire::NdpContext& context,
                                                   const wire::NeighborSolicitation& message);
  std::optional<DropReason> OnNeighborAdvertisement(Time now, const wire::NdpContext& context,
                                                    const wire::NeighborAdvertisement& message);
  std::optional<DropReason> OnRouterAdvertisement(Time now, const wire::NdpContext& context,
                                                  const wire::RouterAdvertisement& message);
  // Takes CurHopLimit, ReachableTime and RetransTimer from a message that
  // specifies them. A router calls it with its own: what it advertises applies to
  // itself too, RFC 4861 §6.2.1.
  void AdoptParameters(Time now, const wire::RouterAdvertisement& message);
  // The interface advertises: it asks no other router.
  void StopSoliciting() { solicitation_.reset(); }
  // A router's part of a Router Solicitation: the Neighbor Cache (§6.2.6).
  void OnRouterSolicitation(Time now, const wire::NdpContext& context,
                            const wire::RouterSolicitation& message);

  // A host's part of a Redirect, §8: the next hop of the message's destination
  // from now on, or why the message is dropped. `current_first_hop` is what
  // next-hop determination gave for that destination; nullopt where it gave none.
  Parsed<Ipv6Address> OnRedirect(Time now, const wire::NdpContext& context,
                                 const wire::Redirect& message,
                                 const std::optional<Ipv6Address>& current_first_hop);
  // Whether what a redirect said still holds when next hops are determined anew:
  // while the target has not been given up and did not cease to be a router.
  bool IsRedirectLive(const Ipv6Address& destination, const Ipv6Address& next_hop) const;

  // Sends an IPv6 packet to a neighbour, now or when its address is resolved.
  void SendToNeighbor(Time now, const Ipv6Address& neighbor, Packet packet);
  // The router for an off-link destination: the most specific route, the most
  // preferred, one that can be reached (RFC 4191 §3.2, RFC 4861 §6.3.6). May probe
  // better ones that could not be (RFC 4191 §3.5), so that it is to be called for
  // a packet that is about to be sent.
  std::optional<RouterCandidate> SelectRouter(Time now, const Ipv6Address& destination);
  // Another interface's router was chosen in place of that one, which cannot be reached.
  void OnPassedOver(Time now, const Ipv6Address& router);
  // Where `chosen` is what that gave: the router for packets from `source`, which
  // is one that advertised the source's prefix if there is one (RFC 8028 §3.2).
  Ipv6Address SelectRouterForSource(Time now, const Ipv6Address& destination,
                                    const Ipv6Address& source, const Ipv6Address& chosen) const;
  // A router that can be reached and advertised the source's prefix, if its route to the
  // destination is no less specific than that.
  std::optional<RouterCandidate> FindRouterForSource(Time now, const Ipv6Address& destination,
                                                     const Ipv6Address& source, int longest) const;
  // How specific the router's route to the destination is; 0: the default.
  int LengthOfRoute(const Ipv6Address& destination, const Ipv6Address& router) const;
  // Whether the router advertised a prefix that holds the address.
  bool Advertises(Time now, const Ipv6Address& router, const Ipv6Address& address) const {
    return prefix_advertisers_.Advertises(now, router, address);
  }
  // The same, of the default routers alone and without a probe.
  std::optional<Ipv6Address> SelectDefaultRouter();
  bool IsOnLink(const Ipv6Address& destination) const { return prefixes_.IsOnLink(destination); }

  void AddStaticAddress(Time now, const Ipv6Cidr& address);
  // Whether packets for the address are ours though others have it too: on a
  // router, the Subnet-Router anycast address of each of its subnets (RFC 4291
  // §2.6.1).
  bool IsAnycast(const Ipv6Address& address) const;
  // False where the interface has no such address.
  bool RemoveAddress(Time now, const Ipv6Address& address);
  // The card has another address from now on. Neighbours are told (RFC 4861
  // §7.2.6); the interface keeps its addresses, and forms others when it starts anew.
  void SetLinkLayerAddress(Time now, MacAddress mac);

  Time deadline() const;
  void Advance(Time now);

  const AddressList& addresses() const { return addresses_; }
  const LinkParameters& parameters() const { return parameters_; }
  NeighborCache& neighbors() { return neighbors_; }
  const DefaultRouterList& default_routers() const { return default_routers_; }
  const RouteInformationList& routes() const { return routes_; }
  const PrefixList& prefixes() const { return prefixes_; }
  const DnsConfiguration& dns() const { return dns_; }
  const Pref64List& pref64s() const { return pref64s_; }
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
    uint8_t retries = 0;
    uint32_t dad_counter = 0;
    std::optional<TemporaryLifetimes> temporary{};
    // Whether detection starts after a random delay: where others may do the same
    // at this moment (RFC 4862 §5.4.2).
    bool delayed = false;
  };

  bool running() const { return started_ && !disabled_; }
  // Forgets all but the addresses.
  void Forget(Time now);

  // A packet that waits until its source has passed its detection.
  struct AwaitingDetection {
    Ipv6Address source;
    Ipv6Address neighbor;
    Packet packet;
  };
  // Beyond it the oldest goes.
  static constexpr size_t kMaxAwaitingDetection = 8;

  // Addresses and duplicate address detection (address_detection.cc).
  void AddAddress(Time now, const NewAddress& address);
  void AddStaticAddress(Time now, const Ipv6Cidr& address, bool delayed);
  void RemoveStaticPrefix(Time now, const Ipv6Prefix& prefix);
  void AdvanceAddresses(Time now);
  // False where the entry went away, so that the list's order changed.
  bool AdvanceAddress(Time now, InterfaceAddress& address);
  void AdvanceAdvertisements(Time now);
  void AdvanceDetection(Time now, InterfaceAddress& address);
  void OnUnique(Time now, InterfaceAddress& address);
  void AnnounceToRouters(Time now, const InterfaceAddress& address);
  // `address` may move, or be gone, afterwards.
  void OnDuplicate(Time now, InterfaceAddress& address, std::string_view evidence);
  // What a verified address is.
  static AddressState StateByLifetime(Time now, const InterfaceAddress& address) {
    return address.preferred_until <= now ? AddressState::kDeprecated : AddressState::kPreferred;
  }
  // The one place where an address changes its state.
  void Enter(Time now, InterfaceAddress& address, AddressState state);
  void Release(Time now, InterfaceAddress& address);
  void Disable(Time now);
  void SendProbe(Time now, const InterfaceAddress& address, NdpNonce nonce);

  // Addresses that the interface forms itself, from an interface identifier and
  // the link-local prefix or one that a router advertised (autoconfiguration.cc).
  void FormLinkLocalAddress(Time now);
  bool Autoconfigure(Time now, const wire::PrefixInformation& option, bool delayed);
  bool MakeRoomForAddress(Time now);
  // Sets the identifier of an address of `prefix`; the `retries`-th after the
  // first, made with that DAD_Counter at least.
  NewAddress FormAddress(const Ipv6Prefix& prefix, AddressOrigin origin, uint8_t retries,
                         uint32_t dad_counter) const;
  static void UpdateLifetimes(Time now, const wire::PrefixInformation& option,
                              InterfaceAddress& address);
  // Another address in place of `taken`, which was just found to be so: RFC 7217
  // §6, RFC 8981 §3.4 step 7. Its entry may move.
  void FormAnother(Time now, const InterfaceAddress& taken);
  void UpdateTemporaryAddresses(Time now, const wire::PrefixInformation& option);
  // Makes a temporary address of the prefix, unless there is one that lasts.
  void EnsureTemporaryAddress(Time now, const Ipv6Prefix& prefix, uint8_t retries, bool delayed);
  Duration CurrentRegenAdvance() const {
    return RegenAdvance(config_.dup_addr_detect_transmits, parameters_.retrans_timer);
  }

  // Addresses that are used before their detection is over (optimistic_addresses.cc).
  bool MayBeOptimistic(AddressOrigin origin) const;
  bool IsResolved(const Ipv6Address& neighbor) const;
  // Whether the packet's source is not to be told to the neighbour, who would have
  // to be resolved from it.
  bool MustNotResolve(const Ipv6Address& neighbor, const Packet& packet) const;
  void SendWithoutResolution(Time now, const Ipv6Address& neighbor, Packet packet);
  // The detection of `source` ended; `verified`: well.
  void ReleaseAwaiting(Time now, const Ipv6Address& source, bool verified);

  // Solicitations and advertisements of neighbours (neighbor_messages.cc).
  std::optional<DropReason> OnSolicitationForTentative(Time now, const wire::NdpContext& context,
                                                       const wire::NeighborSolicitation& message,
                                                       InterfaceAddress& address);
  void SendAdvertisement(Time now, const wire::NdpContext& context, const InterfaceAddress& target);
  void SendUnsolicited(Time now, const UnsolicitedAdvertisements::Advertisement& advertisement);
  Ipv6Address SolicitationSource(const Packet* prompting) const;

  // Addresses of others (anycast_and_proxy.cc).
  std::optional<Ipv6Address> SubnetRouterAnycast(const InterfaceAddress& address) const;
  void Serve(Time now, const Ipv6Address& address, ServedAddresses::Kind kind);
  void CeaseToServe(Time now, const Ipv6Address& address);
  std::optional<DropReason> OnSolicitationForServed(Time now, const wire::NdpContext& context,
                                                    const wire::NeighborSolicitation& message);
  void AdvanceServed(Time now);
  void SendAnswer(Time now, const ServedAddresses::Answer& answer);

  // Routers' advertisements (router_advertisements.cc). False: a limit was reached.
  void LearnParameters(Time now, const wire::RouterAdvertisement& message);
  bool LearnRouter(Time now, const Ipv6Address& router, const wire::RouterAdvertisement& message);
  bool MakeRoomForRouter(Time now);
  bool LearnRoute(Time now, const Ipv6Address& router, const wire::RouteInformation& option);
  bool LearnPrefix(Time now, const Ipv6Address& router, const wire::PrefixInformation& option);
  void SendRouterSolicitation(Time now);

  // Routers to send through (first_hop.cc).
  void AdvanceRouters(Time now);
  bool IsKnownRouter(const Ipv6Address& address) const;
  bool IsAwaited(const Ipv6Address& target) const;
  void Await(const Ipv6Address& target);
  // A neighbour says that it is no router.
  void ForgetRouter(Time now, const Ipv6Address& router);
  // To be called when a router left a list: nothing is kept of one that left all.
  void ForgetReachability(const Ipv6Address& router);
  RouterReachability ReachabilityOf(const Ipv6Address& router) const;
  // Calls `visit` with each way to the destination; the default routers alone
  // where it is nullopt.
  template <typename Visit>
  void ForEachRouter(const std::optional<Ipv6Address>& destination, const Visit& visit) const;

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
  void OnNeighborChange(Time now, const Neighbor& neighbor, NeighborState previous) override;
  void OnUnreachable(Time now, const Ipv6Address& neighbor) override;
  bool IsSpared(const Ipv6Address& neighbor) const override { return IsKnownRouter(neighbor); }

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
  MacAddress mac_;
  SipHashKey secret_key_;  // RFC 7217 §5, the node's own; of kOpaque.
  std::unique_ptr<TemporaryAddresses> temporary_addresses_;  // nullptr: none are made.
  std::unique_ptr<ServedAddresses> served_;                  // nullptr: none ever were.
  UnsolicitedAdvertisements advertisements_;
  std::vector<AwaitingDetection> awaiting_detection_;  // Oldest first.
  std::optional<Ipv6Address> forwarder_;  // Who was last to forward instead of a neighbour.
  LinkParameters parameters_;
  AddressList addresses_;
  NeighborCache neighbors_;
  DefaultRouterList default_routers_;
  RouteInformationList routes_;
  UnreachableRouters unreachable_routers_;
  // Targets of redirects that came without a link-layer address and so have no entry
  // yet, or one that does not say what the redirect said: that they are routers (§8.3).
  // Oldest first; beyond the limit the oldest goes.
  static constexpr size_t kMaxAwaitedTargets = 16;
  std::vector<Ipv6Address> awaited_targets_;
  std::optional<Ipv6Address> last_router_;  // What the latest selection chose.
  PrefixList prefixes_;
  PrefixAdvertisers prefix_advertisers_;
  // What resolvers were told of, so that changes can be: resolver.cc.
  void ReportResolver(Time now);
  std::vector<ResolverFact> resolver_;
  DnsConfiguration dns_;
  Pref64List pref64s_;
  std::optional<RouterSolicitation> solicitation_;
  bool started_ = false;
  bool disabled_ = false;
};

}  // namespace dualsim::ndp
