#include "stack/ndp/neighbor_discovery.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "stack/ndp/constants.h"

namespace dualsim::ndp {
namespace {

// What a router is known by, RFC 4291 §2.8: on the link, and in the site. (That of the
// node itself comes in from no link.)
constexpr std::array kRouterGroups = {Ipv6Address::AllRouters(),
                                      Ipv6Address::FromIntegers(0xff05ull << 48, 2)};

// A node's interfaces share the key, RFC 7217 §5.
SipHashKey DrawSecretKey(const RandomSource& random) {
  RandomStream stream = random.Stream("secret_key");
  const uint64_t k0 = stream();
  return {k0, stream()};
}

std::string StreamName(const char* purpose, InterfaceId interface) {
  return purpose + std::to_string(static_cast<int>(interface));
}

}  // namespace

NeighborDiscovery::NeighborDiscovery(const NeighborDiscoveryConfig& config, PacketPool& packets,
                                     const RandomSource& random, NeighborDiscoveryOutput& output)
    : config_(config),
      packets_(packets),
      output_(output),
      random_(random.Stream(StreamName("ndp", config.interface))),
      mac_(config.mac),
      secret_key_(config.interface_identifiers == InterfaceIdentifiers::kOpaque
                      ? DrawSecretKey(random)
                      : SipHashKey()),
      temporary_addresses_(config.temporary_addresses
                               ? std::make_unique<TemporaryAddresses>(
                                     *config.temporary_addresses,
                                     random.Stream(StreamName("temporary", config.interface)))
                               : nullptr),
      neighbors_(parameters_, *this) {}

void NeighborDiscovery::Start(Time now) {
  Stop(now);
  started_ = true;
  disabled_ = false;
  parameters_ = {.link_mtu = config_.mtu,
                 .cur_hop_limit = config_.cur_hop_limit,
                 .base_reachable_time = config_.base_reachable_time,
                 .retrans_timer = config_.retrans_timer};
  parameters_.DrawReachableTime(now, random_);
  output_.ListenToGroup(Ipv6Address::AllNodes());
  if (config_.is_router) {
    for (const Ipv6Address& group : kRouterGroups) {
      output_.ListenToGroup(group);
      output_.JoinGroup(now, group);
    }
  }
  FormLinkLocalAddress(now);
  for (const Ipv6Cidr& address : config_.addresses) AddStaticAddress(now, address, true);
  if (config_.gateway) {
    default_routers_.AddStatic(*config_.gateway);
    output_.OnDefaultRouterChange(now, *config_.gateway, true, Time::Never());
    output_.OnNextHopsChanged(now);
  }
  for (const Ipv6Address& address : config_.proxied_addresses) {
    Serve(now, address, ServedAddresses::Kind::kProxied);
  }
  if (config_.accept_router_advertisements) {
    // The delay before the first solicitation is drawn there (RFC 4861 §6.3.7).
    solicitation_.emplace(now, RandomStream(random_(), "router solicitation", ""));
  }
}

void NeighborDiscovery::Stop(Time now) {
  if (!started_) return;
  started_ = false;
  while (!addresses_.entries().empty()) {
    const Ipv6Address address = addresses_.entries().back().address;
    RemoveAddress(now, address);
  }
  for (const Ipv6Address& address : config_.proxied_addresses) CeaseToServe(now, address);
  Forget(now);
  output_.StopListeningToGroup(Ipv6Address::AllNodes());
  if (config_.is_router) {
    for (const Ipv6Address& group : kRouterGroups) {
      output_.LeaveGroup(now, group);
      output_.StopListeningToGroup(group);
    }
  }
}

void NeighborDiscovery::Forget(Time now) {
  solicitation_.reset();
  if (temporary_addresses_ != nullptr) temporary_addresses_->Clear();
  advertisements_.Clear();
  // The lists are empty before anybody hears of it: who hears may look.
  const DefaultRouterList routers = std::exchange(default_routers_, {});
  const PrefixList prefixes = std::exchange(prefixes_, {});
  routes_.Clear();
  unreachable_routers_.Clear();
  awaited_targets_.clear();
  last_router_.reset();
  forwarder_.reset();
  prefix_advertisers_.Clear();
  dns_.Clear();
  pref64s_.Clear();
  ReportResolver(now);
  for (const DefaultRouterList::Entry& entry : routers.entries()) {
    output_.OnDefaultRouterChange(now, entry.address, false, now);
  }
  for (const PrefixList::Entry& entry : prefixes.entries()) {
    output_.OnPrefixChange(now, entry.prefix, false, now);
  }
  neighbors_.Clear(now);
  output_.OnNextHopsChanged(now);
}

Time NeighborDiscovery::deadline() const {
  Time next = std::min(addresses_.deadline(), neighbors_.deadline());
  next = std::min({next, default_routers_.deadline(), routes_.deadline(), prefixes_.deadline(),
                   unreachable_routers_.deadline(), dns_.deadline(), pref64s_.deadline()});
  next = std::min(next, advertisements_.deadline());
  if (served_ != nullptr) next = std::min(next, served_->deadline());
  if (solicitation_) next = std::min(next, solicitation_->deadline());
  return next;
}

void NeighborDiscovery::Advance(Time now) {
  if (addresses_.deadline() <= now) AdvanceAddresses(now);
  AdvanceRouters(now);
  if (neighbors_.deadline() <= now) neighbors_.Advance(now);
  AdvanceAdvertisements(now);
  AdvanceServed(now);
  if (std::min(dns_.deadline(), pref64s_.deadline()) <= now) {
    dns_.Advance(now);
    pref64s_.Advance(now);
    ReportResolver(now);
  }
  if (solicitation_ && solicitation_->Advance(now)) SendRouterSolicitation(now);
}

void NeighborDiscovery::SendToNeighbor(Time now, const Ipv6Address& neighbor, Packet packet) {
  if (!running()) {
    return output_.OnUndeliverable(now, DropReason::INTERFACE_DOWN, std::move(packet));
  }
  if (MustNotResolve(neighbor, packet)) {
    return SendWithoutResolution(now, neighbor, std::move(packet));
  }
  neighbors_.Send(now, neighbor, std::move(packet));
}

}  // namespace dualsim::ndp
