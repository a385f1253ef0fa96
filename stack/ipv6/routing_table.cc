#include "stack/ipv6/routing_table.h"

#include <algorithm>

namespace dualsim::ipv6 {

void RoutingTable::Add(const Route& route) {
  const int length = route.prefix.length();
  auto at = std::find_if(lengths_.begin(), lengths_.end(),
                         [&](const Length& group) { return group.length <= length; });
  if (at == lengths_.end() || at->length != length) at = lengths_.insert(at, {length, {}});
  at->routes.Insert(route.prefix.address(), route);
}

bool RoutingTable::Remove(const Ipv6Prefix& prefix) {
  const auto at = std::find_if(lengths_.begin(), lengths_.end(), [&](const Length& group) {
    return group.length == prefix.length();
  });
  if (at == lengths_.end() || !at->routes.Erase(prefix.address())) return false;
  if (at->routes.size() == 0) lengths_.erase(at);
  return true;
}

const Route* RoutingTable::Find(const Ipv6Address& destination) const {
  for (const Length& group : lengths_) {
    const Ipv6Prefix key(destination, group.length);
    if (const Route* route = group.routes.Find(key.address())) return route;
  }
  return nullptr;
}

size_t RoutingTable::size() const {
  size_t sum = 0;
  for (const Length& group : lengths_) sum += group.routes.size();
  return sum;
}

}  // namespace dualsim::ipv6
