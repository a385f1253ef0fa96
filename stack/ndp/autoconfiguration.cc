// The addresses that an interface forms itself: RFC 4862 §5.3 and §5.5.3, with the
// interface identifiers of RFC 4291 or RFC 7217; temporary ones, RFC 8981.

#include <algorithm>
#include <vector>

#include "stack/ndp/neighbor_discovery.h"
#include "stack/ndp/slaac.h"

namespace dualsim::ndp {
namespace {

Ipv6Prefix LinkLocalPrefix() {
  return Ipv6Prefix(Ipv6Address::FromIntegers(0xfe80ull << 48, 0),
                    128 - kInterfaceIdentifierLength);
}

Ipv6Prefix PrefixOf(const InterfaceAddress& address) {
  return Ipv6Prefix(address.address, address.prefix_length);
}

}  // namespace

NeighborDiscovery::NewAddress NeighborDiscovery::FormAddress(const Ipv6Prefix& prefix,
                                                             AddressOrigin origin, uint8_t retries,
                                                             uint32_t dad_counter) const {
  OpaqueInterfaceIdentifier identifier{Eui64InterfaceIdentifier(mac_), dad_counter};
  if (config_.interface_identifiers == InterfaceIdentifiers::kOpaque) {
    identifier = MakeOpaqueInterfaceIdentifier(secret_key_, {.prefix = prefix,
                                                             .net_iface = config_.interface,
                                                             .network_id = config_.network_id,
                                                             .dad_counter = dad_counter});
  }
  return {.address = Ipv6Address::FromIntegers(prefix.address().high(), identifier.value),
          .prefix_length = prefix.length(),
          .origin = origin,
          .retries = retries,
          .dad_counter = identifier.dad_counter};
}

void NeighborDiscovery::FormLinkLocalAddress(Time now) {
  NewAddress address = FormAddress(LinkLocalPrefix(), AddressOrigin::kLinkLocal, 0, 0);
  if (config_.link_local_address) address.address = *config_.link_local_address;
  address.delayed = true;
  AddAddress(now, address);
}

bool NeighborDiscovery::Autoconfigure(Time now, const wire::PrefixInformation& option,
                                      bool delayed) {
  if (option.prefix_length > 128) return true;
  const Ipv6Prefix prefix(option.prefix, option.prefix_length);
  InterfaceAddress* existing = addresses_.FindAutoconfigured(prefix);
  bool full = false;
  if (existing == nullptr) {
    if (!FormsAddress(option)) return true;
    full = addresses_.Count(AddressOrigin::kAutoconfigured) >= AddressList::kMaxAutoconfigured;
    if (full && !MakeRoomForAddress(now)) return false;
    NewAddress address = FormAddress(prefix, AddressOrigin::kAutoconfigured, 0, 0);
    address.preferred_until = now + option.preferred_lifetime;
    address.valid_until = now + option.valid_lifetime;
    address.delayed = delayed;
    AddAddress(now, address);
  } else {
    existing->arrival.repeated = true;
    UpdateLifetimes(now, option, *existing);
    if (existing->verified()) Enter(now, *existing, StateByLifetime(now, *existing));
  }
  if (temporary_addresses_ != nullptr) {
    UpdateTemporaryAddresses(now, option);
    EnsureTemporaryAddress(now, prefix, 0, delayed);
  }
  return !full;
}

bool NeighborDiscovery::MakeRoomForAddress(Time now) {
  // An address that was probed for is on the link; a flood puts there no more than one
  // in so long.
  constexpr Duration kLeastStay = Seconds(2);
  const auto& entries = addresses_.entries();
  const auto last = std::find_if(
      entries.rbegin(), entries.rend(),
      [](const InterfaceAddress& entry) { return entry.origin == AddressOrigin::kAutoconfigured; });
  if (last == entries.rend() || !last->arrival.makes_room(now)) return false;
  const bool unheard = last->dad != nullptr && last->dad->probes_sent() == 0;
  if (!unheard && now < last->arrival.at + kLeastStay) return false;
  const Ipv6Prefix prefix = PrefixOf(*last);
  std::vector<Ipv6Address> of_prefix{last->address};
  for (const InterfaceAddress& entry : entries) {
    if (entry.temporary != nullptr && PrefixOf(entry) == prefix) of_prefix.push_back(entry.address);
  }
  for (const Ipv6Address& address : of_prefix) RemoveAddress(now, address);
  return true;
}

void NeighborDiscovery::UpdateLifetimes(Time now, const wire::PrefixInformation& option,
                                        InterfaceAddress& address) {
  // RFC 4862 §5.5.3 e: the preferred lifetime is taken as it comes, the valid
  // one by the two-hour rule.
  address.preferred_until = now + option.preferred_lifetime;
  const auto valid = UpdatedValidLifetime(option.valid_lifetime, address.valid_until - now);
  if (valid) address.valid_until = now + *valid;
}

void NeighborDiscovery::UpdateTemporaryAddresses(Time now, const wire::PrefixInformation& option) {
  const Ipv6Prefix prefix(option.prefix, option.prefix_length);
  for (InterfaceAddress& address : addresses_.entries()) {
    if (address.temporary == nullptr || PrefixOf(address) != prefix) continue;
    // RFC 8981 §3.4 steps 1 and 2.
    UpdateLifetimes(now, option, address);
    const TemporaryLifetimes& lifetimes = address.temporary->lifetimes;
    address.preferred_until = lifetimes.PreferredUntil(address.preferred_until);
    address.valid_until = lifetimes.ValidUntil(address.valid_until);
    if (address.state == AddressState::kDuplicate) continue;
    const Time regenerate_at = address.preferred_until - CurrentRegenAdvance();
    if (regenerate_at > now) address.temporary->regenerate_at = regenerate_at;
    if (address.verified()) Enter(now, address, StateByLifetime(now, address));
  }
}

void NeighborDiscovery::EnsureTemporaryAddress(Time now, const Ipv6Prefix& prefix, uint8_t retries,
                                               bool delayed) {
  const Time lasting = now + CurrentRegenAdvance();
  const InterfaceAddress* of_prefix = addresses_.FindAutoconfigured(prefix);
  if (of_prefix == nullptr || temporary_addresses_->GaveUp(prefix)) return;
  const auto& entries = addresses_.entries();
  const bool have = std::any_of(entries.begin(), entries.end(), [&](const InterfaceAddress& entry) {
    return entry.temporary != nullptr && entry.state != AddressState::kDuplicate &&
           entry.preferred_until > lasting && PrefixOf(entry) == prefix;
  });
  if (have || addresses_.Count(AddressOrigin::kTemporary) >= AddressList::kMaxTemporary) return;
  // RFC 8981 §3.4 steps 4 to 6.
  const TemporaryLifetimes lifetimes =
      temporary_addresses_->DrawLifetimes(now, CurrentRegenAdvance());
  const Time preferred_until = lifetimes.PreferredUntil(of_prefix->preferred_until);
  if (preferred_until <= lasting) return;
  AddAddress(now, {.address = Ipv6Address::FromIntegers(
                       prefix.address().high(), temporary_addresses_->DrawInterfaceIdentifier()),
                   .prefix_length = prefix.length(),
                   .origin = AddressOrigin::kTemporary,
                   .preferred_until = preferred_until,
                   .valid_until = lifetimes.ValidUntil(of_prefix->valid_until),
                   .retries = retries,
                   .temporary = lifetimes,
                   .delayed = delayed});
}

void NeighborDiscovery::FormAnother(Time now, const InterfaceAddress& taken) {
  const Ipv6Prefix prefix = PrefixOf(taken);
  const auto retries = static_cast<uint8_t>(taken.retries + 1);
  if (taken.origin == AddressOrigin::kTemporary) {
    if (retries <= kTempIdgenRetries) return EnsureTemporaryAddress(now, prefix, retries, false);
    temporary_addresses_->GiveUp(prefix);
    return output_.OnLog(
        now, "no temporary address of " + prefix.ToString() + ": one after the other is taken");
  }
  const bool opaque = config_.interface_identifiers == InterfaceIdentifiers::kOpaque;
  const bool formed = taken.origin == AddressOrigin::kAutoconfigured ||
                      (taken.origin == AddressOrigin::kLinkLocal && !config_.link_local_address);
  if (!opaque || !formed) return;
  if (retries > kIdgenRetries) {
    return output_.OnLog(now,
                         "no address of " + prefix.ToString() + ": one after the other is taken");
  }
  NewAddress address = FormAddress(prefix, taken.origin, retries, taken.dad_counter + 1);
  address.preferred_until = taken.preferred_until;
  address.valid_until = taken.valid_until;
  // A random time of up to IDGEN_DELAY, so that hosts that collide part.
  static_assert(kIdgenDelay == kMaxRtrSolicitationDelay);
  address.delayed = true;
  AddAddress(now, address);
}

}  // namespace dualsim::ndp
