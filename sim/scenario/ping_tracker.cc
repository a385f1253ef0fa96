#include "sim/scenario/ping_tracker.h"

#include <variant>

namespace dualsim::sim {

PingTracker::PingTracker(const Plan& plan) {
  std::map<NodeId, uint16_t> used;
  for (const TimedAction& timed : plan.actions) {
    const auto* ping = std::get_if<action::Ping>(&timed.action);
    if (ping == nullptr) continue;
    const size_t index = static_cast<size_t>(ping->id);
    if (pings_.size() <= index) pings_.resize(index + 1);
    pings_[index].from = ping->from;
    pings_[index].identifier = ++used[ping->from];
    by_identifier_[{ping->from, pings_[index].identifier}] = ping->id;
  }
}

void PingTracker::OnRequest(PingId ping, Time now) {
  pings_[static_cast<size_t>(ping)].requests.push_back({now, std::nullopt, std::nullopt});
}

void PingTracker::OnRefusal(PingId ping, DropReason reason) {
  pings_[static_cast<size_t>(ping)].requests.back().refused = reason;
}

void PingTracker::OnEcho(Time now, NodeId node, const EchoFact& fact) {
  const auto known = by_identifier_.find({node, fact.identifier});
  if (known == by_identifier_.end()) return;
  Record& record = pings_[static_cast<size_t>(known->second)];
  if (fact.sequence == 0 || fact.sequence > record.requests.size()) return;
  if (!fact.reply) {
    record.errors.push_back({now, fact.from, fact.error_type, fact.error_code});
    return;
  }
  Request& request = record.requests[fact.sequence - 1];
  if (!request.replied) request.replied = now;
}

}  // namespace dualsim::sim
