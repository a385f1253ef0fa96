#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/craft/packet_spec.h"
#include "sim/net/world_observer.h"
#include "sim/scenario/action.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/expectation.h"
#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::sim {

// What a frame is compared with.
struct Pattern {
  craft::PacketSpec spec;
  SourceLocation where;
};

// The steps of a case, see proto/case.proto. Each begins when the one before it
// is done.
namespace step {

struct Inject {
  action::Inject inject;
  uint64_t times = 1;  // Not 0.
  Duration interval;
};
// Which frames a step looks at.
struct Watched {
  LinkId link{};
  std::optional<NodeId> sender;
};
struct ExpectPacket {
  Watched watched;
  Duration within = Seconds(1);
  Duration not_before;
  std::string name;  // "" where it is not kept.
  std::vector<Pattern> patterns;
  std::vector<Pattern> without;
};
struct ExpectPackets {
  Watched watched;
  Duration during;
  Pattern pattern;
  CountRange count = CountRange::AtLeast(1);
  std::optional<Duration> min_interval;
  std::optional<Duration> max_interval;
  std::vector<Pattern> without;
};
struct ExpectNoPacket {
  Watched watched;
  Duration during = Seconds(1);
  std::vector<Pattern> patterns;
};
struct ExpectState {
  Duration within;
  std::vector<StateCondition> conditions;
  std::vector<DropsCondition> drops;  // Of nodes; counted from the start of the case.
  std::string text;  // Of all of them, in words.
};
struct Wait {
  Duration time;
};
// Actions of the plan: `count` of them from `first`.
struct Act {
  size_t first = 0;
  size_t count = 0;
};
struct ChangeTester {
  NodeId tester{};
  std::optional<bool> answer_solicitations;
  std::optional<bool> is_router;
};

}  // namespace step

using Step =
    std::variant<step::Inject, step::ExpectPacket, step::ExpectPackets, step::ExpectNoPacket,
                 step::ExpectState, step::Wait, step::Act, step::ChangeTester>;

struct Script {
  struct Placed {
    Step step;
    SourceLocation where;
  };
  std::vector<Placed> steps;
};

// A station without a stack.
struct TesterPlan {
  std::vector<Ipv6Address> addresses;  // The link-local one first.
  bool answer_solicitations = true;
  bool is_router = false;
};

}  // namespace dualsim::sim
