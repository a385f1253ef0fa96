#include "proto/expectation.pb.h"
#include "sim/scenario/read_condition.h"

namespace dualsim::sim {
namespace {

QueryOutcome OutcomeOf(dualsim::QueryCondition::Outcome outcome) {
  switch (outcome) {
    case dualsim::QueryCondition::FOUND:
      return QueryOutcome::kFound;
    case dualsim::QueryCondition::NO_SUCH_NAME:
      return QueryOutcome::kNoSuchName;
    case dualsim::QueryCondition::NO_DATA:
      return QueryOutcome::kNoData;
    case dualsim::QueryCondition::SERVER_FAILURE:
      return QueryOutcome::kServerFailure;
    case dualsim::QueryCondition::TIMEOUT:
      return QueryOutcome::kTimeout;
    case dualsim::QueryCondition::NO_SERVER:
      return QueryOutcome::kNoServer;
    case dualsim::QueryCondition::BAD_NAME:
      return QueryOutcome::kBadName;
  }
  return QueryOutcome::kFound;
}

LeaseState StateOf(dualsim::LeaseCondition::State state) {
  switch (state) {
    case dualsim::LeaseCondition::INIT:
      return LeaseState::kInit;
    case dualsim::LeaseCondition::SELECTING:
      return LeaseState::kSelecting;
    case dualsim::LeaseCondition::REQUESTING:
      return LeaseState::kRequesting;
    case dualsim::LeaseCondition::CHECKING:
      return LeaseState::kChecking;
    case dualsim::LeaseCondition::BOUND:
      return LeaseState::kBound;
    case dualsim::LeaseCondition::RENEWING:
      return LeaseState::kRenewing;
    case dualsim::LeaseCondition::REBINDING:
      return LeaseState::kRebinding;
    case dualsim::LeaseCondition::INIT_REBOOT:
      return LeaseState::kInitReboot;
    case dualsim::LeaseCondition::REBOOTING:
      return LeaseState::kRebooting;
    case dualsim::LeaseCondition::IPV6_ONLY:
      return LeaseState::kIpv6Only;
  }
  return LeaseState::kInit;
}

}  // namespace

std::optional<LeaseCondition> ReadLease(const dualsim::LeaseCondition& entry,
                                        CheckContext* context) {
  using Entry = dualsim::LeaseCondition;
  const auto place = ReadPlace(entry, Entry::kHostFieldNumber, Entry::kLinkFieldNumber,
                               entry.has_link(), context);
  LeaseCondition condition;
  if (entry.has_state()) condition.state = StateOf(entry.state());
  const auto read = [&](int field, const std::string& text) -> std::optional<Ipv4Address> {
    const auto address = Ipv4Address::Parse(text);
    if (!address) context->Error(entry, field, "'" + text + "' is no IPv4 address");
    return address;
  };
  if (entry.has_address()) condition.address = read(Entry::kAddressFieldNumber, entry.address());
  if (entry.has_server()) condition.server = read(Entry::kServerFieldNumber, entry.server());
  condition.count = ReadCount(entry.has_count(), entry.count(), context);
  if (!place) return std::nullopt;
  condition.nodes = place->nodes;
  condition.interface = place->interface;
  return condition;
}

std::optional<QueryCondition> ReadQuery(const dualsim::QueryCondition& entry,
                                        CheckContext* context) {
  using Entry = dualsim::QueryCondition;
  if (!context->Require(entry, Entry::kHostFieldNumber)) return std::nullopt;
  QueryCondition condition;
  condition.nodes = context->ReadNodes(entry, Entry::kHostFieldNumber);
  if (entry.has_name()) condition.name = entry.name();
  if (entry.has_type()) condition.type = entry.type();
  if (entry.has_outcome()) condition.outcome = OutcomeOf(entry.outcome());
  condition.answer = entry.answer();
  if (entry.has_cached()) condition.cached = entry.cached();
  if (entry.has_application()) condition.application = entry.application();
  condition.within = context->ReadDuration(entry, Entry::kWithinFieldNumber);
  if (entry.has_answer() && condition.outcome != QueryOutcome::kFound) {
    context->Error(entry, Entry::kAnswerFieldNumber, "only what was FOUND has an answer");
  }
  condition.count = ReadCount(entry.has_count(), entry.count(), context);
  if (condition.nodes.empty()) return std::nullopt;
  return condition;
}

}  // namespace dualsim::sim
