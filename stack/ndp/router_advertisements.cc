// What a host takes from router advertisements, RFC 4861 §6.3 and RFC 4862 §5.5,
// and how it asks for them.

#include <algorithm>

#include "stack/ndp/constants.h"
#include "stack/ndp/neighbor_discovery.h"
#include "stack/ndp/slaac.h"

namespace dualsim::ndp {
namespace {

// RFC 4862 §5.5.4 and RFC 4861 §4.6.2 count in seconds from when the message came.
Time Ends(Time now, Duration lifetime) { return now + lifetime; }

}  // namespace

std::optional<DropReason> NeighborDiscovery::OnRouterAdvertisement(
    Time now, const wire::NdpContext& context, const wire::RouterAdvertisement& message) {
  if (disabled_) return DropReason::INTERFACE_DOWN;
  if (config_.is_router || !config_.accept_router_advertisements) {
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
  LearnRouter(now, context.source, message);
  for (const wire::PrefixInformation& option : message.options.prefixes) {
    LearnPrefix(now, option);
    if (IsForAutoconfiguration(option)) Autoconfigure(now, option);
  }
  return std::nullopt;
}

void NeighborDiscovery::LearnParameters(Time, const wire::RouterAdvertisement& message) {
  // §6.3.4: 0 means that the router leaves it open.
  if (message.cur_hop_limit != 0) parameters_.cur_hop_limit = message.cur_hop_limit;
  if (message.reachable_time > Duration() &&
      message.reachable_time != parameters_.base_reachable_time) {
    parameters_.base_reachable_time = message.reachable_time;
    parameters_.DrawReachableTime(random_);
  }
  if (message.retrans_timer > Duration()) parameters_.retrans_timer = message.retrans_timer;
  if (message.options.mtu && *message.options.mtu >= kMinimumMtu &&
      *message.options.mtu <= config_.mtu) {
    parameters_.link_mtu = *message.options.mtu;
  }
}

void NeighborDiscovery::LearnRouter(Time now, const Ipv6Address& router,
                                    const wire::RouterAdvertisement& message) {
  const auto change =
      default_routers_.OnAdvertisement(now, router, message.router_lifetime, message.preference);
  switch (change) {
    case DefaultRouterList::Change::kNone:
      return;
    case DefaultRouterList::Change::kRefused:
      return output_.OnLog(
          now, "router " + router.ToString() + " is not taken up: the Default Router List is full");
    case DefaultRouterList::Change::kAdded:
    case DefaultRouterList::Change::kRefreshed:
      output_.OnDefaultRouterChange(now, router, true, Ends(now, message.router_lifetime));
      break;
    case DefaultRouterList::Change::kRemoved:
      output_.OnDefaultRouterChange(now, router, false, now);
      break;
  }
  output_.OnNextHopsChanged(now);
}

void NeighborDiscovery::LearnPrefix(Time now, const wire::PrefixInformation& option) {
  // §6.3.4: without the L flag the option says nothing about what is on link;
  // in particular it takes nothing back.
  if (!option.on_link || option.prefix.is_link_local() || option.prefix.is_multicast() ||
      option.prefix_length > 128) {
    return;
  }
  const Ipv6Prefix prefix(option.prefix, option.prefix_length);
  switch (prefixes_.OnAdvertisement(now, prefix, option.valid_lifetime)) {
    case PrefixList::Change::kNone:
      return;
    case PrefixList::Change::kRefused:
      return output_.OnLog(
          now, "prefix " + prefix.ToString() + " is not taken up: the Prefix List is full");
    case PrefixList::Change::kAdded:
      output_.OnPrefixChange(now, prefix, true, Ends(now, option.valid_lifetime));
      return output_.OnNextHopsChanged(now);
    case PrefixList::Change::kRefreshed:
      return output_.OnPrefixChange(now, prefix, true, Ends(now, option.valid_lifetime));
    case PrefixList::Change::kRemoved:
      output_.OnPrefixChange(now, prefix, false, now);
      return output_.OnNextHopsChanged(now);
  }
}

void NeighborDiscovery::Autoconfigure(Time now, const wire::PrefixInformation& option) {
  if (option.prefix_length > 128) return;
  const Ipv6Prefix prefix(option.prefix, option.prefix_length);
  InterfaceAddress* existing = addresses_.FindAutoconfigured(prefix);
  if (existing == nullptr) {
    if (!FormsAddress(option)) return;
    if (addresses_.CountAutoconfigured() >= AddressList::kMaxAutoconfigured) {
      return output_.OnLog(now, "prefix " + prefix.ToString() +
                                    " forms no address: the limit on addresses was reached");
    }
    return AddAddress(now, {.address = AddressFor(option, Eui64InterfaceIdentifier(config_.mac)),
                            .prefix_length = option.prefix_length,
                            .origin = AddressOrigin::kAutoconfigured,
                            .preferred_until = Ends(now, option.preferred_lifetime),
                            .valid_until = Ends(now, option.valid_lifetime)});
  }
  // RFC 4862 §5.5.3 e: the preferred lifetime is taken as it comes, the valid
  // one by the two-hour rule.
  existing->preferred_until = Ends(now, option.preferred_lifetime);
  const auto valid = UpdatedValidLifetime(option.valid_lifetime, existing->valid_until - now);
  if (valid) existing->valid_until = Ends(now, *valid);
  if (!existing->assigned()) return;
  Enter(now, *existing,
        option.preferred_lifetime > Duration() ? AddressState::kPreferred
                                               : AddressState::kDeprecated);
}

void NeighborDiscovery::OnRouterSolicitation(Time now, const wire::NdpContext& context,
                                             const wire::RouterSolicitation& message) {
  // §6.2.6: who solicits routers is none.
  if (context.source.is_unspecified() || disabled_) return;
  if (message.options.source_link_layer_address) {
    neighbors_.OnLinkLayerAddress(now, context.source, *message.options.source_link_layer_address,
                                  false);
  }
}

void NeighborDiscovery::AdvanceRouters(Time now) {
  while (const auto router = default_routers_.PopExpired(now)) {
    output_.OnDefaultRouterChange(now, *router, false, now);
  }
  while (const auto prefix = prefixes_.PopExpired(now)) {
    output_.OnPrefixChange(now, *prefix, false, now);
  }
  output_.OnNextHopsChanged(now);
}

void NeighborDiscovery::SendRouterSolicitation(Time now) {
  // RFC 4861 §4.1: from the link-local address once it is ours, before that from
  // :: and then without the source link-layer address. It need not wait for the
  // detection to end (RFC 4862 §4: both run in parallel).
  const InterfaceAddress* link_local = addresses_.link_local();
  wire::RouterSolicitation message;
  Ipv6Address source;
  if (link_local != nullptr && link_local->assigned()) {
    source = link_local->address;
    message.options.source_link_layer_address = config_.mac;
  }
  output_.SendMessage(now, source, Ipv6Address::AllRouters(), std::nullopt, Build(message));
}

}  // namespace dualsim::ndp
