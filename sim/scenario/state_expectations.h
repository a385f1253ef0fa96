#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/decision.h"
#include "sim/scenario/node_state.h"
#include "sim/scenario/plan.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Judges a plan's expectations on state. It keeps the state of those nodes alone
// that they name, and looks at a condition only when something that it speaks of
// changed. What is true at a time is what is true after all that happens at it:
// states that come and go within one instant were never there.
class StateExpectations final : public WorldObserver {
 public:
  // `plan` outlives it.
  explicit StateExpectations(const Plan& plan);

  void OnLifecycle(Time now, NodeId node, Lifecycle what) override;
  void OnAddress(Time now, NodeId node, const AddressFact& fact) override;
  void OnNeighbor(Time now, NodeId node, const NeighborFact& fact) override;
  void OnDefaultRouter(Time now, NodeId node, const DefaultRouterFact& fact) override;
  void OnResolver(Time now, NodeId node, const ResolverFact& fact) override;
  void OnPrefix(Time now, NodeId node, const PrefixFact& fact) override;
  void OnRoute(Time now, NodeId node, const RouteFact& fact) override;

  // The run is over, with all that happens at `end`. Puts the decisions to their
  // expectations' places; `decisions` has one for each of the plan's.
  void Finish(Time end, std::vector<Decision>* decisions);

 private:
  // By StateCondition's alternatives.
  static constexpr size_t kKinds = std::variant_size_v<StateCondition>;

  // One expectation.
  struct Watch {
    size_t index = 0;  // In the plan.
    const Expectation* expectation = nullptr;
    const StateCondition* condition = nullptr;
    std::vector<bool> satisfied;  // By place in the condition's nodes.
    size_t satisfied_count = 0;
    bool truth = false;
    Time since;  // Since when `truth` is what it is.
    bool decided = false;
    Decision decision;
  };
  // A node's place in an expectation.
  struct Place {
    size_t watch = 0;
    size_t slot = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  struct WatchedNode {
    NodeState state;
    std::vector<Place> places[kKinds];
  };
  // A time at which an expectation has to be looked at although nothing changes.
  struct Checkpoint {
    Time time;
    bool is_until = false;
    size_t watch = 0;
    friend auto operator<=>(const Checkpoint&, const Checkpoint&) = default;
  };

  // The node, if some expectation names it; then the past is settled up to `now`.
  WatchedNode* Watched(Time now, NodeId node);
  void MarkDirty(const std::vector<Place>& places);
  void CatchUp(Time now);
  void Settle();
  void Look(Watch& watch, Time now);
  void Reach(const Checkpoint& checkpoint);
  void Decide(Watch& watch, Verdict verdict, Time now);
  bool IsSatisfied(const Watch& watch, size_t slot) const;
  std::string Seen(const Watch& watch) const;

  const Plan& plan_;
  std::vector<Watch> watches_;
  std::vector<std::unique_ptr<WatchedNode>> nodes_;  // By NodeId; null where nobody asks.
  std::vector<Checkpoint> checkpoints_;              // In the order of time.
  size_t next_checkpoint_ = 0;
  std::vector<Place> dirty_;
  Time reached_;  // Where what happens is being collected.
};

}  // namespace dualsim::sim
