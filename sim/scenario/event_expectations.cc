#include "sim/scenario/event_expectations.h"

#include <algorithm>
#include <string>
#include <variant>

#include "sim/scenario/units.h"
#include "stack/wire/port.h"

namespace dualsim::sim {
namespace {

// Conditions name their nodes and links in order.
template <typename Id>
bool IsAmong(const std::vector<Id>& ids, Id id) {
  return std::binary_search(ids.begin(), ids.end(), id);
}

}  // namespace

EventExpectations::EventExpectations(const Plan& plan, const PingTracker& pings)
    : plan_(plan), pings_(pings), packets_on_(plan.links.size()) {
  for (size_t i = 0; i < plan.expectations.size(); ++i) {
    const Expectation& expectation = plan.expectations[i];
    const auto* event = std::get_if<EventCondition>(&expectation.condition);
    if (event == nullptr) continue;
    if (const auto* condition = std::get_if<PacketsCondition>(event)) {
      packets_on_[static_cast<size_t>(condition->link)].push_back(packets_.size());
      packets_.emplace_back(plan, i);
    } else if (const auto* drops = std::get_if<DropsCondition>(event)) {
      AddCounter(drops_, i, expectation, *drops);
    } else if (const auto* log = std::get_if<LogCondition>(event)) {
      AddCounter(logs_, i, expectation, *log);
    } else if (const auto* connection = std::get_if<ConnectionCondition>(event)) {
      AddCounter(connections_, i, expectation, *connection);
    } else if (const auto* query = std::get_if<QueryCondition>(event)) {
      AddCounter(queries_, i, expectation, *query);
    } else if (const auto* lease = std::get_if<LeaseCondition>(event)) {
      AddCounter(leases_, i, expectation, *lease);
    }
  }
}

void EventExpectations::OnFrame(Time now, const FrameEvent& event) {
  for (size_t i : packets_on_[static_cast<size_t>(event.link)]) packets_[i].OnFrame(now, event);
  if (event.dropped && !drops_.empty()) {
    CountDrop(now, event.link, std::nullopt, event.reason);
  }
}

void EventExpectations::OnFrameLoss(Time now, const FrameLossEvent& event) {
  if (!drops_.empty()) CountDrop(now, event.link, event.receiver, event.reason);
}

void EventExpectations::OnDrop(Time now, NodeId node, const DropFact& fact) {
  if (!drops_.empty()) CountDrop(now, std::nullopt, node, fact.reason);
}

void EventExpectations::CountDrop(Time now, std::optional<LinkId> link, std::optional<NodeId> node,
                                  DropReason reason) {
  for (DropCounter& counter : drops_) {
    const DropsCondition& c = *counter.condition;
    const bool anywhere = c.nodes.empty() && c.links.empty();
    const bool here =
        anywhere || (link && IsAmong(c.links, *link)) || (node && IsAmong(c.nodes, *node));
    if (here && (!c.reason || *c.reason == reason)) Count(now, counter);
  }
}

void EventExpectations::OnLog(Time now, NodeId node, const LogFact& fact) {
  for (LogCounter& counter : logs_) {
    const LogCondition& c = *counter.condition;
    if (!IsAmong(c.nodes, node) || (c.application && fact.application != *c.application)) continue;
    if (!c.sequence.empty()) {
      // Its end alone counts.
      const bool inside = now >= counter.expectation->from && now <= counter.expectation->until;
      if (!inside || counter.met == c.sequence.size()) continue;
      if (fact.text != c.sequence[counter.met]) continue;
      if (++counter.met == c.sequence.size()) Count(now, counter);
      continue;
    }
    if (c.text ? fact.text == *c.text : fact.text.find(c.contains) != std::string_view::npos) {
      Count(now, counter);
    }
  }
}

void EventExpectations::OnConnection(Time now, NodeId node, const ConnectionFact& fact) {
  for (ConnectionCounter& counter : connections_) {
    const ConnectionCondition& c = *counter.condition;
    if (!IsAmong(c.nodes, node) || fact.to != c.state) continue;
    if (c.peer && fact.flow.remote != *c.peer) continue;
    if (c.peer_port && Number(fact.flow.remote_port) != *c.peer_port) continue;
    if (c.port && Number(fact.flow.local_port) != *c.port) continue;
    if (c.failed && fact.error.has_value() != *c.failed) continue;
    Count(now, counter);
  }
}

void EventExpectations::OnQuery(Time now, NodeId node, const QueryFact& fact) {
  for (QueryCounter& counter : queries_) {
    const QueryCondition& c = *counter.condition;
    if (!IsAmong(c.nodes, node) || fact.outcome != c.outcome) continue;
    if (c.name && fact.name != *c.name) continue;
    if (c.type && fact.type != *c.type) continue;
    if (fact.answer.find(c.answer) == std::string_view::npos) continue;
    if (c.cached && fact.cached != *c.cached) continue;
    if (c.application && fact.application != *c.application) continue;
    if (c.within && fact.took > *c.within) continue;
    Count(now, counter);
  }
}

void EventExpectations::OnLease(Time now, NodeId node, const LeaseFact& fact) {
  for (LeaseCounter& counter : leases_) {
    const LeaseCondition& c = *counter.condition;
    if (!IsAmong(c.nodes, node) || fact.state != c.state) continue;
    if (c.interface && fact.interface != *c.interface) continue;
    if (c.address && fact.address != *c.address) continue;
    if (c.server && fact.server != *c.server) continue;
    Count(now, counter);
  }
}

void EventExpectations::Count(Time now, Counter& counter) const {
  if (counter.decision || now < counter.expectation->from || now > counter.expectation->until) {
    return;
  }
  ++counter.seen;
  counter.last = now;
  const bool too_many = counter.count.at_most && counter.seen > *counter.count.at_most;
  const bool enough = !counter.count.at_most && counter.count.Holds(counter.seen);
  if (too_many || enough) counter.decision = Finish(now, counter);
}

Decision EventExpectations::Finish(Time end, const Counter& counter) const {
  if (counter.decision) return *counter.decision;
  Decision decision;
  const bool too_many = counter.count.at_most && counter.seen > *counter.count.at_most;
  const bool enough = !counter.count.at_most && counter.count.Holds(counter.seen);
  decision.at = std::min(end, counter.expectation->until);
  if (!too_many && !enough && end < counter.expectation->until) return decision;
  decision.verdict = counter.count.Holds(counter.seen) ? Verdict::kHeld : Verdict::kFailed;
  if (decision.verdict == Verdict::kHeld) return decision;
  decision.seen = counter.seen == 0 ? "none"
                                    : std::to_string(counter.seen) +
                                          (counter.seen == 1 ? ", at " : ", the last at ") +
                                          TimeText(*counter.last);
  decision.around = counter.last.value_or(decision.at);
  return decision;
}

void EventExpectations::Finish(Time end, std::vector<Decision>* decisions) {
  for (PacketWatch& watch : packets_) (*decisions)[watch.index()] = watch.Finish(end);
  for (const DropCounter& counter : drops_) {
    Decision& decision = (*decisions)[counter.index] = Finish(end, counter);
    decision.nodes = counter.condition->nodes;
    decision.links = counter.condition->links;
  }
  for (const LogCounter& counter : logs_) {
    Decision& decision = (*decisions)[counter.index] = Finish(end, counter);
    decision.nodes = counter.condition->nodes;
    if (decision.verdict == Verdict::kFailed && !counter.condition->sequence.empty()) {
      const size_t met = counter.met;
      decision.seen = met == 0 ? "none of them" : "not '" + counter.condition->sequence[met] + "'";
    }
  }
  for (const ConnectionCounter& counter : connections_) {
    Decision& decision = (*decisions)[counter.index] = Finish(end, counter);
    decision.nodes = counter.condition->nodes;
  }
  for (const QueryCounter& counter : queries_) {
    Decision& decision = (*decisions)[counter.index] = Finish(end, counter);
    decision.nodes = counter.condition->nodes;
  }
  for (const LeaseCounter& counter : leases_) {
    Decision& decision = (*decisions)[counter.index] = Finish(end, counter);
    decision.nodes = counter.condition->nodes;
  }
  for (size_t i = 0; i < plan_.expectations.size(); ++i) {
    const Expectation& expectation = plan_.expectations[i];
    const auto* event = std::get_if<EventCondition>(&expectation.condition);
    if (event != nullptr && std::holds_alternative<PingCondition>(*event)) {
      (*decisions)[i] = JudgePing(expectation, pings_, end);
    }
  }
}

}  // namespace dualsim::sim
