// Which router a packet takes: RFC 4861 §6.3.6 and §8, RFC 4191 §3.

#include <algorithm>

#include "stack/ndp/neighbor_discovery.h"
#include "stack/ndp/redirect.h"

namespace dualsim::ndp {
namespace {

// A router of the configuration goes before those that advertise themselves.
int PreferenceOf(const DefaultRouterList::Entry& entry) {
  constexpr int kStatic = static_cast<int>(wire::RouterPreference::kHigh) + 1;
  return entry.is_static ? kStatic : static_cast<int>(entry.preference);
}

}  // namespace

RouterReachability NeighborDiscovery::ReachabilityOf(const Ipv6Address& router) const {
  if (unreachable_routers_.Contains(router)) return RouterReachability::kUnreachable;
  const Neighbor* neighbor = neighbors_.Find(router);
  return neighbor == nullptr || neighbor->state == NeighborState::kIncomplete
             ? RouterReachability::kUnknown
             : RouterReachability::kProbablyReachable;
}

template <typename Visit>
void NeighborDiscovery::ForEachRouter(const std::optional<Ipv6Address>& destination,
                                      const Visit& visit) const {
  for (const DefaultRouterList::Entry& entry : default_routers_.entries()) {
    visit(RouterCandidate{entry.address, 0, PreferenceOf(entry), ReachabilityOf(entry.address)});
  }
  if (!destination) return;
  for (const RouteInformationList::Entry& entry : routes_.entries()) {
    if (!entry.prefix.Contains(*destination)) continue;
    visit(RouterCandidate{entry.router, entry.prefix.length(), static_cast<int>(entry.preference),
                          ReachabilityOf(entry.router)});
  }
}

std::optional<RouterCandidate> NeighborDiscovery::SelectRouter(Time now,
                                                               const Ipv6Address& destination) {
  RouterSelection selection(last_router_);
  ForEachRouter(destination, [&](const RouterCandidate& candidate) { selection.Offer(candidate); });
  const std::optional<RouterCandidate> best = selection.best();
  if (!best) return std::nullopt;
  last_router_ = best->router;
  ForEachRouter(destination, [&](const RouterCandidate& candidate) {
    if (selection.WasPassedOver(candidate)) OnPassedOver(now, candidate.router);
  });
  return best;
}

void NeighborDiscovery::OnPassedOver(Time now, const Ipv6Address& router) {
  if (unreachable_routers_.OnPassedOver(now, router)) neighbors_.Probe(now, router);
}

Ipv6Address NeighborDiscovery::SelectRouterForSource(Time now, const Ipv6Address& destination,
                                                     const Ipv6Address& source,
                                                     const Ipv6Address& chosen) const {
  if (!prefix_advertisers_.HasSeveralRouters() || Advertises(now, chosen, source)) return chosen;
  const std::optional<RouterCandidate> best =
      FindRouterForSource(now, destination, source, LengthOfRoute(destination, chosen));
  return best ? best->router : chosen;
}

std::optional<RouterCandidate> NeighborDiscovery::FindRouterForSource(
    Time now, const Ipv6Address& destination, const Ipv6Address& source, int longest) const {
  RouterSelection selection(std::nullopt);
  ForEachRouter(destination, [&](const RouterCandidate& candidate) {
    // A more specific route is not given up for this (RFC 4191 §3.2).
    if (candidate.prefix_length < longest) return;
    if (candidate.reachability == RouterReachability::kUnreachable) return;
    if (Advertises(now, candidate.router, source)) selection.Offer(candidate);
  });
  return selection.best();
}

int NeighborDiscovery::LengthOfRoute(const Ipv6Address& destination,
                                     const Ipv6Address& router) const {
  int longest = 0;
  ForEachRouter(destination, [&](const RouterCandidate& candidate) {
    if (candidate.router == router) longest = std::max(longest, candidate.prefix_length);
  });
  return longest;
}

std::optional<Ipv6Address> NeighborDiscovery::SelectDefaultRouter() {
  RouterSelection selection(last_router_);
  ForEachRouter(std::nullopt,
                [&](const RouterCandidate& candidate) { selection.Offer(candidate); });
  const std::optional<RouterCandidate> best = selection.best();
  if (!best) return std::nullopt;
  return last_router_ = best->router;
}

bool NeighborDiscovery::IsKnownRouter(const Ipv6Address& address) const {
  return default_routers_.Find(address) != nullptr || routes_.HasRouter(address);
}

void NeighborDiscovery::ForgetReachability(const Ipv6Address& router) {
  if (!IsKnownRouter(router)) unreachable_routers_.Remove(router);
}

void NeighborDiscovery::ForgetRouter(Time now, const Ipv6Address& router) {
  if (default_routers_.Remove(router)) output_.OnDefaultRouterChange(now, router, false, now);
  routes_.RemoveRouter(router);
  dns_.RemoveRouter(router);
  ReportResolver(now);
  prefix_advertisers_.RemoveRouter(router);
  ForgetReachability(router);
  // §7.3.3: it may also be the next hop that a redirect gave.
  output_.OnNextHopsChanged(now);
}

void NeighborDiscovery::AdvanceRouters(Time now) {
  bool changed = false;
  while (const auto router = default_routers_.PopExpired(now)) {
    changed = true;
    ForgetReachability(*router);
    output_.OnDefaultRouterChange(now, *router, false, now);
  }
  while (const auto route = routes_.PopExpired(now)) {
    changed = true;
    ForgetReachability(route->router);
  }
  while (const auto prefix = prefixes_.PopExpired(now)) {
    changed = true;
    output_.OnPrefixChange(now, *prefix, false, now);
  }
  if (unreachable_routers_.Advance(now)) changed = true;
  if (changed) output_.OnNextHopsChanged(now);
}

void NeighborDiscovery::OnNeighborChange(Time now, const Neighbor& neighbor,
                                         NeighborState previous) {
  output_.OnNeighborChange(now, neighbor);
  const auto unresolved = [](NeighborState state) {
    return state == NeighborState::kNone || state == NeighborState::kIncomplete;
  };
  if (unresolved(neighbor.state) == unresolved(previous)) return;
  // §6.3.6: what can probably be reached may be the better router.
  if (!IsKnownRouter(neighbor.address)) return;
  if (!unresolved(neighbor.state)) unreachable_routers_.Remove(neighbor.address);
  output_.OnNextHopsChanged(now);
}

void NeighborDiscovery::OnUnreachable(Time now, const Ipv6Address& neighbor) {
  std::erase(awaited_targets_, neighbor);
  if (IsKnownRouter(neighbor)) unreachable_routers_.Add(now, neighbor);
  // §7.3.3: next hops are determined anew, but for those that can only be this
  // neighbour again: an on-link destination's.
  if (neighbor.is_link_local() || !IsOnLink(neighbor)) output_.OnNextHopsChanged(now);
}

Parsed<Ipv6Address> NeighborDiscovery::OnRedirect(
    Time now, const wire::NdpContext& context, const wire::Redirect& message,
    const std::optional<Ipv6Address>& current_first_hop) {
  if (!running()) return DropReason::INTERFACE_DOWN;
  if (config_.is_router) return DropReason::REDIRECT_NOT_ACCEPTED;
  // An on-link destination may have been sent to through a router, for want of
  // its link-layer address: RFC 4429 §3.2 hopes for this redirect.
  const bool forwarded = message.target == message.destination && context.source == forwarder_;
  if (const auto reason =
          CheckRedirect(context, message, forwarded ? forwarder_ : current_first_hop)) {
    return *reason;
  }
  if (addresses_.Find(message.target) != nullptr) return DropReason::REDIRECT_BAD_TARGET;
  const std::optional<bool> is_router = IsRouterByRedirect(message);
  if (message.options.target_link_layer_address) {
    neighbors_.OnLinkLayerAddress(now, message.target, *message.options.target_link_layer_address,
                                  is_router);
  } else {
    if (is_router) neighbors_.OnRouterFlag(now, message.target, *is_router);
    if (neighbors_.Find(message.target) == nullptr) Await(message.target);
  }
  return message.target;
}

bool NeighborDiscovery::IsAwaited(const Ipv6Address& target) const {
  return std::find(awaited_targets_.begin(), awaited_targets_.end(), target) !=
         awaited_targets_.end();
}

void NeighborDiscovery::Await(const Ipv6Address& target) {
  if (IsAwaited(target)) return;
  if (awaited_targets_.size() == kMaxAwaitedTargets)
    awaited_targets_.erase(awaited_targets_.begin());
  awaited_targets_.push_back(target);
}

bool NeighborDiscovery::IsRedirectLive(const Ipv6Address& destination,
                                       const Ipv6Address& next_hop) const {
  if (IsAwaited(next_hop)) return true;
  const Neighbor* neighbor = neighbors_.Find(next_hop);
  return neighbor != nullptr && (next_hop == destination || neighbor->is_router);
}

}  // namespace dualsim::ndp
