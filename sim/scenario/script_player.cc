#include "sim/scenario/script_player.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/craft/packet_dissector.h"
#include "sim/craft/packet_matcher.h"
#include "sim/scenario/crafted_injection.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

// "ipv6, echo_reply (line 12)".
std::string PatternText(const Pattern& pattern) {
  std::string text;
  for (const craft::Layer& layer : pattern.spec.layers) {
    text += (text.empty() ? "" : ", ") + std::string(craft::LayerName(layer));
  }
  if (text.empty()) text = "anything";
  return text + " (line " + std::to_string(pattern.where.line) + ")";
}

bool HasStateSteps(const Script& script) {
  return std::any_of(script.steps.begin(), script.steps.end(), [](const Script::Placed& placed) {
    return std::holds_alternative<step::ExpectState>(placed.step);
  });
}

}  // namespace

ScriptPlayer::ScriptPlayer(const Plan& plan, AddressBook& book, TesterStations& testers)
    : plan_(plan), script_(*plan.script), book_(book), testers_(testers) {
  if (HasStateSteps(script_)) states_.resize(plan.nodes.size());
}

void ScriptPlayer::Continue(World& world, Timeline& timeline) {
  testers_.SendAnswers(world);
  while (!done()) {
    const Script::Placed& placed = script_.steps[current_];
    if (!begun_) {
      begun_ = true;
      start_ = world.simulation().now();
      near_ = Near();
      count_ = 0;
      last_match_.reset();
      met_.clear();
    }
    deadline_ = Time::Never();
    const bool taken =
        std::visit([&](const auto& step) { return Take(step, world, timeline); }, placed.step);
    if (!taken || failed()) return;
    ++current_;
    begun_ = false;
  }
}

Decision ScriptPlayer::Finish(Time now) {
  if (decision_.verdict == Verdict::kUndecided && done()) {
    decision_.verdict = Verdict::kHeld;
    decision_.at = now;
  }
  return decision_;
}

bool ScriptPlayer::Take(const step::Inject& step, World& world, Timeline&) {
  while (WaitUntil(start_ + step.interval * static_cast<int64_t>(count_), world)) {
    const std::string error = SendInjection(step.inject, plan_, world, book_, count_);
    if (!error.empty()) {
      Fail(world.simulation().now(), "to send this frame", error, step.inject.link);
    }
    if (failed() || ++count_ == step.times) return true;
  }
  return false;
}

bool ScriptPlayer::Take(const step::Act& act, World& world, Timeline& timeline) {
  for (size_t i = 0; i < act.count; ++i) {
    timeline.PlayNow(act.first + i, world.simulation().now());
  }
  return true;
}

bool ScriptPlayer::Take(const step::ChangeTester& change, World&, Timeline&) {
  TesterPlan& behavior = testers_.behavior(change.tester);
  if (change.answer_solicitations) behavior.answer_solicitations = *change.answer_solicitations;
  if (change.is_router) behavior.is_router = *change.is_router;
  return true;
}

bool ScriptPlayer::WaitUntil(Time end, World& world) {
  deadline_ = end;
  return world.simulation().now() >= end;
}

bool ScriptPlayer::Take(const step::Wait& wait, World& world, Timeline&) {
  frames_.clear();
  return WaitUntil(start_ + wait.time, world);
}

uint64_t ScriptPlayer::DropsOf(const DropsCondition& condition) const {
  uint64_t sum = 0;
  for (const auto& [key, count] : drops_) {
    const auto& [node, reason] = key;
    const bool here =
        condition.nodes.empty() ||
        std::find(condition.nodes.begin(), condition.nodes.end(), node) != condition.nodes.end();
    if (here && (!condition.reason || *condition.reason == reason)) sum += count;
  }
  return sum;
}

std::string ScriptPlayer::Unmet(const step::ExpectState& expect) const {
  std::string seen;
  for (const StateCondition& condition : expect.conditions) {
    std::visit(
        [&](const auto& wanted) {
          for (NodeId node : wanted.nodes) {
            const NodeState& state = states_[static_cast<size_t>(node)];
            if (state.Satisfies(wanted)) continue;
            seen +=
                (seen.empty() ? "" : "; ") + plan_.node(node).name + " " + state.Describe(wanted);
          }
        },
        condition);
  }
  for (const DropsCondition& wanted : expect.drops) {
    const uint64_t count = DropsOf(wanted);
    if (wanted.count.Holds(count)) continue;
    seen += (seen.empty() ? "" : "; ") + std::to_string(count) + " drops";
  }
  return seen;
}

bool ScriptPlayer::Take(const step::ExpectState& expect, World& world, Timeline&) {
  const std::string seen = Unmet(expect);
  if (seen.empty()) return true;
  if (WaitUntil(start_ + expect.within, world)) {
    Fail(deadline_, expect.text, seen, std::nullopt);
  }
  return false;
}

const ScriptPlayer::Frame* ScriptPlayer::NextFrame(const step::Watched& watched) {
  while (!frames_.empty()) {
    const Frame& frame = frames_.front();
    if (frame.link == watched.link && (!watched.sender || frame.sender == *watched.sender)) {
      return &frame;
    }
    frames_.pop_front();
  }
  return nullptr;
}

bool ScriptPlayer::Matches(const Pattern& pattern, const Frame& frame, const step::Watched& watched,
                           Near* near) {
  const LinkSurroundings surroundings(plan_, book_, watched.link, std::nullopt, std::nullopt);
  craft::MatchResult result =
      craft::Match(pattern.spec, craft::DissectFrame(frame.bytes), surroundings);
  if (!result.matches && near != nullptr) {
    ++near->seen;
    if (near->reason.empty() || result.nearness > near->nearness) {
      near->nearness = result.nearness;
      near->time = frame.time;
      near->reason = std::move(result.reason);
    }
  }
  return result.matches;
}

bool ScriptPlayer::IsForbidden(const std::vector<Pattern>& patterns, const Frame& frame,
                               const step::Watched& watched) {
  for (const Pattern& pattern : patterns) {
    if (!Matches(pattern, frame, watched, nullptr)) continue;
    Fail(frame.time, "no " + PatternText(pattern), "one was sent", watched.link);
    return true;
  }
  return false;
}

bool ScriptPlayer::Take(const step::ExpectPacket& expect, World& world, Timeline&) {
  met_.resize(expect.patterns.size());
  while (const Frame* frame = NextFrame(expect.watched)) {
    const bool late = frame->time > start_ + expect.within;
    if (late || IsForbidden(expect.without, *frame, expect.watched)) break;
    for (size_t i = 0; i < met_.size(); ++i) {
      if (met_[i] || !Matches(expect.patterns[i], *frame, expect.watched, &near_)) continue;
      met_[i] = true;
      // What came while the step before went on is not early.
      if (expect.not_before > Duration() && frame->time < start_ + expect.not_before) {
        Fail(
            frame->time,
            PatternText(expect.patterns[i]) + " not before " + TimeText(start_ + expect.not_before),
            "it was sent already", expect.watched.link);
      }
      if (!expect.name.empty()) book_.Keep(expect.name, frame->bytes);
      break;
    }
    frames_.pop_front();
    if (failed()) return false;
    if (std::find(met_.begin(), met_.end(), false) == met_.end()) return true;
  }
  if (!failed() && WaitUntil(start_ + expect.within, world)) {
    const auto missing =
        static_cast<size_t>(std::find(met_.begin(), met_.end(), false) - met_.begin());
    Fail(deadline_,
         "within " + DurationText(expect.within) + ": " + PatternText(expect.patterns[missing]),
         SeenText(near_), expect.watched.link);
  }
  return false;
}

bool ScriptPlayer::Take(const step::ExpectPackets& expect, World& world, Timeline&) {
  const LinkId link = expect.watched.link;
  while (const Frame* frame = NextFrame(expect.watched)) {
    if (frame->time > start_ + expect.during) break;
    if (IsForbidden(expect.without, *frame, expect.watched)) return false;
    if (Matches(expect.pattern, *frame, expect.watched, &near_)) {
      ++count_;
      const Duration interval = last_match_ ? frame->time - *last_match_ : Duration();
      const bool early = last_match_ && expect.min_interval && interval < *expect.min_interval;
      const bool late = last_match_ && expect.max_interval && interval > *expect.max_interval;
      if (early || late) {
        Fail(frame->time,
             (early ? "at least " + DurationText(*expect.min_interval)
                    : "at most " + DurationText(*expect.max_interval)) +
                 " between two of " + PatternText(expect.pattern),
             DurationText(interval), link);
        return false;
      }
      last_match_ = frame->time;
    }
    frames_.pop_front();
  }
  const std::string expected = expect.count.ToString() + " of " + PatternText(expect.pattern);
  if (expect.count.at_most && count_ > *expect.count.at_most) {
    Fail(*last_match_, expected, std::to_string(count_), link);
    return false;
  }
  if (!WaitUntil(start_ + expect.during, world)) return false;
  if (!expect.count.Holds(count_)) {
    Fail(deadline_, expected, std::to_string(count_) + "; " + SeenText(near_), link);
  }
  return true;
}

bool ScriptPlayer::Take(const step::ExpectNoPacket& expect, World& world, Timeline&) {
  while (const Frame* frame = NextFrame(expect.watched)) {
    if (frame->time > start_ + expect.during) break;
    if (IsForbidden(expect.patterns, *frame, expect.watched)) return false;
    frames_.pop_front();
  }
  return WaitUntil(start_ + expect.during, world);
}

std::string ScriptPlayer::SeenText(const Near& near) const {
  if (near.seen == 0) return "nothing was sent";
  const std::string at = " (at " + TimeText(near.time) + ")";
  if (near.seen == 1) return "of one frame, " + near.reason + at;
  return "of " + std::to_string(near.seen) + " frames, of the nearest " + near.reason + at;
}

void ScriptPlayer::Fail(Time now, std::string expected, std::string seen,
                        std::optional<LinkId> link) {
  if (failed()) return;
  decision_.verdict = Verdict::kFailed;
  decision_.at = now;
  decision_.around = now;
  decision_.expected = std::move(expected);
  decision_.seen = std::move(seen);
  decision_.where = script_.steps[current_].where;
  if (link) decision_.links = {*link};
}

void ScriptPlayer::OnFrame(Time now, const FrameEvent& event) {
  if (event.injected) return;
  frames_.push_back({now, event.link, event.sender, {event.frame.begin(), event.frame.end()}});
}

void ScriptPlayer::OnDrop(Time, NodeId node, const DropFact& fact) {
  if (!states_.empty()) ++drops_[{node, fact.reason}];
}
void ScriptPlayer::OnLifecycle(Time now, NodeId node, Lifecycle what) {
  if (!states_.empty()) states_[static_cast<size_t>(node)].OnLifecycle(now, what);
}
void ScriptPlayer::OnAddress(Time now, NodeId node, const AddressFact& fact) {
  if (!states_.empty()) states_[static_cast<size_t>(node)].OnAddress(now, fact);
}
void ScriptPlayer::OnNeighbor(Time now, NodeId node, const NeighborFact& fact) {
  if (!states_.empty()) states_[static_cast<size_t>(node)].OnNeighbor(now, fact);
}
void ScriptPlayer::OnDefaultRouter(Time now, NodeId node, const DefaultRouterFact& fact) {
  if (!states_.empty()) states_[static_cast<size_t>(node)].OnDefaultRouter(now, fact);
}
void ScriptPlayer::OnResolver(Time now, NodeId node, const ResolverFact& fact) {
  if (!states_.empty()) states_[static_cast<size_t>(node)].OnResolver(now, fact);
}
void ScriptPlayer::OnPrefix(Time now, NodeId node, const PrefixFact& fact) {
  if (!states_.empty()) states_[static_cast<size_t>(node)].OnPrefix(now, fact);
}
void ScriptPlayer::OnRoute(Time now, NodeId node, const RouteFact& fact) {
  if (!states_.empty()) states_[static_cast<size_t>(node)].OnRoute(now, fact);
}

}  // namespace dualsim::sim
