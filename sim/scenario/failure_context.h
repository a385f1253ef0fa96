#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/record/frame_notes.h"
#include "sim/record/trace_text.h"
#include "sim/record/world_names.h"
#include "sim/scenario/decision.h"
#include "sim/scenario/plan.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Collects the lines of the trace around failures: what happened on the links
// and to the nodes that each concerns, shortly before and after. A run is a pure
// function, so this watches a second run, and the first one pays nothing for it.
class FailureContext final : public WorldObserver, private LineSink {
 public:
  // `plan` outlives it; `failures` are copied from.
  FailureContext(const Plan& plan, const std::vector<const Decision*>& failures);

  // No later time is of interest.
  Time end() const { return end_; }
  // The lines around failure `i`, in their order.
  std::vector<std::string> Lines(size_t i) const;

  void OnFrame(Time now, const FrameEvent& event) override;
  void OnFrameLoss(Time now, const FrameLossEvent& event) override;
  void OnLifecycle(Time now, NodeId node, Lifecycle what) override;
  void OnAddress(Time now, NodeId node, const AddressFact& fact) override;
  void OnDrop(Time now, NodeId node, const DropFact& fact) override;
  void OnAction(Time now, std::string_view action) override;

 private:
  static constexpr size_t kBefore = 6;
  static constexpr size_t kAfter = 3;
  // Later lines are no longer "around" it.
  static constexpr Duration kReach = Seconds(1);

  struct Failure {
    Time around;
    std::vector<bool> nodes;  // By NodeId.
    std::vector<bool> links;  // By LinkId.
    std::deque<std::string> before;
    std::vector<std::string> after;
  };

  void OnLine(Time now, LineKind kind, std::string_view line) override;
  bool AnyLink(LinkId link) const;
  bool AnyNode(NodeId node) const;
  // Gives the line that was written last to the failures that `concerns` names.
  template <typename Concerns>
  void Keep(Time now, Concerns concerns);

  WorldNames names_;
  FrameNotes notes_;
  TraceText text_;
  std::string line_;
  std::vector<Failure> failures_;
  Time end_;
};

// The names behind a plan's ids.
WorldNames NamesOf(const Plan& plan);

}  // namespace dualsim::sim
