#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "sim/scenario/event_expectations.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

// What the pings of one expectation came to within its window.
struct Figures {
  uint64_t sent = 0;
  uint64_t received = 0;
  uint64_t errors = 0;      // Of the kind that is asked for.
  uint64_t all_errors = 0;  // Of any.
  uint64_t refused = 0;     // For the reason that is asked for.
  std::optional<DropReason> last_refusal;
  std::optional<PingTracker::IcmpAnswer> last_error;
  std::optional<Duration> shortest;
  std::optional<Duration> longest;
  Time longest_sent;
  std::optional<Time> first_lost;  // When it was sent.
};

// Whether an error of ICMP for IPv4 (RFC 792) says what `wanted`, in ICMPv6's numbers, does.
bool MeansTheSame(const PingTracker::IcmpAnswer& answer, const IcmpError& wanted) {
  constexpr uint8_t kUnreachable = 3;
  constexpr uint8_t kTimeExceeded = 11;
  constexpr uint8_t kParameterProblem = 12;
  switch (wanted.type) {
    case 1: {
      // No route, prohibited, (beyond scope,) address, port.
      constexpr uint8_t kNone = 255;
      constexpr uint8_t kCodes[] = {0, 13, kNone, 1, 3};
      if (answer.type != kUnreachable) return false;
      return !wanted.code ||
             (*wanted.code < std::size(kCodes) && answer.code == kCodes[*wanted.code]);
    }
    case 2:
      return answer.type == kUnreachable && answer.code == 4;
    case 3:
      return answer.type == kTimeExceeded && (!wanted.code || answer.code == *wanted.code);
    default:
      return answer.type == kParameterProblem;
  }
}

bool IsWanted(const PingTracker::IcmpAnswer& answer, const PingCondition& condition) {
  if (condition.error_from && answer.from != *condition.error_from) return false;
  if (!condition.error || condition.error->type == 0) return true;
  if (answer.from.is_ipv4()) return MeansTheSame(answer, *condition.error);
  return answer.type == condition.error->type &&
         (!condition.error->code || answer.code == *condition.error->code);
}

void AddRequests(const PingTracker::Record& record, const Expectation& expectation,
                 const PingCondition& condition, Figures* figures) {
  for (const PingTracker::Request& request : record.requests) {
    if (request.sent < expectation.from || request.sent > expectation.until) continue;
    if (request.refused) {
      figures->last_refusal = request.refused;
      if (request.refused == condition.refused) ++figures->refused;
    }
    ++figures->sent;
    if (request.replied && *request.replied <= expectation.until) {
      ++figures->received;
      const Duration round_trip = *request.replied - request.sent;
      figures->shortest = std::min(figures->shortest.value_or(round_trip), round_trip);
      if (!figures->longest || round_trip > *figures->longest) {
        figures->longest = round_trip;
        figures->longest_sent = request.sent;
      }
    } else if (!figures->first_lost) {
      figures->first_lost = request.sent;
    }
  }
}

void AddErrors(const PingTracker::Record& record, const Expectation& expectation,
               const PingCondition& condition, Figures* figures) {
  for (const PingTracker::IcmpAnswer& answer : record.errors) {
    if (answer.at < expectation.from || answer.at > expectation.until) continue;
    ++figures->all_errors;
    figures->last_error = answer;
    if (IsWanted(answer, condition)) ++figures->errors;
  }
}

bool Holds(const PingCondition& c, const Figures& f) {
  const auto in = [](const std::optional<CountRange>& range, uint64_t n) {
    return !range || range->Holds(n);
  };
  return in(c.sent, f.sent) && in(c.received, f.received) && in(c.lost, f.sent - f.received) &&
         in(c.errors, f.errors) && (!c.refused || f.refused > 0) &&
         (!c.min_round_trip || (f.shortest && *f.shortest >= *c.min_round_trip)) &&
         (!c.max_round_trip || (f.longest && *f.longest <= *c.max_round_trip));
}

std::string Describe(const Figures& f) {
  std::string text = std::to_string(f.sent) + " sent, " + std::to_string(f.received) +
                     " answered, " + std::to_string(f.sent - f.received) + " lost";
  if (f.first_lost) text += " (the first of " + TimeText(*f.first_lost) + ")";
  if (f.last_error) {
    text += "; " + std::to_string(f.all_errors) + " ICMP errors, the last type " +
            std::to_string(f.last_error->type) + " code " + std::to_string(f.last_error->code) +
            " from " + f.last_error->from.ToString();
  }
  if (f.last_refusal) text += "; not sent: " + std::string(DropReasonName(*f.last_refusal));
  if (f.shortest) {
    text += "; round trips of " + DurationText(*f.shortest);
    if (*f.longest != *f.shortest) text += " to " + DurationText(*f.longest);
  }
  return text;
}

}  // namespace

Decision JudgePing(const Expectation& expectation, const PingTracker& pings, Time end) {
  const auto& condition = std::get<PingCondition>(std::get<EventCondition>(expectation.condition));
  Decision decision;
  decision.at = std::min(end, expectation.until);
  decision.around = decision.at;
  Figures figures;
  for (PingId ping : condition.pings) {
    AddRequests(pings.record(ping), expectation, condition, &figures);
    AddErrors(pings.record(ping), expectation, condition, &figures);
  }
  if (end < expectation.until) return decision;
  if (Holds(condition, figures)) {
    decision.verdict = Verdict::kHeld;
    return decision;
  }
  decision.verdict = Verdict::kFailed;
  decision.seen = Describe(figures);
  decision.nodes = {pings.record(condition.pings.front()).from};
  if (figures.first_lost) {
    decision.around = *figures.first_lost;
  } else if (figures.longest) {
    decision.around = figures.longest_sent;
  }
  return decision;
}

}  // namespace dualsim::sim
