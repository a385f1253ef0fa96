#include "stack/ipv6/source_selection.h"

#include <algorithm>

namespace dualsim::ipv6 {
namespace {

// Scopes up to this one do not leave their link.
constexpr int kLinkLocalScope = 2;

}  // namespace

void SourceSelection::Offer(const SourceCandidate& candidate) {
  // RFC 6724 §4: these are in no candidate set.
  if (candidate.address.is_multicast() || candidate.address.is_unspecified()) return;
  // For groups and for destinations that do not leave their link, only addresses
  // of the interface to that link; and a link-local source is no good beyond it.
  const bool same_interface = candidate.interface == outgoing_;
  const bool of_the_link = destination_.is_multicast() || ScopeOf(destination_) <= kLinkLocalScope;
  if (!same_interface && (of_the_link || candidate.address.is_link_local())) return;
  if (!best_ || IsBetter(candidate, *best_)) best_ = candidate;
}

std::optional<Ipv6Address> SourceSelection::best() const {
  if (!best_) return std::nullopt;
  return best_->address;
}

bool SourceSelection::IsBetter(const SourceCandidate& a, const SourceCandidate& b) const {
  // Rule 1: the destination itself.
  if ((a.address == destination_) != (b.address == destination_)) {
    return a.address == destination_;
  }
  // Rule 2: appropriate scope.
  const int scope_a = ScopeOf(a.address);
  const int scope_b = ScopeOf(b.address);
  if (scope_a != scope_b) {
    const int wanted = ScopeOf(destination_);
    return scope_a < scope_b ? scope_a >= wanted : scope_b < wanted;
  }
  // Rule 3: not deprecated.
  if (a.deprecated != b.deprecated) return b.deprecated;
  // Rule 5: of the outgoing interface.
  if ((a.interface == outgoing_) != (b.interface == outgoing_)) return a.interface == outgoing_;
  // Rule 5.5: of a prefix that the next hop advertised.
  if (a.advertised_by_next_hop != b.advertised_by_next_hop) return a.advertised_by_next_hop;
  // Rule 6: matching label.
  const int wanted = LabelOf(destination_);
  if ((LabelOf(a.address) == wanted) != (LabelOf(b.address) == wanted)) {
    return LabelOf(a.address) == wanted;
  }
  // Rule 7: temporary.
  if (a.temporary != b.temporary) return a.temporary;
  // Rule 8: the longest prefix in common, no longer than the candidate's own (§2.2).
  return std::min(CommonPrefixLength(a.address, destination_), a.prefix_length) >
         std::min(CommonPrefixLength(b.address, destination_), b.prefix_length);
}

}  // namespace dualsim::ipv6
