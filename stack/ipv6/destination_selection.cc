#include "stack/ipv6/destination_selection.h"

#include <algorithm>

#include "stack/ipv6/policy_table.h"

namespace dualsim::ipv6 {
namespace {

bool ScopesMatch(const DestinationCandidate& candidate) {
  return ScopeOf(Mapped(candidate.destination)) == ScopeOf(Mapped(*candidate.source));
}

bool LabelsMatch(const DestinationCandidate& candidate) {
  return LabelOf(Mapped(candidate.destination)) == LabelOf(Mapped(*candidate.source));
}

// §2.2: what source and destination have in common, no longer than the source's prefix.
int CommonLength(const DestinationCandidate& candidate) {
  return std::min(CommonPrefixLength(Mapped(*candidate.source), Mapped(candidate.destination)),
                  candidate.source_prefix_length);
}

}  // namespace

bool IsPreferredDestination(const DestinationCandidate& a, const DestinationCandidate& b) {
  // Rule 1: avoid unusable destinations.
  if (a.source.has_value() != b.source.has_value()) return a.source.has_value();
  if (a.source) {
    // Rule 2: prefer matching scope.
    if (ScopesMatch(a) != ScopesMatch(b)) return ScopesMatch(a);
    // Rule 3: avoid deprecated addresses.
    if (a.source_deprecated != b.source_deprecated) return b.source_deprecated;
    // Rule 5: prefer matching label.
    if (LabelsMatch(a) != LabelsMatch(b)) return LabelsMatch(a);
  }
  const Ipv6Address destination_a = Mapped(a.destination);
  const Ipv6Address destination_b = Mapped(b.destination);
  // Rule 6: prefer higher precedence.
  const int precedence_a = PrecedenceOf(destination_a);
  const int precedence_b = PrecedenceOf(destination_b);
  if (precedence_a != precedence_b) return precedence_a > precedence_b;
  // Rule 7: prefer native transport.
  if (a.encapsulated != b.encapsulated) return b.encapsulated;
  // Rule 8: prefer smaller scope.
  const int scope_a = ScopeOf(destination_a);
  const int scope_b = ScopeOf(destination_b);
  if (scope_a != scope_b) return scope_a < scope_b;
  // Rule 9: use the longest matching prefix. Of IPv4 destinations the order that the name
  // server gave is the better means ("MAY be superseded"): prefixes there tell no distance.
  const bool both_have_sources = a.source && b.source;
  if (!both_have_sources || destination_a.is_ipv4_mapped() || destination_b.is_ipv4_mapped()) {
    return false;
  }
  return CommonLength(a) > CommonLength(b);
}

void SortDestinations(std::span<DestinationCandidate> candidates) {
  std::stable_sort(candidates.begin(), candidates.end(), IsPreferredDestination);
}

}  // namespace dualsim::ipv6
