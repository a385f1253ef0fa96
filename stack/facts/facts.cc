#include "stack/facts/facts.h"

namespace dualsim {

std::string_view AddressStateName(AddressState state) {
  switch (state) {
    case AddressState::kTentative:
      return "TENTATIVE";
    case AddressState::kPreferred:
      return "PREFERRED";
    case AddressState::kDeprecated:
      return "DEPRECATED";
    case AddressState::kDuplicate:
      return "DUPLICATE";
    case AddressState::kRemoved:
      return "REMOVED";
    case AddressState::kOptimistic:
      return "OPTIMISTIC";
  }
  return "";
}

std::string_view AddressOriginName(AddressOrigin origin) {
  switch (origin) {
    case AddressOrigin::kLinkLocal:
      return "LINK_LOCAL";
    case AddressOrigin::kStatic:
      return "STATIC";
    case AddressOrigin::kAutoconfigured:
      return "AUTOCONFIGURED";
    case AddressOrigin::kTemporary:
      return "TEMPORARY";
    case AddressOrigin::kDhcp:
      return "DHCP";
  }
  return "";
}

std::string_view NeighborStateName(NeighborState state) {
  switch (state) {
    case NeighborState::kNone:
      return "NONE";
    case NeighborState::kIncomplete:
      return "INCOMPLETE";
    case NeighborState::kReachable:
      return "REACHABLE";
    case NeighborState::kStale:
      return "STALE";
    case NeighborState::kDelay:
      return "DELAY";
    case NeighborState::kProbe:
      return "PROBE";
  }
  return "";
}

std::string_view ResolverKindName(ResolverKind kind) {
  switch (kind) {
    case ResolverKind::kDnsServer:
      return "DNS server";
    case ResolverKind::kSearchDomain:
      return "search domain";
    case ResolverKind::kPref64:
      return "NAT64 prefix";
  }
  return "";
}

}  // namespace dualsim
