#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/action.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/expectation.h"
#include "sim/scenario/link_plan.h"
#include "sim/scenario/script.h"
#include "stack/application/registry.h"
#include "stack/application/settings.h"
#include "stack/base/time.h"
#include "stack/host/config.h"

namespace dualsim::sim {

// A program that begins with each boot of its node.
struct ApplicationPlan {
  std::string name;
  application::Program program;
};

// Another stack of a node, which its boot arguments give a group of their own.
struct GroupPlan {
  std::string name;
  host::StackConfig config;  // Without routes; its one interface is the node's too.
  application::Settings settings;
};

// One host or router.
struct NodePlan {
  std::string name;
  bool is_router = false;
  std::optional<Time> boot_at;                // nullopt: only the timeline boots it.
  Duration boot_delay;                        // Passes first, whoever boots it.
  host::StackConfig config;                   // Boot arguments and computed routes are in it.
  application::Settings settings;             // What its boot arguments say to its programs.
  std::vector<GroupPlan> groups;              // The last interfaces of `config` are theirs.
  std::vector<ApplicationPlan> applications;  // In the order of their start.
  std::vector<LinkId> links;                  // Where interface i of `config` is attached.
  // A port to the world outside, see Pace: it has no stack, and `config` names its one card alone.
  bool outside = false;
  std::optional<TesterPlan> tester;  // It has no stack: `config` names its one card alone.
  SourceLocation where;
};

// How the golden trace of a scenario is kept: as the text, or, for huge runs, as
// the text's length and digest.
enum class GoldenKind : uint8_t { kText, kDigest };

// A scenario that was checked: everything that it names exists, every value is
// possible, every default is filled in. Nothing here depends on a file, on
// protobuf or on the machine; a run is a function of the plan and the seed.
struct Plan {
  // Which case it is, and the variant that it runs on.
  struct Case {
    std::string name;
    std::string variant;  // "" where the file has none.
  };

  std::string file;  // As the user gave it; for messages.
  std::string name;  // "same_mac" of scenarios/dad/same_mac.textproto; names the outputs.
  std::string description;
  Time end;  // The run covers [0, end], both included.
  uint64_t seed = 1;
  GoldenKind golden = GoldenKind::kText;

  std::vector<LinkPlan> links;            // In byte order of their names; LinkId is the index.
  std::vector<NodePlan> nodes;            // Likewise; NodeId is the index.
  std::vector<TimedAction> actions;       // In the order of the text.
  std::vector<Expectation> expectations;  // Likewise.

  // Of a case: its steps. The run ends when they are done; the one expectation is
  // that they are, and actions at Time::Never() happen when a step says so.
  std::optional<Script> script;
  std::optional<Case> of_case;  // Set with `script`.

  const NodePlan& node(NodeId id) const { return nodes[static_cast<size_t>(id)]; }
  const LinkPlan& link(LinkId id) const { return links[static_cast<size_t>(id)]; }
};

}  // namespace dualsim::sim
