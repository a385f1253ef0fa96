// What a host takes from router advertisements, RFC 4861 §6.3, and how it asks for
// them. Addresses are autoconfiguration.cc's.

#include <algorithm>

#include "stack/ndp/constants.h"
#include "stack/ndp/neighbor_discovery.h"
#include "stack/ndp/slaac.h"

namespace dualsim::ndp {

std::optional<DropReason> NeighborDiscovery::OnRouterAdvertisement(
    Time now, const wire::NdpContext& context, const wire::RouterAdvertisement& message) {
  if (!running()) return DropReason::INTERFACE_DOWN;
  if (!config_.accept_router_advertisements) return DropReason::RA_NOT_ACCEPTED;
  const InterfaceAddress* source = addresses_.Find(context.source);
  if (source != nullptr && source->assigned()) {
    // The node would send to itself what it has for others.
    output_.OnConflict(
        now, "address conflict: another node advertises from " + context.source.ToString());
    return DropReason::RA_NOT_ACCEPTED;
  }
  if (solicitation_) solicitation_->OnRouterAdvertisement(message.router_lifetime);
  LearnParameters(now, message);
  if (message.options.source_link_layer_address) {
    neighbors_.OnLinkLayerAddress(now, context.source, *message.options.source_link_layer_address,
                                  true);
  } else {
    neighbors_.OnRouterFlag(now, context.source, true);
  }
  bool complete = LearnRouter(now, context.source, message);
  // RFC 4191 §3.1: hosts of type A and B know no routes but the default.
  const bool knows_routes = config_.host_type == HostType::kC;
  for (const wire::RouteInformation& option : message.options.routes) {
    if (knows_routes && !LearnRoute(now, context.source, option)) complete = false;
  }
  for (const wire::PrefixInformation& option : message.options.prefixes) {
    if (!LearnPrefix(now, context.source, option)) complete = false;
    if (!IsForAutoconfiguration(option)) continue;
    if (!Autoconfigure(now, option, context.destination.is_multicast())) complete = false;
  }
  dns_.OnAdvertisement(now, context.source, message);
  for (const wire::Pref64& option : message.options.pref64s) {
    if (!pref64s_.OnAdvertisement(now, option)) complete = false;
  }
  ReportResolver(now);
  if (!complete) return DropReason::RA_LIMIT;
  return std::nullopt;
}

void NeighborDiscovery::AdoptParameters(Time now, const wire::RouterAdvertisement& message) {
  // §6.3.4: 0 means that the router leaves it open.
  if (message.cur_hop_limit != 0) parameters_.cur_hop_limit = message.cur_hop_limit;
  if (message.reachable_time > Duration() &&
      message.reachable_time != parameters_.base_reachable_time) {
    parameters_.base_reachable_time = message.reachable_time;
    parameters_.DrawReachableTime(now, random_);
  }
  if (message.retrans_timer > Duration()) parameters_.retrans_timer = message.retrans_timer;
}

void NeighborDiscovery::LearnParameters(Time now, const wire::RouterAdvertisement& message) {
  AdoptParameters(now, message);
  if (message.options.mtu && *message.options.mtu >= kMinimumMtu &&
      *message.options.mtu <= config_.mtu) {
    parameters_.link_mtu = *message.options.mtu;
  }
}

bool NeighborDiscovery::LearnRouter(Time now, const Ipv6Address& router,
                                    const wire::RouterAdvertisement& message) {
  Duration lifetime = message.router_lifetime;
  wire::RouterPreference preference = message.preference;
  if (config_.host_type == HostType::kA) preference = wire::RouterPreference::kMedium;
  for (const wire::RouteInformation& option : message.options.routes) {
    if (config_.host_type != HostType::kC) break;
    // RFC 4191 §3.1: a route to ::/0 overrides what the header says.
    if (option.prefix.length() > 0) continue;
    lifetime = option.lifetime;
    preference = option.preference;
  }
  auto change = default_routers_.OnAdvertisement(now, router, lifetime, preference);
  const bool full = change == DefaultRouterList::Change::kRefused;
  if (full && MakeRoomForRouter(now)) {
    change = default_routers_.OnAdvertisement(now, router, lifetime, preference);
  }
  switch (change) {
    case DefaultRouterList::Change::kNone:
      return true;
    case DefaultRouterList::Change::kRefused:
      return false;
    case DefaultRouterList::Change::kRefreshed:
      // Next hops stay as they are, and with them what redirects said.
      output_.OnDefaultRouterChange(now, router, true, now + lifetime);
      return true;
    case DefaultRouterList::Change::kAdded:
    case DefaultRouterList::Change::kChanged:
      output_.OnDefaultRouterChange(now, router, true, now + lifetime);
      break;
    case DefaultRouterList::Change::kRemoved:
      ForgetReachability(router);
      output_.OnDefaultRouterChange(now, router, false, now);
      break;
  }
  output_.OnNextHopsChanged(now);
  return !full;
}

bool NeighborDiscovery::MakeRoomForRouter(Time now) {
  const DefaultRouterList::Entry* last = default_routers_.MakesRoom(now);
  if (last == nullptr) return false;
  const Ipv6Address router = last->address;
  // One that is in use stays, even where it is new itself.
  const Neighbor* neighbor = neighbors_.Find(router);
  if (neighbor != nullptr && neighbor->state == NeighborState::kReachable) return false;
  default_routers_.Remove(router);
  ForgetReachability(router);
  output_.OnDefaultRouterChange(now, router, false, now);
  return true;
}

bool NeighborDiscovery::LearnRoute(Time now, const Ipv6Address& router,
                                   const wire::RouteInformation& option) {
  // ::/0 was taken as the default route; what never leaves the link needs none.
  const Ipv6Address& prefix = option.prefix.address();
  if (option.prefix.length() == 0 || prefix.is_link_local() || prefix.is_multicast()) return true;
  auto change = routes_.OnAdvertisement(now, router, option);
  const bool full = change == RouteInformationList::Change::kRefused;
  if (full) {
    if (const auto last = routes_.MakeRoom(now)) {
      ForgetReachability(last->router);
      change = routes_.OnAdvertisement(now, router, option);
    }
  }
  switch (change) {
    case RouteInformationList::Change::kNone:
    case RouteInformationList::Change::kRefreshed:
      return true;
    case RouteInformationList::Change::kRefused:
      return false;
    case RouteInformationList::Change::kRemoved:
      ForgetReachability(router);
      break;
    case RouteInformationList::Change::kAdded:
    case RouteInformationList::Change::kChanged:
      break;
  }
  // RFC 4191 §3.3.
  output_.OnNextHopsChanged(now);
  return !full;
}

bool NeighborDiscovery::LearnPrefix(Time now, const Ipv6Address& router,
                                    const wire::PrefixInformation& option) {
  if (option.prefix.is_link_local() || option.prefix.is_multicast() || option.prefix_length > 128) {
    return true;
  }
  const Ipv6Prefix prefix(option.prefix, option.prefix_length);
  const bool noted =
      prefix_advertisers_.OnAdvertisement(now, router, prefix, option.valid_lifetime);
  // §6.3.4: without the L flag the option says nothing about what is on link;
  // in particular it takes nothing back.
  if (!option.on_link) return noted;
  auto change = prefixes_.OnAdvertisement(now, prefix, option.valid_lifetime);
  const bool full = change == PrefixList::Change::kRefused;
  if (full) {
    if (const auto last = prefixes_.MakeRoom(now)) {
      output_.OnPrefixChange(now, *last, false, now);
      change = prefixes_.OnAdvertisement(now, prefix, option.valid_lifetime);
    }
  }
  switch (change) {
    case PrefixList::Change::kNone:
      return noted;
    case PrefixList::Change::kRefused:
      return false;
    case PrefixList::Change::kRefreshed:
      output_.OnPrefixChange(now, prefix, true, now + option.valid_lifetime);
      return noted;
    case PrefixList::Change::kAdded:
      output_.OnPrefixChange(now, prefix, true, now + option.valid_lifetime);
      break;
    case PrefixList::Change::kRemoved:
      output_.OnPrefixChange(now, prefix, false, now);
      break;
  }
  output_.OnNextHopsChanged(now);
  return noted && !full;
}

void NeighborDiscovery::OnRouterSolicitation(Time now, const wire::NdpContext& context,
                                             const wire::RouterSolicitation& message) {
  // §6.2.6: who solicits routers is none, with or without a link-layer address.
  if (context.source.is_unspecified() || !running()) return;
  if (message.options.source_link_layer_address) {
    neighbors_.OnLinkLayerAddress(now, context.source, *message.options.source_link_layer_address,
                                  false);
  } else {
    neighbors_.OnRouterFlag(now, context.source, false);
  }
}

void NeighborDiscovery::SendRouterSolicitation(Time now) {
  // RFC 4861 §4.1: from the link-local address once it is ours, before that from
  // :: and then without the source link-layer address. It need not wait for the
  // detection to end (RFC 4862 §4: both run in parallel). RFC 4429 §3.2: an
  // optimistic address is not told with the option either.
  const InterfaceAddress* link_local = addresses_.link_local();
  wire::RouterSolicitation message;
  Ipv6Address source;
  if (link_local != nullptr && link_local->verified()) {
    source = link_local->address;
    message.options.source_link_layer_address = mac_;
  }
  output_.SendMessage(now, source, Ipv6Address::AllRouters(), std::nullopt, Build(message));
}

}  // namespace dualsim::ndp
