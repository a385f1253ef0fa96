#pragma once

#include <cstdint>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/world.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// What testers do on their own: they answer solicitations for their addresses
// (RFC 4861 §7.2.4). The answers leave when SendAnswers() is called.
class TesterStations final : public WorldObserver {
 public:
  // `plan` outlives it.
  explicit TesterStations(const Plan& plan);

  void OnFrame(Time now, const FrameEvent& event) override;

  // Whether a tester has something to say.
  bool pending() const { return !answers_.empty(); }
  void SendAnswers(World& world);

  // Changes a tester's behaviour from now on.
  TesterPlan& behavior(NodeId tester) { return testers_[static_cast<size_t>(tester)]; }

 private:
  struct Answer {
    NodeId tester{};
    std::vector<uint8_t> frame;
  };

  const Plan& plan_;
  std::vector<TesterPlan> testers_;  // By NodeId; nothing in those of other nodes.
  std::vector<Answer> answers_;
};

}  // namespace dualsim::sim
