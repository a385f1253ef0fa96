#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ndp/arrival.h"
#include "stack/ndp/dad.h"
#include "stack/ndp/temporary_addresses.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// An address of an interface, with its state and lifetimes (RFC 4862 §5.5.4).
struct InterfaceAddress {
  Ipv6Address address;
  int prefix_length = 64;
  AddressOrigin origin{};
  AddressState state = AddressState::kTentative;
  Time preferred_until = Time::Never();
  Time valid_until = Time::Never();
  std::unique_ptr<DuplicateAddressDetection> dad;  // While kTentative or kOptimistic.
  // How many addresses before it, formed for the same purpose, were taken.
  uint8_t retries = 0;
  uint32_t dad_counter = 0;  // Of an opaque identifier, RFC 7217 §5.
  Arrival arrival;           // Of the prefix of an autoconfigured one.
  // Of a temporary one, RFC 8981; kept apart, for most hosts have none.
  struct Temporary {
    TemporaryLifetimes lifetimes;
    Time regenerate_at;  // When its successor is to be formed, §3.5.
  };
  std::unique_ptr<Temporary> temporary;

  // Whether packets are taken for it, and may be sent from it: without
  // restrictions where it is verified().
  bool assigned() const { return verified() || state == AddressState::kOptimistic; }
  // Whether it is assigned and its detection is over.
  bool verified() const {
    return state == AddressState::kPreferred || state == AddressState::kDeprecated;
  }
  // The next time at which probes, lifetimes or a successor want attention.
  Time deadline() const;
};

// The addresses of one interface, in the order in which they came.
class AddressList {
 public:
  // How many addresses advertisements may add, those that turned out to be taken
  // among them; what comes later is refused, or takes the place of the last that came
  // (see Arrival), so that the addresses in use stay (RFC 4862 §5.5.3 sets no limit,
  // RFC 6104 tells why one is needed).
  static constexpr int kMaxAutoconfigured = 16;
  // Likewise of temporary ones: a prefix has three or four at a time (RFC 8981 §3.4).
  static constexpr int kMaxTemporary = 64;

  InterfaceAddress* Find(const Ipv6Address& address);
  const InterfaceAddress* Find(const Ipv6Address& address) const {
    return const_cast<AddressList*>(this)->Find(address);
  }
  // The autoconfigured address of a prefix, not a temporary one; of several the
  // latest: those before it were taken.
  InterfaceAddress* FindAutoconfigured(const Ipv6Prefix& prefix);
  int Count(AddressOrigin origin) const;

  // Pointers to entries hold until the next Add or Remove.
  InterfaceAddress& Add(InterfaceAddress address);
  void Remove(Ipv6Address address);  // By value: it may be an entry's own.
  void Clear() { entries_.clear(); }

  // The link-local address of the interface, a verified one before others that may
  // become so; nullptr while there is none.
  const InterfaceAddress* link_local() const;

  std::vector<InterfaceAddress>& entries() { return entries_; }
  const std::vector<InterfaceAddress>& entries() const { return entries_; }

  Time deadline() const;

 private:
  std::vector<InterfaceAddress> entries_;
};

}  // namespace dualsim::ndp
