#pragma once

#include <optional>
#include <span>

#include "stack/wire/ip_address.h"

namespace dualsim::ipv6 {

// A destination that a name gave, with what source selection (RFC 6724 §5)
// gives for it.
struct DestinationCandidate {
  IpAddress destination;
  // nullopt: there is none, or the destination is known to be out of reach.
  std::optional<IpAddress> source;
  int source_prefix_length = 64;
  bool source_deprecated = false;
  bool encapsulated = false;  // It is reached through a tunnel.
};

// Destination address selection, RFC 6724 §6: puts candidates into the order in
// which they are to be tried. Those that no rule tells apart keep their order
// (rule 10). Rule 4, on home addresses, is for Mobile IPv6 nodes.
void SortDestinations(std::span<DestinationCandidate> candidates);

// Whether `a` is to be tried before `b`, whatever their order was.
bool IsPreferredDestination(const DestinationCandidate& a, const DestinationCandidate& b);

}  // namespace dualsim::ipv6
