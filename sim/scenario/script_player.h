#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/address_book.h"
#include "sim/scenario/decision.h"
#include "sim/scenario/node_state.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/tester_stations.h"
#include "sim/scenario/timeline.h"
#include "sim/scenario/world.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Plays the steps of a case, and judges them. It collects frames while the world
// runs, and acts between its events: after all that happens at a time, never in
// the middle of it.
class ScriptPlayer final : public WorldObserver {
 public:
  // All outlive it; the plan has a script.
  ScriptPlayer(const Plan& plan, AddressBook& book, TesterStations& testers);

  bool done() const { return failed() || current_ == script_.steps.size(); }
  bool failed() const { return decision_.verdict == Verdict::kFailed; }
  // When Continue() is next needed though nothing happens.
  Time deadline() const { return deadline_; }
  // Takes the steps that can be taken now. To be called after everything that
  // happens at the world's time.
  void Continue(World& world, Timeline& timeline);
  // The case is over at `now`, whether its steps are or not.
  Decision Finish(Time now);

  void OnFrame(Time now, const FrameEvent& event) override;
  void OnLifecycle(Time now, NodeId node, Lifecycle what) override;
  void OnAddress(Time now, NodeId node, const AddressFact& fact) override;
  void OnNeighbor(Time now, NodeId node, const NeighborFact& fact) override;
  void OnDefaultRouter(Time now, NodeId node, const DefaultRouterFact& fact) override;
  void OnResolver(Time now, NodeId node, const ResolverFact& fact) override;
  void OnPrefix(Time now, NodeId node, const PrefixFact& fact) override;
  void OnRoute(Time now, NodeId node, const RouteFact& fact) override;
  void OnDrop(Time now, NodeId node, const DropFact& fact) override;

 private:
  struct Frame {
    Time time;
    LinkId link{};
    NodeId sender{};
    std::vector<uint8_t> bytes;
  };
  // A frame that is nearly what is wanted, for messages.
  struct Near {
    size_t seen = 0;  // Frames that were compared.
    size_t nearness = 0;
    Time time;
    std::string reason;
  };

  // Whether the step is done; else deadline_ says when to look again at latest.
  bool Take(const step::Inject& inject, World& world, Timeline& timeline);
  bool Take(const step::ExpectPacket& expect, World& world, Timeline& timeline);
  bool Take(const step::ExpectPackets& expect, World& world, Timeline& timeline);
  bool Take(const step::ExpectNoPacket& expect, World& world, Timeline& timeline);
  bool Take(const step::ExpectState& expect, World& world, Timeline& timeline);
  bool Take(const step::Wait& wait, World& world, Timeline& timeline);
  bool Take(const step::Act& act, World& world, Timeline& timeline);
  bool Take(const step::ChangeTester& change, World& world, Timeline& timeline);

  // The next collected frame that a step looks at; the others before it are
  // dropped. It stays in front of the queue.
  const Frame* NextFrame(const step::Watched& watched);
  bool Matches(const Pattern& pattern, const Frame& frame, const step::Watched& watched,
               Near* near);
  // Fails where the frame is one that must not come; true: it did.
  bool IsForbidden(const std::vector<Pattern>& patterns, const Frame& frame,
                   const step::Watched& watched);
  // What is not as the step has it, in words; "" where all is.
  std::string Unmet(const step::ExpectState& expect) const;
  uint64_t DropsOf(const DropsCondition& condition) const;
  bool WaitUntil(Time end, World& world);
  void Fail(Time now, std::string expected, std::string seen, std::optional<LinkId> link);
  std::string SeenText(const Near& near) const;

  const Plan& plan_;
  const Script& script_;
  AddressBook& book_;
  TesterStations& testers_;
  std::vector<NodeState> states_;                            // By NodeId; none where no step asks.
  std::map<std::pair<NodeId, DropReason>, uint64_t> drops_;  // Likewise.

  size_t current_ = 0;
  Time deadline_;
  Decision decision_;
  std::deque<Frame> frames_;

  // Of the current step.
  bool begun_ = false;
  Time start_;
  std::vector<bool> met_;
  Near near_;
  uint64_t count_ = 0;
  std::optional<Time> last_match_;
};

}  // namespace dualsim::sim
