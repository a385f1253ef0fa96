#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/filter/packet_filter.h"
#include "sim/net/world_observer.h"
#include "sim/scenario/decision.h"
#include "sim/scenario/plan.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Judges one expectation on packets.
class PacketWatch {
 public:
  // `plan` outlives it; the expectation is one of the plan's, on packets.
  PacketWatch(const Plan& plan, size_t index);

  size_t index() const { return index_; }
  LinkId link() const { return condition_.link; }
  void OnFrame(Time now, const FrameEvent& event);
  // The run is over, with all that happens at `end`.
  Decision Finish(Time end);

 private:
  struct Step {
    PacketFilter filter;
    std::optional<Time> completed;  // The latest at which it and those before it can be done.
  };

  void CountMatch(Time now);
  void TakeSteps(Time now, const FrameEvent& event);
  void Decide(Verdict verdict, Time now, std::string seen);
  std::string SeenCount() const;
  std::string SeenSteps() const;

  size_t index_;
  const Expectation& expectation_;
  const PacketsCondition& condition_;
  PacketFilter filter_;
  std::vector<Step> steps_;
  uint64_t matches_ = 0;
  std::optional<Time> last_match_;
  bool decided_ = false;
  Decision decision_;
};

}  // namespace dualsim::sim
