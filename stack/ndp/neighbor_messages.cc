// Neighbor Solicitations and Advertisements, RFC 4861 §7.2 and RFC 4862 §5.4.3 and §5.4.4.

#include <string>

#include "stack/ndp/neighbor_discovery.h"
#include "stack/wire/ipv6.h"

namespace dualsim::ndp {

std::optional<DropReason> NeighborDiscovery::OnNeighborSolicitation(
    Time now, const wire::NdpContext& context, const wire::NeighborSolicitation& message) {
  if (!running()) return DropReason::INTERFACE_DOWN;
  InterfaceAddress* address = addresses_.Find(message.target);
  if (address == nullptr || address->state == AddressState::kDuplicate) {
    return OnSolicitationForServed(now, context, message);
  }
  const bool optimistic = address->state == AddressState::kOptimistic;
  if (address->dad != nullptr && !(optimistic && !context.source.is_unspecified())) {
    return OnSolicitationForTentative(now, context, message, *address);
  }
  const InterfaceAddress* source = addresses_.Find(context.source);
  if (source != nullptr && source->assigned()) {
    output_.OnConflict(now,
                       "address conflict: another node solicits from " + context.source.ToString());
    return DropReason::NS_FROM_OUR_ADDRESS;
  }
  if (context.source.is_unspecified()) {
    // RFC 4862 §5.4.3 leaves it to RFC 4861: the answer tells the other node.
    output_.OnConflict(
        now, "address " + message.target.ToString() + " is defended: another node probes it");
  } else if (message.options.source_link_layer_address) {
    // §7.2.3: what is known of the sender is taken up, without a word on
    // whether it is a router.
    neighbors_.OnLinkLayerAddress(now, context.source, *message.options.source_link_layer_address,
                                  std::nullopt);
  }
  // Nothing before this changes the list of addresses.
  SendAdvertisement(now, context, *address);
  return std::nullopt;
}

std::optional<DropReason> NeighborDiscovery::OnSolicitationForTentative(
    Time now, const wire::NdpContext& context, const wire::NeighborSolicitation& message,
    InterfaceAddress& address) {
  // RFC 4862 §5.4.3: from a unicast address it is somebody who resolves the
  // address; the address is not ours yet, so that nobody answers.
  if (!context.source.is_unspecified()) return DropReason::NS_TENTATIVE_TARGET;
  if (!address.dad->OnSolicitation(message.options.nonce)) return DropReason::NS_LOOPED_BACK;
  OnDuplicate(now, address, "another node probes it too");
  return std::nullopt;
}

void NeighborDiscovery::SendAdvertisement(Time now, const wire::NdpContext& context,
                                          const InterfaceAddress& target) {
  // §7.2.4. RFC 4429 §3.3: without Override for an optimistic address, which may be
  // another's.
  const bool optimistic = target.state == AddressState::kOptimistic;
  wire::NeighborAdvertisement answer{.router = config_.is_router,
                                     .solicited = !context.source.is_unspecified(),
                                     .override_flag = !optimistic,
                                     .target = target.address,
                                     .options = {}};
  answer.options.target_link_layer_address = mac_;
  // The neighbour may have to be resolved, from an address that may do that.
  const Ipv6Address verified = optimistic ? SolicitationSource(nullptr) : target.address;
  const Ipv6Address source = verified.is_unspecified() ? target.address : verified;
  if (context.source.is_unspecified()) {
    output_.SendMessage(now, source, Ipv6Address::AllNodes(), std::nullopt, Build(answer));
  } else {
    output_.SendMessageToNeighbor(now, source, context.source, Build(answer));
  }
}

void NeighborDiscovery::SendUnsolicited(
    Time now, const UnsolicitedAdvertisements::Advertisement& advertisement) {
  const InterfaceAddress* address = addresses_.Find(advertisement.target);
  if (address == nullptr || !address->assigned()) return;
  const bool to_routers = advertisement.audience == UnsolicitedAdvertisements::Audience::kRouters;
  wire::NeighborAdvertisement message{.router = config_.is_router,
                                      .override_flag = !to_routers && address->verified(),
                                      .target = advertisement.target,
                                      .options = {}};
  message.options.target_link_layer_address = mac_;
  output_.SendMessage(now, advertisement.target,
                      to_routers ? Ipv6Address::AllRouters() : Ipv6Address::AllNodes(),
                      std::nullopt, Build(message));
}

void NeighborDiscovery::AdvanceAdvertisements(Time now) {
  while (const auto due = advertisements_.Next(now, parameters_.retrans_timer)) {
    SendUnsolicited(now, *due);
  }
}

void NeighborDiscovery::SetLinkLayerAddress(Time now, MacAddress mac) {
  mac_ = mac;
  if (!running()) return;
  Time start = now;
  for (const InterfaceAddress& address : addresses_.entries()) {
    if (!address.assigned()) continue;
    advertisements_.Announce(start, address.address,
                             UnsolicitedAdvertisements::Audience::kNeighbors);
    start = start + UnsolicitedAdvertisements::kSeparation;
  }
}

std::optional<DropReason> NeighborDiscovery::OnNeighborAdvertisement(
    Time now, const wire::NdpContext&, const wire::NeighborAdvertisement& message) {
  if (!running()) return DropReason::INTERFACE_DOWN;
  if (InterfaceAddress* address = addresses_.Find(message.target)) {
    if (address->dad != nullptr) {
      address->dad->OnAdvertisement();
      OnDuplicate(now, *address, "another node advertises it");
      return std::nullopt;
    }
    if (address->assigned()) {
      // RFC 4862 §5.4.4: after the detection it is no reason to give up, but
      // one for somebody to look.
      output_.OnConflict(now,
                         "address conflict: another node advertises " + message.target.ToString());
      return std::nullopt;
    }
  }
  parameters_.RefreshReachableTime(now, random_);
  if (config_.is_router && config_.gratuitous_neighbor_discovery &&
      message.options.target_link_layer_address && neighbors_.Find(message.target) == nullptr) {
    // RFC 9131 §6.1.1: a router makes an entry, in STALE whatever the flags say.
    neighbors_.OnLinkLayerAddress(now, message.target, *message.options.target_link_layer_address,
                                  message.router);
    return std::nullopt;
  }
  const NeighborCache::AdvertisementResult result = neighbors_.OnAdvertisement(
      now, {.target = message.target,
            .target_link_layer_address = message.options.target_link_layer_address,
            .router = message.router,
            .solicited = message.solicited,
            .override_flag = message.override_flag});
  // §7.2.5 and §7.3.3. One of our lists may know it for a router even where its
  // entry did not: the entry is younger.
  if (result.router_flag_taken) {
    const bool awaited = std::erase(awaited_targets_, message.target) > 0;
    if (!message.router && (awaited || result.was_router || IsKnownRouter(message.target))) {
      ForgetRouter(now, message.target);
    }
  }
  return result.dropped;
}

Ipv6Address NeighborDiscovery::SolicitationSource(const Packet* prompting) const {
  // §7.2.2: the source of the packet that waits where that is ours, since the
  // neighbour is about to answer there; otherwise the link-local address. None
  // that is optimistic (RFC 4429 §3.2).
  if (prompting != nullptr && prompting->size() >= wire::Ipv6Header::kSize) {
    const InterfaceAddress* address =
        addresses_.Find(Ipv6Address::Load(prompting->bytes().data() + 8));
    if (address != nullptr && address->verified()) return address->address;
  }
  const InterfaceAddress* link_local = addresses_.link_local();
  if (link_local != nullptr && link_local->verified()) return link_local->address;
  for (const InterfaceAddress& address : addresses_.entries()) {
    if (address.verified()) return address.address;
  }
  return {};
}

void NeighborDiscovery::SendNeighborSolicitation(Time now, const Ipv6Address& target,
                                                 std::optional<MacAddress> unicast_to,
                                                 const Packet* prompting) {
  const Ipv6Address source = SolicitationSource(prompting);
  // From :: it would say "I want this address" (RFC 4862 §5.4.3).
  if (source.is_unspecified()) return;
  wire::NeighborSolicitation message{.target = target, .options = {}};
  message.options.source_link_layer_address = mac_;
  output_.SendMessage(now, source, unicast_to ? target : target.SolicitedNode(), unicast_to,
                      Build(message));
}

}  // namespace dualsim::ndp
