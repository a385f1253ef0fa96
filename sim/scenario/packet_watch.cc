#include "sim/scenario/packet_watch.h"

#include <utility>

#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

const PacketsCondition& ConditionOf(const Expectation& expectation) {
  return std::get<PacketsCondition>(std::get<EventCondition>(expectation.condition));
}

bool IsFrom(const std::optional<NodeId>& sender, const FrameEvent& event) {
  return !sender || *sender == event.sender;
}

}  // namespace

PacketWatch::PacketWatch(const Plan& plan, size_t index)
    : index_(index), expectation_(plan.expectations[index]), condition_(ConditionOf(expectation_)) {
  // The check compiled them already.
  PacketFilter::Compile(condition_.filter, &filter_);
  for (const PacketStep& step : condition_.sequence) {
    PacketFilter::Compile(step.filter, &steps_.emplace_back().filter);
  }
}

void PacketWatch::OnFrame(Time now, const FrameEvent& event) {
  if (decided_ || now < expectation_.from || now > expectation_.until) return;
  if (!IsFrom(condition_.sender, event) || !filter_.Matches(event.frame)) return;
  CountMatch(now);
  if (!decided_) TakeSteps(now, event);
}

void PacketWatch::CountMatch(Time now) {
  ++matches_;
  const std::optional<Time> before = std::exchange(last_match_, now);
  if (condition_.count.at_most && matches_ > *condition_.count.at_most) {
    Decide(Verdict::kFailed, now, SeenCount());
    return;
  }
  if (before) {
    const Duration interval = now - *before;
    const bool early = condition_.min_interval && interval < *condition_.min_interval;
    const bool late = condition_.max_interval && interval > *condition_.max_interval;
    if (early || late) {
      Decide(Verdict::kFailed, now,
             "packet " + std::to_string(matches_) + " came " + DurationText(interval) +
                 " after the one before it");
      return;
    }
  }
  const bool only_count = steps_.empty() && !condition_.min_interval && !condition_.max_interval &&
                          !condition_.count.at_most;
  if (only_count && condition_.count.Holds(matches_)) Decide(Verdict::kHeld, now, "");
}

// A step can follow any completion of the step before it, and the latest leaves
// most time: so one time for each step is enough to find every way through. From
// the last step to the first, because a packet stands for one step only.
void PacketWatch::TakeSteps(Time now, const FrameEvent& event) {
  for (size_t i = steps_.size(); i-- > 0;) {
    const PacketStep& step = condition_.sequence[i];
    if (i > 0 && !steps_[i - 1].completed) continue;
    const Time start = i > 0 ? *steps_[i - 1].completed : expectation_.from;
    if (step.within && now - start > *step.within) continue;
    if (!IsFrom(step.sender, event) || !steps_[i].filter.Matches(event.frame)) continue;
    steps_[i].completed = now;
  }
}

void PacketWatch::Decide(Verdict verdict, Time now, std::string seen) {
  decided_ = true;
  decision_.verdict = verdict;
  decision_.at = now;
  decision_.seen = std::move(seen);
  decision_.around = verdict == Verdict::kFailed && last_match_ ? *last_match_ : now;
  decision_.links = {condition_.link};
}

std::string PacketWatch::SeenCount() const {
  if (matches_ == 0) return "no such packet";
  return std::to_string(matches_) +
         (matches_ == 1 ? " such packet, at " : " such packets, the last at ") +
         TimeText(*last_match_);
}

std::string PacketWatch::SeenSteps() const {
  std::string text;
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (!steps_[i].completed) {
      return text + "step " + std::to_string(i + 1) + ", '" + condition_.sequence[i].filter +
             "', never came" + (i > 0 ? " after it" : "");
    }
    text = "step " + std::to_string(i + 1) + " came at " + TimeText(*steps_[i].completed) + "; ";
  }
  return text;
}

Decision PacketWatch::Finish(Time end) {
  if (decided_) return decision_;
  if (end < expectation_.until) {
    decision_.at = end;
    return decision_;
  }
  if (!condition_.count.Holds(matches_)) {
    Decide(Verdict::kFailed, expectation_.until, SeenCount());
  } else if (!steps_.empty() && !steps_.back().completed) {
    Decide(Verdict::kFailed, expectation_.until, SeenSteps());
  } else {
    Decide(Verdict::kHeld, expectation_.until, "");
  }
  return decision_;
}

}  // namespace dualsim::sim
