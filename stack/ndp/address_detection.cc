// The addresses of an interface: adding, probing, ageing. RFC 4862 §5.4 and §5.5.4.

#include <algorithm>
#include <string>
#include <utility>

#include "stack/ndp/constants.h"
#include "stack/ndp/neighbor_discovery.h"

namespace dualsim::ndp {

void NeighborDiscovery::AddStaticAddress(Time now, const Ipv6Cidr& address) {
  AddStaticAddress(now, address, false);
}

void NeighborDiscovery::AddStaticAddress(Time now, const Ipv6Cidr& address, bool delayed) {
  if (!running() || addresses_.Find(address.address) != nullptr) return;
  if (address.prefix_length < 128) {
    const Ipv6Prefix prefix = address.prefix();
    if (prefixes_.AddStatic(prefix) != PrefixList::Change::kNone) {
      output_.OnPrefixChange(now, prefix, true, Time::Never());
      output_.OnNextHopsChanged(now);
    }
  }
  AddAddress(now, {.address = address.address,
                   .prefix_length = address.prefix_length,
                   .origin = AddressOrigin::kStatic,
                   .delayed = delayed});
}

void NeighborDiscovery::AddAddress(Time now, const NewAddress& address) {
  if (!running() || addresses_.Find(address.address) != nullptr) return;
  const bool optimistic = MayBeOptimistic(address.origin);
  InterfaceAddress& entry =
      addresses_.Add({.address = address.address,
                      .prefix_length = address.prefix_length,
                      .origin = address.origin,
                      .state = optimistic ? AddressState::kOptimistic : AddressState::kTentative,
                      .preferred_until = address.preferred_until,
                      .valid_until = address.valid_until,
                      .dad = nullptr,
                      .retries = address.retries,
                      .dad_counter = address.dad_counter,
                      .arrival = {.at = now},
                      .temporary = nullptr});
  if (address.temporary) {
    entry.temporary = std::make_unique<InterfaceAddress::Temporary>(InterfaceAddress::Temporary{
        *address.temporary, entry.preferred_until - CurrentRegenAdvance()});
  }
  // RFC 4862 §5.4.2: what others send to the group is heard while the start is
  // delayed; the group is joined, aloud, when the first probe leaves. An optimistic
  // address is not to be delayed (RFC 4429 §3.3).
  output_.ListenToGroup(entry.address.SolicitedNode());
  const Duration delay = address.delayed && !optimistic
                             ? random_.Between(Duration(), kMaxRtrSolicitationDelay)
                             : Duration();
  entry.dad = std::make_unique<DuplicateAddressDetection>(
      DadConfig{config_.dup_addr_detect_transmits, parameters_.retrans_timer}, now + delay);
  if (entry.dad->verdict() == DuplicateAddressDetection::Verdict::kUnique) {
    entry.state = AddressState::kTentative;
    output_.OnAddressChange(now, entry);
    return OnUnique(now, entry);
  }
  output_.OnAddressChange(now, entry);
  if (optimistic) AnnounceToRouters(now, entry);
}

bool NeighborDiscovery::RemoveAddress(Time now, const Ipv6Address& address) {
  InterfaceAddress* entry = addresses_.Find(address);
  if (entry == nullptr) return false;
  if (entry->origin == AddressOrigin::kStatic && entry->prefix_length < 128) {
    RemoveStaticPrefix(now, Ipv6Prefix(entry->address, entry->prefix_length));
  }
  if (entry->state != AddressState::kDuplicate) Release(now, *entry);
  Enter(now, *entry, AddressState::kRemoved);
  addresses_.Remove(address);
  return true;
}

void NeighborDiscovery::RemoveStaticPrefix(Time now, const Ipv6Prefix& prefix) {
  switch (prefixes_.RemoveStatic(prefix)) {
    case PrefixList::Change::kRemoved:
      output_.OnPrefixChange(now, prefix, false, now);
      return output_.OnNextHopsChanged(now);
    case PrefixList::Change::kRefreshed:  // Advertisements keep it.
      return output_.OnPrefixChange(now, prefix, true, prefixes_.Find(prefix)->until());
    default:
      return;
  }
}

void NeighborDiscovery::Release(Time now, InterfaceAddress& address) {
  const Ipv6Address group = address.address.SolicitedNode();
  // The group was joined aloud when the first probe left (or there was none to send).
  const bool joined = address.dad == nullptr || address.dad->probes_sent() > 0;
  if (joined) output_.LeaveGroup(now, group);
  if (address.verified()) {
    if (const auto anycast = SubnetRouterAnycast(address)) CeaseToServe(now, *anycast);
  }
  output_.StopListeningToGroup(group);
  advertisements_.Withdraw(address.address);
  ReleaseAwaiting(now, address.address, false);
}

void NeighborDiscovery::AdvanceAddresses(Time now) {
  // By index: a unique link-local address may start what adds others.
  std::vector<InterfaceAddress>& entries = addresses_.entries();
  for (size_t i = 0; i < entries.size();) {
    if (entries[i].deadline() > now || AdvanceAddress(now, entries[i])) ++i;
  }
}

bool NeighborDiscovery::AdvanceAddress(Time now, InterfaceAddress& address) {
  if (address.valid_until <= now) {
    RemoveAddress(now, address.address);
    return false;
  }
  if (address.state == AddressState::kPreferred && address.preferred_until <= now) {
    Enter(now, address, AddressState::kDeprecated);
  }
  if (address.dad != nullptr) AdvanceDetection(now, address);
  if (address.temporary != nullptr && address.temporary->regenerate_at <= now) {
    address.temporary->regenerate_at = Time::Never();
    EnsureTemporaryAddress(now, Ipv6Prefix(address.address, address.prefix_length), 0, false);
  }
  return !disabled_;
}

void NeighborDiscovery::AdvanceDetection(Time now, InterfaceAddress& address) {
  const NdpNonce nonce = NdpNonce::FromInteger(random_() >> 16);
  if (address.dad->Advance(now, nonce)) {
    if (address.dad->probes_sent() == 1) {
      output_.JoinGroup(now, address.address.SolicitedNode());
    }
    SendProbe(now, address, nonce);
  }
  if (address.dad->verdict() == DuplicateAddressDetection::Verdict::kUnique) {
    OnUnique(now, address);
  }
}

void NeighborDiscovery::OnUnique(Time now, InterfaceAddress& address) {
  if (address.dad->probes_sent() == 0) output_.JoinGroup(now, address.address.SolicitedNode());
  address.dad.reset();
  const bool was_announced = address.state == AddressState::kOptimistic;
  Enter(now, address, StateByLifetime(now, address));
  if (!was_announced) AnnounceToRouters(now, address);
  if (const auto anycast = SubnetRouterAnycast(address)) {
    Serve(now, *anycast, ServedAddresses::Kind::kAnycast);
  }
  ReleaseAwaiting(now, address.address, true);
}

void NeighborDiscovery::AnnounceToRouters(Time now, const InterfaceAddress& address) {
  if (!config_.gratuitous_neighbor_discovery || config_.is_router ||
      address.address.is_link_local()) {
    return;
  }
  advertisements_.Announce(now, address.address, UnsolicitedAdvertisements::Audience::kRouters);
}

void NeighborDiscovery::OnDuplicate(Time now, InterfaceAddress& address,
                                    std::string_view evidence) {
  const bool hardware_derived = address.origin == AddressOrigin::kLinkLocal &&
                                !config_.link_local_address &&
                                config_.interface_identifiers == InterfaceIdentifiers::kEui64;
  // Before the group is left: a disabled interface does not announce that.
  if (hardware_derived) disabled_ = true;
  Release(now, address);
  address.dad.reset();
  if (address.temporary != nullptr) address.temporary->regenerate_at = Time::Never();
  Enter(now, address, AddressState::kDuplicate);
  output_.OnLog(now,
                "duplicate address " + address.address.ToString() + ": " + std::string(evidence));
  if (hardware_derived) return Disable(now);
  FormAnother(now, address);
}

void NeighborDiscovery::Disable(Time now) {
  // RFC 4862 §5.4.5: two cards with one address on a link; IP on this one stops.
  output_.OnLog(now, "IPv6 is disabled on the interface: its hardware address is taken");
  std::vector<Ipv6Address> others;
  for (const InterfaceAddress& entry : addresses_.entries()) {
    if (entry.state != AddressState::kDuplicate) others.push_back(entry.address);
  }
  for (const Ipv6Address& address : others) RemoveAddress(now, address);
  Forget(now);
}

void NeighborDiscovery::Enter(Time now, InterfaceAddress& address, AddressState state) {
  address.state = state;
  output_.OnAddressChange(now, address);
}

void NeighborDiscovery::SendProbe(Time now, const InterfaceAddress& address, NdpNonce nonce) {
  // RFC 4862 §5.4.2: from ::, without a source link-layer address.
  wire::NeighborSolicitation probe{.target = address.address, .options = {}};
  probe.options.nonce = nonce;
  output_.SendMessage(now, Ipv6Address(), address.address.SolicitedNode(), std::nullopt,
                      Build(probe));
}

}  // namespace dualsim::ndp
