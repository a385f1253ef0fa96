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
    return DropReason::NS_NOT_OUR_TARGET;
  }
  if (address->dad != nullptr) {
    return OnSolicitationForTentative(now, context, message, *address);
  }
  const InterfaceAddress* source = addresses_.Find(context.source);
  if (source != nullptr && source->assigned()) {
    output_.OnLog(now, "address conflict: another node solicits from " + context.source.ToString());
    return DropReason::NS_FROM_OUR_ADDRESS;
  }
  if (context.source.is_unspecified()) {
    // RFC 4862 §5.4.3 leaves it to RFC 4861: the answer tells the other node.
    output_.OnLog(now,
                  "address " + message.target.ToString() + " is defended: another node probes it");
  } else if (message.options.source_link_layer_address) {
    // §7.2.3: what is known of the sender is taken up, without a word on
    // whether it is a router.
    neighbors_.OnLinkLayerAddress(now, context.source, *message.options.source_link_layer_address,
                                  std::nullopt);
  }
  SendAdvertisement(now, context, message);
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
                                          const wire::NeighborSolicitation& message) {
  // §7.2.4.
  wire::NeighborAdvertisement answer{.router = config_.is_router,
                                     .solicited = !context.source.is_unspecified(),
                                     .override_flag = true,
                                     .target = message.target,
                                     .options = {}};
  answer.options.target_link_layer_address = config_.mac;
  if (context.source.is_unspecified()) {
    output_.SendMessage(now, message.target, Ipv6Address::AllNodes(), std::nullopt, Build(answer));
  } else {
    output_.SendMessageToNeighbor(now, message.target, context.source, Build(answer));
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
      output_.OnLog(now, "address conflict: another node advertises " + message.target.ToString());
      return std::nullopt;
    }
  }
  parameters_.RefreshReachableTime(now, random_);
  const NeighborCache::AdvertisementResult result = neighbors_.OnAdvertisement(
      now, {.target = message.target,
            .target_link_layer_address = message.options.target_link_layer_address,
            .router = message.router,
            .solicited = message.solicited,
            .override_flag = message.override_flag});
  // §7.2.5 and §7.3.3. One of our lists may know it for a router even where its
  // entry did not: the entry is younger.
  if (result.router_flag_taken && !message.router &&
      (result.was_router || IsKnownRouter(message.target))) {
    ForgetRouter(now, message.target);
  }
  return result.dropped;
}

Ipv6Address NeighborDiscovery::SolicitationSource(const Packet* prompting) const {
  // §7.2.2: the source of the packet that waits where that is ours, since the
  // neighbour is about to answer there; otherwise the link-local address.
  if (prompting != nullptr && prompting->size() >= wire::Ipv6Header::kSize) {
    const InterfaceAddress* address =
        addresses_.Find(Ipv6Address::Load(prompting->bytes().data() + 8));
    if (address != nullptr && address->assigned()) return address->address;
  }
  const InterfaceAddress* link_local = addresses_.link_local();
  if (link_local != nullptr && link_local->assigned()) return link_local->address;
  for (const InterfaceAddress& address : addresses_.entries()) {
    if (address.assigned()) return address.address;
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
  message.options.source_link_layer_address = config_.mac;
  output_.SendMessage(now, source, unicast_to ? target : target.SolicitedNode(), unicast_to,
                      Build(message));
}

}  // namespace dualsim::ndp
