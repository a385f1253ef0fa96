#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/craft/packet_spec_reader.h"
#include "sim/scenario/check.h"
#include "sim/scenario/expectation_text.h"
#include "sim/scenario/near_name.h"
#include "sim/scenario/read_condition.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

using Message = google::protobuf::Message;
using dualsim::Steps;

constexpr int kMaximumUseDepth = 8;
constexpr size_t kMaximumSteps = 100'000;
constexpr uint32_t kMaximumTimes = 100'000;

// Reads the steps of one case.
class StepsCheck {
 public:
  StepsCheck(const dualsim::Scenario& scenario, LinkId first_link, CheckContext* context)
      : context_(*context), first_link_(first_link) {
    for (const Steps& snippet : scenario.snippet()) snippets_.emplace(snippet.name(), &snippet);
  }

  // In the order of the text.
  void Read(const Steps& steps, int depth) {
    for (const Item& item : ItemsOf(steps)) {
      if (script_.steps.size() > kMaximumSteps) {
        context_.Error(steps, "a case has at most " + std::to_string(kMaximumSteps) + " steps");
        return;
      }
      ReadItem(steps, item, depth);
    }
  }

  Script TakeScript() { return std::move(script_); }
  // How long the steps take at most.
  Duration longest() const { return longest_; }

 private:
  struct Item {
    SourceLocation where;
    int field;
    int index;
  };

  std::vector<Item> ItemsOf(const Steps& steps) const {
    std::vector<Item> items;
    const auto add = [&](int field, int size) {
      for (int i = 0; i < size; ++i) items.push_back({context_.Where(steps, field, i), field, i});
    };
    add(Steps::kInjectFieldNumber, steps.inject_size());
    add(Steps::kExpectPacketFieldNumber, steps.expect_packet_size());
    add(Steps::kExpectPacketsFieldNumber, steps.expect_packets_size());
    add(Steps::kExpectNoPacketFieldNumber, steps.expect_no_packet_size());
    add(Steps::kExpectStateFieldNumber, steps.expect_state_size());
    add(Steps::kWaitFieldNumber, steps.wait_size());
    add(Steps::kUseFieldNumber, steps.use_size());
    add(Steps::kActionFieldNumber, steps.action_size());
    add(Steps::kTesterFieldNumber, steps.tester_size());
    std::stable_sort(items.begin(), items.end(),
                     [](const Item& a, const Item& b) { return a.where < b.where; });
    return items;
  }

  void ReadItem(const Steps& steps, const Item& item, int depth) {
    where_ = item.where;
    switch (item.field) {
      case Steps::kInjectFieldNumber:
        return ReadInject(steps.inject(item.index));
      case Steps::kExpectPacketFieldNumber:
        return ReadExpectPacket(steps.expect_packet(item.index));
      case Steps::kExpectPacketsFieldNumber:
        return ReadExpectPackets(steps.expect_packets(item.index));
      case Steps::kExpectNoPacketFieldNumber:
        return ReadExpectNoPacket(steps.expect_no_packet(item.index));
      case Steps::kExpectStateFieldNumber:
        return ReadExpectState(steps.expect_state(item.index));
      case Steps::kWaitFieldNumber:
        return ReadWait(steps, item.index);
      case Steps::kUseFieldNumber:
        return ReadUse(steps, item.index, depth);
      case Steps::kActionFieldNumber:
        return ReadAction(steps.action(item.index));
      default:
        return ReadTester(steps.tester(item.index));
    }
  }

  void Add(Step step) { script_.steps.push_back({std::move(step), where_}); }

  Duration ReadTime(const Message& message, int field, Duration otherwise) {
    return context_.ReadDuration(message, field).value_or(otherwise);
  }

  void ReadInject(const dualsim::Inject& entry) {
    auto inject = CheckInject(entry, packets_, &context_);
    if (entry.has_name()) packets_.push_back(entry.name());
    using Entry = dualsim::Inject;
    if (entry.has_times() && (entry.times() == 0 || entry.times() > kMaximumTimes)) {
      context_.Error(entry, Entry::kTimesFieldNumber,
                     "it is 1 to " + std::to_string(kMaximumTimes));
      return;
    }
    const uint64_t times = entry.has_times() ? entry.times() : 1;
    const Duration interval = ReadTime(entry, Entry::kIntervalFieldNumber, Duration());
    longest_ = longest_ + interval * static_cast<int64_t>(times);
    if (inject) Add(step::Inject{std::move(*inject), times, interval});
  }

  Pattern ReadPattern(const dualsim::Frame& frame) {
    return {
        craft::ReadPacketSpec(frame, context_.locations(), NamesInScope(context_.plan(), packets_),
                              craft::FrameUse::kPattern, &context_.diagnostics()),
        context_.Where(frame)};
  }
  template <typename Frames>
  std::vector<Pattern> ReadPatterns(const Frames& frames) {
    std::vector<Pattern> patterns;
    for (const dualsim::Frame& frame : frames) patterns.push_back(ReadPattern(frame));
    return patterns;
  }

  template <typename Entry>
  step::Watched ReadWatched(const Entry& entry) {
    step::Watched watched;
    watched.link = context_.ReadLink(entry, Entry::kLinkFieldNumber).value_or(first_link_);
    watched.sender = context_.ReadNode(entry, Entry::kFromFieldNumber);
    return watched;
  }

  void ReadExpectPacket(const dualsim::ExpectPacket& entry) {
    using Entry = dualsim::ExpectPacket;
    step::ExpectPacket expect;
    expect.watched = ReadWatched(entry);
    expect.within = ReadTime(entry, Entry::kWithinFieldNumber, expect.within);
    expect.not_before = ReadTime(entry, Entry::kNotBeforeFieldNumber, Duration());
    if (expect.not_before > expect.within) {
      context_.Error(entry, Entry::kNotBeforeFieldNumber,
                     "that is after " + DurationText(expect.within) + ", the end of the wait");
    }
    expect.patterns = ReadPatterns(entry.frame());
    expect.without = ReadPatterns(entry.without());
    if (expect.patterns.empty()) context_.Error(entry, "'frame' is missing here");
    if (entry.has_name()) {
      if (expect.patterns.size() > 1) {
        context_.Error(entry, Entry::kNameFieldNumber, "which of the frames has this name?");
      }
      expect.name = entry.name();
      packets_.push_back(expect.name);
    }
    longest_ = longest_ + expect.within;
    Add(std::move(expect));
  }

  CountRange ReadCount(const dualsim::Count& entry) {
    CountRange range;
    if (entry.has_exactly()) range = CountRange::Exactly(entry.exactly());
    if (entry.has_at_least()) range.at_least = entry.at_least();
    if (entry.has_at_most()) range.at_most = entry.at_most();
    if (entry.has_exactly() && (entry.has_at_least() || entry.has_at_most())) {
      context_.Error(entry, "'exactly' stands alone");
    }
    if (range.at_least && range.at_most && *range.at_least > *range.at_most) {
      context_.Error(entry, "no number is both");
    }
    return range;
  }

  void ReadExpectPackets(const dualsim::ExpectPackets& entry) {
    using Entry = dualsim::ExpectPackets;
    step::ExpectPackets expect;
    expect.watched = ReadWatched(entry);
    context_.Require(entry, Entry::kDuringFieldNumber);
    context_.Require(entry, Entry::kFrameFieldNumber);
    expect.during = ReadTime(entry, Entry::kDuringFieldNumber, Duration());
    expect.pattern = ReadPattern(entry.frame());
    if (entry.has_count()) expect.count = ReadCount(entry.count());
    expect.min_interval = context_.ReadDuration(entry, Entry::kMinIntervalFieldNumber);
    expect.max_interval = context_.ReadDuration(entry, Entry::kMaxIntervalFieldNumber);
    expect.without = ReadPatterns(entry.without());
    longest_ = longest_ + expect.during;
    Add(std::move(expect));
  }

  void ReadExpectNoPacket(const dualsim::ExpectNoPacket& entry) {
    step::ExpectNoPacket expect;
    expect.watched = ReadWatched(entry);
    expect.during = ReadTime(entry, dualsim::ExpectNoPacket::kDuringFieldNumber, expect.during);
    expect.patterns = ReadPatterns(entry.frame());
    if (expect.patterns.empty()) context_.Error(entry, "'frame' is missing here");
    longest_ = longest_ + expect.during;
    Add(std::move(expect));
  }

  void ReadExpectState(const dualsim::ExpectState& entry) {
    step::ExpectState expect;
    expect.within = ReadTime(entry, dualsim::ExpectState::kWithinFieldNumber, Duration());
    const auto describe = [&](auto condition, ExpectationMode mode) {
      Expectation described;
      described.condition = std::move(condition);
      described.mode = mode;
      described.until = context_.plan().end;
      expect.text +=
          (expect.text.empty() ? "" : "; ") + DescribeExpectation(context_.plan(), described);
    };
    const auto add = [&](std::optional<StateCondition> condition) {
      if (!condition) return;
      describe(*condition, ExpectationMode::kAt);
      expect.conditions.push_back(std::move(*condition));
    };
    for (const auto& c : entry.address()) add(ReadAddress(c, &context_));
    for (const auto& c : entry.neighbor()) add(ReadNeighbor(c, &context_));
    for (const auto& c : entry.default_router()) add(ReadDefaultRouter(c, &context_));
    for (const auto& c : entry.resolver()) add(ReadResolver(c, &context_));
    for (const auto& c : entry.prefix()) add(ReadPrefix(c, &context_));
    for (const auto& c : entry.route()) add(ReadRoute(c, &context_));
    for (const auto& c : entry.node()) add(ReadNode(c, &context_));
    for (const auto& c : entry.drops()) {
      if (c.has_link()) context_.Error(c, "a step counts what hosts drop; leave 'link' out");
      std::optional<DropsCondition> drops = ReadDrops(c, &context_);
      if (!drops) continue;
      describe(EventCondition(*drops), ExpectationMode::kBy);
      expect.drops.push_back(std::move(*drops));
    }
    longest_ = longest_ + expect.within;
    Add(std::move(expect));
  }

  void ReadWait(const Steps& steps, int index) {
    const Reading<Duration> time = ReadDuration(steps.wait(index));
    if (!time.value) {
      context_.Error(steps, Steps::kWaitFieldNumber, time.error, index);
      return;
    }
    longest_ = longest_ + *time.value;
    Add(step::Wait{*time.value});
  }

  void ReadUse(const Steps& steps, int index, int depth) {
    const std::string& name = steps.use(index);
    const auto snippet = snippets_.find(name);
    if (snippet == snippets_.end()) {
      std::vector<std::string> names;
      for (const auto& [known, unused] : snippets_) names.push_back(known);
      context_.Error(steps, Steps::kUseFieldNumber,
                     "no snippet is called '" + name + "'" + DidYouMean(name, names), index);
    } else if (depth == kMaximumUseDepth) {
      context_.Error(steps, Steps::kUseFieldNumber, "snippets use each other too deeply", index);
    } else {
      Read(*snippet->second, depth + 1);
    }
  }

  void ReadAction(const dualsim::At& entry) {
    step::Act act;
    act.first = context_.plan().actions.size();
    CheckAction(entry, &context_);
    act.count = context_.plan().actions.size() - act.first;
    Add(act);
  }

  void ReadTester(const dualsim::TesterChange& entry) {
    using Entry = dualsim::TesterChange;
    if (!context_.Require(entry, Entry::kNameFieldNumber)) return;
    const std::optional<NodeId> tester = context_.ReadStation(entry, Entry::kNameFieldNumber);
    if (!tester) return;
    if (!context_.plan().node(*tester).tester) {
      context_.Error(entry, Entry::kNameFieldNumber, "'" + entry.name() + "' is not a tester");
    }
    step::ChangeTester change;
    change.tester = *tester;
    if (entry.has_answer_solicitations()) {
      change.answer_solicitations = entry.answer_solicitations();
    }
    if (entry.has_is_router()) change.is_router = entry.is_router();
    Add(change);
  }

  CheckContext& context_;
  LinkId first_link_;
  std::map<std::string, const Steps*> snippets_;
  std::vector<std::string> packets_;  // Sent or seen so far.
  Script script_;
  SourceLocation where_;
  Duration longest_;
};

LinkId FirstLink(const dualsim::Scenario& scenario, const dualsim::Variant* variant,
                 const Plan& plan) {
  std::string name;
  if (scenario.link_size() > 0) {
    name = scenario.link(0).name();
  } else if (variant != nullptr && variant->link_size() > 0) {
    name = variant->link(0).name();
  }
  for (size_t i = 0; i < plan.links.size(); ++i) {
    if (plan.links[i].name == name) return LinkId(static_cast<uint32_t>(i));
  }
  return LinkId();
}

}  // namespace

void CheckCase(const dualsim::Scenario& scenario, const dualsim::Variant* variant,
               const Steps& steps, CheckContext* context) {
  Plan& plan = context->plan();
  plan.end = Time::Never();  // Until it is known how long the steps take.
  StepsCheck check(scenario, FirstLink(scenario, variant, plan), context);
  if (!steps.skip_setup()) {
    if (scenario.has_setup()) check.Read(scenario.setup(), 0);
    if (variant != nullptr && variant->has_setup()) check.Read(variant->setup(), 0);
  }
  check.Read(steps, 0);
  plan.script = check.TakeScript();
  plan.end = Time() + check.longest() + Seconds(1);
  plan.description = steps.description();
  Expectation expectation;
  expectation.name = steps.name();
  expectation.text = steps.has_description() ? steps.description() : "every step is as it says";
  expectation.mode = ExpectationMode::kBy;
  expectation.until = plan.end;
  expectation.condition = ScriptCondition();
  expectation.where = context->Where(steps);
  plan.expectations.push_back(std::move(expectation));
}

}  // namespace dualsim::sim
