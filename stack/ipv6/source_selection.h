#pragma once

#include <optional>

#include "stack/facts/facts.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

// The scope of an address as RFC 6724 §3.1 compares them: a multicast address's
// own four bits, 2 for link-local and loopback, 5 for site-local, else 14.
int ScopeOf(const Ipv6Address& address);

// The label of the default policy table, RFC 6724 §2.1.
int LabelOf(const Ipv6Address& address);

// An address that a packet might leave from.
struct SourceCandidate {
  Ipv6Address address;
  int prefix_length = 64;
  InterfaceId interface {};
  bool deprecated = false;
};

// Source address selection for one destination, RFC 6724 §5: offer every
// candidate, then ask for the best.
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
