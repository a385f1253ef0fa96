#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/expectation_text.h"
#include "sim/scenario/near_name.h"
#include "sim/scenario/read_condition.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

// When each node first boots; nodes that never do are missing.
std::map<NodeId, Time> FirstBoots(const Plan& plan) {
  std::map<NodeId, Time> boots;
  const auto note = [&boots](NodeId node, Time time) {
    const auto [known, is_new] = boots.try_emplace(node, time);
    if (!is_new) known->second = std::min(known->second, time);
  };
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    if (plan.nodes[i].boot_at) note(NodeId(static_cast<uint32_t>(i)), *plan.nodes[i].boot_at);
  }
  for (const TimedAction& timed : plan.actions) {
    if (const auto* boot = std::get_if<action::Boot>(&timed.action)) {
      for (NodeId node : boot->nodes) note(node, timed.time);
    } else if (const auto* reboot = std::get_if<action::Reboot>(&timed.action)) {
      for (NodeId node : reboot->nodes) note(node, timed.time + reboot->off_for);
    }
  }
  return boots;
}

class ExpectationCheck {
 public:
  explicit ExpectationCheck(CheckContext* context)
      : context_(*context), first_boots_(FirstBoots(context->plan())) {}

  void Check(const Expect& expect) {
    window_ = ReadWindow(expect);
    name_ = expect.name();
    const size_t first = context_.plan().expectations.size();
    if (expect.has_always()) {
      const Conditions& always = expect.always();
      if (always.packets_size() + always.drops_size() + always.log_size() > 0) {
        context_.Error(expect, Expect::kAlwaysFieldNumber,
                       "packets, drops and log happen at a moment; give them a 'count' instead");
      }
      AddStates(always, ExpectationMode::kAlways);
    }
    if (expect.has_never()) {
      AddStates(expect.never(), ExpectationMode::kNever);
      AddEvents(expect.never(), /*never=*/true);
    }
    AddStates(expect, window_.state_mode);
    AddEvents(expect, /*never=*/false);
    for (const auto& entry : expect.ping()) AddPing(entry);
    std::vector<Expectation>& all = context_.plan().expectations;
    // Every condition's field number is one of these.
    if (!context_.HasAnyField(expect, Expect::kAlwaysFieldNumber, Expect::kLeaseFieldNumber)) {
      context_.Error(expect, "nothing is expected here; give the block a condition");
    }
    std::stable_sort(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                     [](const Expectation& a, const Expectation& b) { return a.where < b.where; });
  }

 private:
  struct Window {
    Time from;
    Time until;
    ExpectationMode state_mode = ExpectationMode::kAt;
  };

  std::optional<Time> ReadWithinRun(const Expect& expect, int field) {
    const std::optional<Time> time = context_.ReadTime(expect, field);
    if (time && *time > context_.plan().end) {
      context_.Error(expect, field,
                     "it is never reached: the run ends at " + TimeText(context_.plan().end));
      return std::nullopt;
    }
    return time;
  }

  Window ReadWindow(const Expect& expect) {
    Window window{Time(), context_.plan().end, ExpectationMode::kAt};
    const auto by = ReadWithinRun(expect, Expect::kByFieldNumber);
    const auto at = ReadWithinRun(expect, Expect::kAtFieldNumber);
    const auto from = ReadWithinRun(expect, Expect::kFromFieldNumber);
    const auto until = ReadWithinRun(expect, Expect::kUntilFieldNumber);
    if (expect.has_at() && (expect.has_by() || expect.has_from() || expect.has_until())) {
      context_.Error(expect, Expect::kAtFieldNumber,
                     "it stands alone; 'by', 'from' and 'until' say something else");
    }
    if (expect.has_by() && expect.has_until()) {
      context_.Error(expect, Expect::kByFieldNumber, "give 'by' or 'until', not both");
    }
    const bool spans = expect.has_always() || expect.has_never();
    if (spans && (expect.has_by() || expect.has_at())) {
      context_.Error(expect, expect.has_by() ? Expect::kByFieldNumber : Expect::kAtFieldNumber,
                     "'always' and 'never' go with 'from' and 'until'");
    }
    if (from) window.from = *from;
    if (until) window.until = *until;
    if (by) window.until = *by;
    if (at) window.until = *at;
    if (window.from > window.until) {
      context_.Error(expect, Expect::kFromFieldNumber,
                     TimeText(window.from) + " is after " + TimeText(window.until) +
                         "; there is no time between them");
    }
    if (!expect.has_at() && (expect.has_by() || expect.has_from() || expect.has_until())) {
      window.state_mode = ExpectationMode::kBy;
    }
    return window;
  }

  void Add(const google::protobuf::Message& entry, ExpectationMode mode, Condition condition) {
    Expectation expectation;
    expectation.name = name_;
    expectation.mode = mode;
    expectation.from = window_.from;
    expectation.until = window_.until;
    expectation.condition = std::move(condition);
    expectation.where = context_.Where(entry);
    expectation.text = DescribeExpectation(context_.plan(), expectation);
    context_.plan().expectations.push_back(std::move(expectation));
  }

  void AddState(const google::protobuf::Message& entry, ExpectationMode mode,
                std::optional<StateCondition> condition) {
    if (!condition) return;
    CheckReach(entry, mode, *condition);
    Add(entry, mode, std::move(*condition));
  }

  // Of AddStates and AddEvents: Expect and Conditions have fields alike.
  template <typename Block>
  void AddStates(const Block& block, ExpectationMode mode) {
    for (const auto& entry : block.address()) AddState(entry, mode, ReadAddress(entry, &context_));
    for (const auto& entry : block.neighbor()) {
      AddState(entry, mode, ReadNeighbor(entry, &context_));
    }
    for (const auto& entry : block.default_router()) {
      AddState(entry, mode, ReadDefaultRouter(entry, &context_));
    }
    for (const auto& entry : block.resolver()) {
      AddState(entry, mode, ReadResolver(entry, &context_));
    }
    for (const auto& entry : block.prefix()) AddState(entry, mode, ReadPrefix(entry, &context_));
    for (const auto& entry : block.route()) AddState(entry, mode, ReadRoute(entry, &context_));
    for (const auto& entry : block.node()) AddState(entry, mode, ReadNode(entry, &context_));
  }

  template <typename Block>
  void AddEvents(const Block& block, bool never) {
    const auto add = [&](const auto& entry, auto condition) {
      if (!condition) return;
      if (never) {
        if (entry.has_count()) {
          context_.Error(entry, "'never' is a count of its own; leave 'count' out");
        }
        condition->count = CountRange::Exactly(0);
      }
      Add(entry, never ? ExpectationMode::kNever : ExpectationMode::kBy,
          EventCondition(std::move(*condition)));
    };
    for (const auto& entry : block.packets()) add(entry, ReadPackets(entry, &context_));
    for (const auto& entry : block.drops()) add(entry, ReadDrops(entry, &context_));
    for (const auto& entry : block.log()) add(entry, ReadLog(entry, &context_));
    for (const auto& entry : block.connection()) add(entry, ReadConnection(entry, &context_));
    for (const auto& entry : block.query()) add(entry, ReadQuery(entry, &context_));
    for (const auto& entry : block.lease()) add(entry, ReadLease(entry, &context_));
  }

  void AddPing(const dualsim::PingCondition& entry) {
    std::optional<PingCondition> condition = ReadPing(entry, &context_);
    if (!condition) return;
    bool reached = false;
    for (const TimedAction& timed : context_.plan().actions) {
      const auto* ping = std::get_if<action::Ping>(&timed.action);
      if (ping == nullptr) continue;
      const bool meant =
          std::binary_search(condition->pings.begin(), condition->pings.end(), ping->id);
      if (meant && timed.time <= window_.until) reached = true;
      if (meant && !first_boots_.contains(ping->from)) {
        context_.Error(entry, "'" + context_.NodeName(ping->from) +
                                  "' never boots, so it never "
                                  "pings; give it 'boot_at', or boot it on the timeline");
      }
    }
    if (!reached) {
      context_.Error(entry, "no such ping begins before " + TimeText(window_.until));
    }
    Add(entry, ExpectationMode::kBy, EventCondition(std::move(*condition)));
  }

  // A condition that asks for something to be there needs nodes that run by then.
  void CheckReach(const google::protobuf::Message& entry, ExpectationMode mode,
                  const StateCondition& condition) {
    if (mode == ExpectationMode::kNever || !AsksForPresence(condition)) return;
    const Time needed = mode == ExpectationMode::kAlways ? window_.from : window_.until;
    for (NodeId node : NodesOf(condition)) {
      const auto boot = first_boots_.find(node);
      const std::string name = "'" + context_.NodeName(node) + "'";
      if (boot == first_boots_.end()) {
        context_.Error(entry, "it can't come true: " + name +
                                  " never boots; give it 'boot_at', or boot it on the timeline");
        return;
      }
      if (boot->second > needed) {
        context_.Error(entry, "it can't come true: " + name + " boots at " +
                                  TimeText(boot->second) + ", and this is for " + TimeText(needed));
        return;
      }
    }
  }

  CheckContext& context_;
  std::map<NodeId, Time> first_boots_;
  Window window_;  // Of the block at hand.
  std::string name_;
};

}  // namespace

void CheckExpectations(const dualsim::Scenario& scenario, CheckContext* context) {
  ExpectationCheck check(context);
  for (const Expect& expect : scenario.expect()) check.Check(expect);
}

}  // namespace dualsim::sim
