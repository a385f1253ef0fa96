#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ndp/dad.h"
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
  std::unique_ptr<DuplicateAddressDetection> dad;  // While kTentative.

  // Whether packets may be sent from it and are taken for it.
  bool assigned() const {
    return state == AddressState::kPreferred || state == AddressState::kDeprecated;
  }
  // The next time at which probes or lifetimes want attention.
  Time deadline() const;
};

// The addresses of one interface, in the order in which they came.
class AddressList {
 public:
  // How many addresses advertisements may add; what comes later is refused, so
  // that the addresses in use stay (RFC 4862 §5.5.3 sets no limit, RFC 6104
  // tells why one is needed).
  static constexpr int kMaxAutoconfigured = 16;

  InterfaceAddress* Find(const Ipv6Address& address);
  const InterfaceAddress* Find(const Ipv6Address& address) const {
    return const_cast<AddressList*>(this)->Find(address);
  }
  // The autoconfigured address of a prefix.
  InterfaceAddress* FindAutoconfigured(const Ipv6Prefix& prefix);
  int CountAutoconfigured() const;

  // Pointers to entries hold until the next Add or Remove.
  InterfaceAddress& Add(InterfaceAddress address);
  void Remove(const Ipv6Address& address);
  void Clear() { entries_.clear(); }

  // The link-local address of the interface; nullptr while there is none.
  const InterfaceAddress* link_local() const;

  std::vector<InterfaceAddress>& entries() { return entries_; }
  const std::vector<InterfaceAddress>& entries() const { return entries_; }

  Time deadline() const;

 private:
  std::vector<InterfaceAddress> entries_;
};

}  // namespace dualsim::ndp
