#include "sim/scenario/state_expectations.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace dualsim::sim {
namespace {

template <typename Condition>
constexpr size_t KindOf() {
  return StateCondition(Condition()).index();
}

const std::vector<NodeId>& NodesOf(const StateCondition& condition) {
  return std::visit([](const auto& c) -> const std::vector<NodeId>& { return c.nodes; }, condition);
}

}  // namespace

StateExpectations::StateExpectations(const Plan& plan) : plan_(plan), nodes_(plan.nodes.size()) {
  for (size_t i = 0; i < plan.expectations.size(); ++i) {
    const Expectation& expectation = plan.expectations[i];
    const auto* condition = std::get_if<StateCondition>(&expectation.condition);
    if (condition == nullptr) continue;
    const std::vector<NodeId>& nodes = NodesOf(*condition);
    const size_t number = watches_.size();
    Watch& watch = watches_.emplace_back();
    watch.index = i;
    watch.expectation = &expectation;
    watch.condition = condition;
    watch.satisfied.resize(nodes.size());
    for (size_t slot = 0; slot < nodes.size(); ++slot) {
      auto& node = nodes_[static_cast<size_t>(nodes[slot])];
      if (node == nullptr) node = std::make_unique<WatchedNode>();
      node->places[condition->index()].push_back({number, slot});
      dirty_.push_back({number, slot});
    }
    checkpoints_.push_back({expectation.from, false, number});
    checkpoints_.push_back({expectation.until, true, number});
  }
  std::sort(checkpoints_.begin(), checkpoints_.end());
}

StateExpectations::WatchedNode* StateExpectations::Watched(Time now, NodeId node) {
  const size_t index = static_cast<size_t>(node);
  if (index >= nodes_.size() || nodes_[index] == nullptr) return nullptr;
  if (now > reached_) CatchUp(now);
  return nodes_[index].get();
}

void StateExpectations::MarkDirty(const std::vector<Place>& places) {
  dirty_.insert(dirty_.end(), places.begin(), places.end());
}

void StateExpectations::OnLifecycle(Time now, NodeId node, Lifecycle what) {
  WatchedNode* const watched = Watched(now, node);
  if (watched == nullptr) return;
  watched->state.OnLifecycle(now, what);
  for (const std::vector<Place>& places : watched->places) MarkDirty(places);
}

void StateExpectations::OnAddress(Time now, NodeId node, const AddressFact& fact) {
  WatchedNode* const watched = Watched(now, node);
  if (watched == nullptr) return;
  watched->state.OnAddress(now, fact);
  MarkDirty(watched->places[KindOf<AddressCondition>()]);
}

void StateExpectations::OnNeighbor(Time now, NodeId node, const NeighborFact& fact) {
  WatchedNode* const watched = Watched(now, node);
  if (watched == nullptr) return;
  watched->state.OnNeighbor(now, fact);
  MarkDirty(watched->places[KindOf<NeighborCondition>()]);
}

void StateExpectations::OnDefaultRouter(Time now, NodeId node, const DefaultRouterFact& fact) {
  WatchedNode* const watched = Watched(now, node);
  if (watched == nullptr) return;
  watched->state.OnDefaultRouter(now, fact);
  MarkDirty(watched->places[KindOf<DefaultRouterCondition>()]);
}

void StateExpectations::OnResolver(Time now, NodeId node, const ResolverFact& fact) {
  WatchedNode* const watched = Watched(now, node);
  if (watched == nullptr) return;
  watched->state.OnResolver(now, fact);
  MarkDirty(watched->places[KindOf<ResolverCondition>()]);
}

void StateExpectations::OnPrefix(Time now, NodeId node, const PrefixFact& fact) {
  WatchedNode* const watched = Watched(now, node);
  if (watched == nullptr) return;
  watched->state.OnPrefix(now, fact);
  MarkDirty(watched->places[KindOf<PrefixCondition>()]);
}

void StateExpectations::OnRoute(Time now, NodeId node, const RouteFact& fact) {
  WatchedNode* const watched = Watched(now, node);
  if (watched == nullptr) return;
  watched->state.OnRoute(now, fact);
  MarkDirty(watched->places[KindOf<RouteCondition>()]);
}

void StateExpectations::CatchUp(Time now) {
  Settle();
  while (next_checkpoint_ < checkpoints_.size() && checkpoints_[next_checkpoint_].time < now) {
    Reach(checkpoints_[next_checkpoint_++]);
  }
  reached_ = now;
}

bool StateExpectations::IsSatisfied(const Watch& watch, size_t slot) const {
  const NodeId node = NodesOf(*watch.condition)[slot];
  const NodeState& state = nodes_[static_cast<size_t>(node)]->state;
  return std::visit([&state](const auto& condition) { return state.Satisfies(condition); },
                    *watch.condition);
}

// Judges what changed at reached_, now that all that happens at it has happened.
void StateExpectations::Settle() {
  std::sort(dirty_.begin(), dirty_.end());
  dirty_.erase(std::unique(dirty_.begin(), dirty_.end()), dirty_.end());
  for (size_t i = 0; i < dirty_.size(); ++i) {
    const Place place = dirty_[i];
    Watch& watch = watches_[place.watch];
    const bool satisfied = IsSatisfied(watch, place.slot);
    if (satisfied != watch.satisfied[place.slot]) {
      watch.satisfied[place.slot] = satisfied;
      watch.satisfied_count += satisfied ? 1 : size_t{0} - 1;
    }
    const bool last_of_watch = i + 1 == dirty_.size() || dirty_[i + 1].watch != place.watch;
    if (!last_of_watch) continue;
    // Never: on none of the nodes; otherwise on each of them.
    const bool truth = watch.expectation->mode == ExpectationMode::kNever
                           ? watch.satisfied_count > 0
                           : watch.satisfied_count == watch.satisfied.size();
    if (truth != watch.truth) {
      watch.truth = truth;
      watch.since = reached_;
    }
    Look(watch, reached_);
  }
  dirty_.clear();
}

void StateExpectations::Look(Watch& watch, Time now) {
  if (watch.decided || now < watch.expectation->from || now > watch.expectation->until) return;
  switch (watch.expectation->mode) {
    case ExpectationMode::kBy:
      if (watch.truth) Decide(watch, Verdict::kHeld, now);
      break;
    case ExpectationMode::kAlways:
      if (!watch.truth) Decide(watch, Verdict::kFailed, now);
      break;
    case ExpectationMode::kNever:
      if (watch.truth) Decide(watch, Verdict::kFailed, now);
      break;
    case ExpectationMode::kAt:
      break;
  }
}

void StateExpectations::Reach(const Checkpoint& checkpoint) {
  Watch& watch = watches_[checkpoint.watch];
  Look(watch, checkpoint.time);
  if (!checkpoint.is_until || watch.decided) return;
  const ExpectationMode mode = watch.expectation->mode;
  const bool holds = mode == ExpectationMode::kAt ? watch.truth : mode != ExpectationMode::kBy;
  Decide(watch, holds ? Verdict::kHeld : Verdict::kFailed, checkpoint.time);
}

void StateExpectations::Decide(Watch& watch, Verdict verdict, Time now) {
  watch.decided = true;
  watch.decision.verdict = verdict;
  watch.decision.at = now;
  watch.decision.around = now;
  if (verdict != Verdict::kFailed) return;
  watch.decision.seen = Seen(watch);
  watch.decision.since = watch.since;
  const bool never = watch.expectation->mode == ExpectationMode::kNever;
  const std::vector<NodeId>& nodes = NodesOf(*watch.condition);
  for (size_t slot = 0; slot < nodes.size(); ++slot) {
    if (watch.satisfied[slot] == never) {
      watch.decision.nodes.push_back(nodes[slot]);
      break;
    }
  }
}

// What is true of the first node that is not as it should be.
std::string StateExpectations::Seen(const Watch& watch) const {
  const bool never = watch.expectation->mode == ExpectationMode::kNever;
  const std::vector<NodeId>& nodes = NodesOf(*watch.condition);
  const size_t wrong = never ? watch.satisfied_count : nodes.size() - watch.satisfied_count;
  for (size_t slot = 0; slot < nodes.size(); ++slot) {
    if (watch.satisfied[slot] != never) continue;
    const NodeState& state = nodes_[static_cast<size_t>(nodes[slot])]->state;
    std::string text = plan_.node(nodes[slot]).name + " ";
    text += std::visit([&state](const auto& condition) { return state.Describe(condition); },
                       *watch.condition);
    if (nodes.size() > 1) {
      text = std::to_string(wrong) + " of " + std::to_string(nodes.size()) + " nodes " +
             (never ? "do" : "don't") + "; " + text;
    }
    return text;
  }
  return "";
}

void StateExpectations::Finish(Time end, std::vector<Decision>* decisions) {
  CatchUp(end + Nanoseconds(1));
  for (Watch& watch : watches_) {
    if (!watch.decided) watch.decision.at = end;
    (*decisions)[watch.index] = std::move(watch.decision);
  }
}

}  // namespace dualsim::sim
