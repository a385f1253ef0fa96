#pragma once

#include <cstdint>
#include <vector>

#include "stack/facts/facts.h"
#include "stack/wire/address_map.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

// A way to the destinations of a prefix.
struct Route {
  Ipv6Prefix prefix;
  InterfaceId interface {};
  Ipv6Address next_hop;  // :: where the prefix is on link.
};

// Routes by prefix, found by the longest match. One hash look-up per prefix
// length in use, so that a router with ten thousand routes of two lengths looks
// twice.
class RoutingTable {
 public:
  // Adds the route; replaces the one with the same prefix.
  void Add(const Route& route);
  // False where there is no route with that prefix.
  bool Remove(const Ipv6Prefix& prefix);
  // nullptr where no prefix covers the destination. The pointer holds until the
  // next change.
  const Route* Find(const Ipv6Address& destination) const;
  size_t size() const;

 private:
  struct Length {
    int length = 0;
    AddressMap<Route> routes;  // By the prefix's address.
  };
  std::vector<Length> lengths_;  // Longest first; none is empty.
};

}  // namespace dualsim::ipv6
