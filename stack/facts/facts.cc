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

std::string_view LeaseStateName(LeaseState state) {
  switch (state) {
    case LeaseState::kInit:
      return "INIT";
    case LeaseState::kSelecting:
      return "SELECTING";
    case LeaseState::kRequesting:
      return "REQUESTING";
    case LeaseState::kChecking:
      return "CHECKING";
    case LeaseState::kBound:
      return "BOUND";
    case LeaseState::kRenewing:
      return "RENEWING";
    case LeaseState::kRebinding:
      return "REBINDING";
    case LeaseState::kInitReboot:
      return "INIT-REBOOT";
    case LeaseState::kRebooting:
      return "REBOOTING";
    case LeaseState::kIpv6Only:
      return "IPV6-ONLY";
  }
  return "";
}

std::string_view QueryOutcomeName(QueryOutcome outcome) {
  switch (outcome) {
    case QueryOutcome::kFound:
      return "FOUND";
    case QueryOutcome::kNoSuchName:
      return "NO_SUCH_NAME";
    case QueryOutcome::kNoData:
      return "NO_DATA";
    case QueryOutcome::kServerFailure:
      return "SERVER_FAILURE";
    case QueryOutcome::kTimeout:
      return "TIMEOUT";
    case QueryOutcome::kNoServer:
      return "NO_SERVER";
    case QueryOutcome::kBadName:
      return "BAD_NAME";
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
