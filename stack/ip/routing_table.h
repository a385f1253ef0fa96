#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "stack/facts/facts.h"
#include "stack/wire/address_map.h"

namespace dualsim::ip {

// A way to the destinations of a prefix, of one family.
template <typename Prefix, typename AddressType>
struct Route {
  Prefix prefix;
  InterfaceId interface {};
  AddressType next_hop;  // Unspecified where the prefix is on link.
};

// Routes by prefix, found by the longest match. One hash look-up per prefix
// length in use, so that a router with ten thousand routes of two lengths looks
// twice.
template <typename Prefix, typename AddressType>
class RoutingTable {
 public:
  using Route = ip::Route<Prefix, AddressType>;

  // Adds the route; replaces the one with the same prefix.
  void Add(const Route& route) {
    const int length = route.prefix.length();
    auto at = std::find_if(lengths_.begin(), lengths_.end(),
                           [&](const Length& group) { return group.length <= length; });
    if (at == lengths_.end() || at->length != length) at = lengths_.insert(at, {length, {}});
    at->routes.Insert(route.prefix.address(), route);
  }

  // False where there is no route with that prefix.
  bool Remove(const Prefix& prefix) {
    const auto at = std::find_if(lengths_.begin(), lengths_.end(), [&](const Length& group) {
      return group.length == prefix.length();
    });
    if (at == lengths_.end() || !at->routes.Erase(prefix.address())) return false;
    if (at->routes.size() == 0) lengths_.erase(at);
    return true;
  }

  // nullptr where no prefix covers the destination. The pointer holds until the
  // next change.
  const Route* Find(const AddressType& destination) const {
    for (const Length& group : lengths_) {
      const Prefix key(destination, group.length);
      if (const Route* route = group.routes.Find(key.address())) return route;
    }
    return nullptr;
  }

  size_t size() const {
    size_t sum = 0;
    for (const Length& group : lengths_) sum += group.routes.size();
    return sum;
  }

 private:
  struct Length {
    int length = 0;
    AddressMap<Route, AddressType> routes;  // By the prefix's address.
  };
  std::vector<Length> lengths_;  // Longest first; none is empty.
};

}  // namespace dualsim::ip
