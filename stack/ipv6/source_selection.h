#pragma once

#include <optional>

#include "stack/facts/facts.h"
#include "stack/ipv6/policy_table.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

// An address that a packet might leave from.
struct SourceCandidate {
  Ipv6Address address;
  int prefix_length = 64;
  InterfaceId interface {};
  bool deprecated = false;
  bool temporary = false;  // RFC 8981.
  // Whether the next hop to the destination advertised the address's prefix
  // (RFC 8028 §3.3).
  bool advertised_by_next_hop = false;
};

// Source address selection for one destination, RFC 6724 §5: offer every
// candidate, then ask for the best. Rule 4, on home addresses, is for Mobile
// IPv6 nodes.
class SourceSelection {
 public:
  SourceSelection(const Ipv6Address& destination, InterfaceId outgoing)
      : destination_(destination), outgoing_(outgoing) {}

  void Offer(const SourceCandidate& candidate);
  // Of equals the one that was offered first; nullopt where none fits.
  std::optional<Ipv6Address> best() const;

 private:
  bool IsBetter(const SourceCandidate& a, const SourceCandidate& b) const;

  Ipv6Address destination_;
  InterfaceId outgoing_;
  std::optional<SourceCandidate> best_;
};

}  // namespace dualsim::ipv6
