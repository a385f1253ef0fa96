#include "stack/ndp/neighbor_discovery.h"

#include <algorithm>

#include "stack/ndp/constants.h"

namespace dualsim::ndp {

NeighborDiscovery::NeighborDiscovery(const NeighborDiscoveryConfig& config, PacketPool& packets,
                                     const RandomSource& random, NeighborDiscoveryOutput& output)
    : config_(config),
      packets_(packets),
      output_(output),
      random_(random.Stream("ndp" + std::to_string(static_cast<int>(config.interface)))),
      neighbors_(parameters_, *this) {}

void NeighborDiscovery::Start(Time now) {
  started_ = true;
  disabled_ = false;
  parameters_ = {.link_mtu = config_.mtu,
                 .cur_hop_limit = config_.cur_hop_limit,
                 .base_reachable_time = config_.base_reachable_time,
                 .retrans_timer = config_.retrans_timer};
  parameters_.DrawReachableTime(random_);
  output_.ListenToGroup(Ipv6Address::AllNodes());
  if (config_.is_router) {
    output_.ListenToGroup(Ipv6Address::AllRouters());
    output_.JoinGroup(now, Ipv6Address::AllRouters());
  }
  const Ipv6Address link_local = config_.link_local_address.value_or(
      Ipv6Address::FromIntegers(0xfe80ull << 48, Eui64InterfaceIdentifier(config_.mac)));
  AddAddress(now, {.address = link_local, .origin = AddressOrigin::kLinkLocal});
  for (const Ipv6Cidr& address : config_.addresses) AddStaticAddress(now, address);
  if (config_.gateway) {
    default_routers_.AddStatic(*config_.gateway);
    output_.OnDefaultRouterChange(now, *config_.gateway, true, Time::Never());
  }
  if (!config_.is_router && config_.accept_router_advertisements) {
    // The delay before the first solicitation is drawn there (RFC 4861 §6.3.7).
    solicitation_.emplace(now, RandomStream(random_(), "router solicitation", ""));
  }
}

void NeighborDiscovery::Stop(Time now) {
  if (!started_) return;
  started_ = false;
  solicitation_.reset();
  while (!addresses_.entries().empty()) {
    const Ipv6Address address = addresses_.entries().back().address;
    RemoveAddress(now, address);
  }
  neighbors_.Clear(now);
  // Taken off the lists first: who is told may look at them.
  const std::vector<DefaultRouterList::Entry> routers = default_routers_.entries();
  default_routers_.Clear();
  for (const DefaultRouterList::Entry& entry : routers) {
    output_.OnDefaultRouterChange(now, entry.address, false, now);
  }
  const std::vector<PrefixList::Entry> prefixes = prefixes_.entries();
  prefixes_.Clear();
  for (const PrefixList::Entry& entry : prefixes) {
    output_.OnPrefixChange(now, entry.prefix, false, now);
  }
  output_.StopListeningToGroup(Ipv6Address::AllNodes());
  if (config_.is_router) {
    output_.LeaveGroup(now, Ipv6Address::AllRouters());
    output_.StopListeningToGroup(Ipv6Address::AllRouters());
  }
  output_.OnNextHopsChanged(now);
}

Time NeighborDiscovery::deadline() const {
  Time next = std::min(addresses_.deadline(), neighbors_.deadline());
  next = std::min(next, std::min(default_routers_.deadline(), prefixes_.deadline()));
  if (solicitation_) next = std::min(next, solicitation_->deadline());
  return next;
}

void NeighborDiscovery::Advance(Time now) {
  if (addresses_.deadline() <= now) AdvanceAddresses(now);
  if (neighbors_.deadline() <= now) neighbors_.Advance(now);
  if (default_routers_.deadline() <= now || prefixes_.deadline() <= now) AdvanceRouters(now);
  if (solicitation_ && solicitation_->Advance(now) && !disabled_) SendRouterSolicitation(now);
}

std::optional<Ipv6Address> NeighborDiscovery::SelectDefaultRouter() {
  // §6.3.6: any state but INCOMPLETE counts as probably reachable.
  return default_routers_.Select([this](const Ipv6Address& router) {
    const Neighbor* neighbor = neighbors_.Find(router);
    return neighbor != nullptr && neighbor->state != NeighborState::kIncomplete
               ? DefaultRouterList::Reachability::kProbablyReachable
               : DefaultRouterList::Reachability::kUnknown;
  });
}

void NeighborDiscovery::OnNeighborChange(Time now, const Neighbor& neighbor) {
  output_.OnNeighborChange(now, neighbor);
  // §7.3.3: a neighbour that is gone may have been somebody's next hop, and
  // §6.3.6: one that can be reached again may be the better router.
  if (neighbor.state == NeighborState::kNone || neighbor.is_router) {
    output_.OnNextHopsChanged(now);
  }
}

}  // namespace dualsim::ndp
