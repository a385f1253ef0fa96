// Optimistic duplicate address detection, RFC 4429: addresses that are used, with
// care, before it is known that nobody else has them. The rules for what is said
// from them are where it is said: neighbor_messages.cc, router_advertisements.cc.

#include <algorithm>
#include <utility>

#include "stack/ndp/neighbor_discovery.h"
#include "stack/wire/ipv6.h"

namespace dualsim::ndp {
namespace {

Ipv6Address SourceOf(const Packet& packet) {
  if (packet.size() < wire::Ipv6Header::kSize) return {};
  return Ipv6Address::Load(packet.bytes().data() + 8);
}

}  // namespace

bool NeighborDiscovery::MayBeOptimistic(AddressOrigin origin) const {
  if (!config_.optimistic_dad || config_.is_router) return false;
  // §3.1: not one that somebody typed.
  const bool configured = origin == AddressOrigin::kStatic ||
                          (origin == AddressOrigin::kLinkLocal && config_.link_local_address);
  if (configured) return false;
  // §3.3: only where a router's link-layer address is known, for what goes to others
  // may have to go through it.
  const auto& routers = default_routers_.entries();
  return std::any_of(routers.begin(), routers.end(),
                     [&](const auto& router) { return IsResolved(router.address); });
}

bool NeighborDiscovery::IsResolved(const Ipv6Address& neighbor) const {
  const Neighbor* entry = neighbors_.Find(neighbor);
  return entry != nullptr && entry->state != NeighborState::kIncomplete;
}

bool NeighborDiscovery::MustNotResolve(const Ipv6Address& neighbor, const Packet& packet) const {
  if (!config_.optimistic_dad || IsResolved(neighbor)) return false;
  const InterfaceAddress* source = addresses_.Find(SourceOf(packet));
  return source != nullptr && source->state == AddressState::kOptimistic;
}

void NeighborDiscovery::SendWithoutResolution(Time now, const Ipv6Address& neighbor,
                                              Packet packet) {
  // §3.2: through a router, in the hope that it redirects; else when the detection
  // is over. A router forwards nothing of the link's own.
  const Ipv6Address source = SourceOf(packet);
  const std::optional<Ipv6Address> router =
      source.is_link_local() || neighbor.is_link_local() ? std::nullopt : SelectDefaultRouter();
  if (router && IsResolved(*router)) {
    forwarder_ = router;
    return neighbors_.Send(now, *router, std::move(packet));
  }
  if (awaiting_detection_.size() == kMaxAwaitingDetection) {
    AwaitingDetection oldest = std::move(awaiting_detection_.front());
    awaiting_detection_.erase(awaiting_detection_.begin());
    output_.OnUndeliverable(now, DropReason::NEIGHBOR_QUEUE_FULL, std::move(oldest.packet));
  }
  awaiting_detection_.push_back({source, neighbor, std::move(packet)});
}

void NeighborDiscovery::ReleaseAwaiting(Time now, const Ipv6Address& source, bool verified) {
  if (awaiting_detection_.empty()) return;
  // Taken out first: what is sent, or let go, may come back here.
  for (AwaitingDetection& waiting : std::exchange(awaiting_detection_, {})) {
    if (waiting.source != source) {
      awaiting_detection_.push_back(std::move(waiting));
    } else if (verified) {
      SendToNeighbor(now, waiting.neighbor, std::move(waiting.packet));
    } else {
      output_.OnUndeliverable(now, DropReason::NO_SOURCE_ADDRESS, std::move(waiting.packet));
    }
  }
}

}  // namespace dualsim::ndp
