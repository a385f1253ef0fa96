#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/net/world_observer.h"
#include "sim/scenario/plan.h"

namespace dualsim::sim {

// The network of `dualsim live --tap`: one host on a cable, whose other end is the
// tap. Its outside has NodeId 1. `host` is the host's configuration with its one
// interface, which is named as the tap.
Plan PlanOfOneHost(host::StackConfig host);

// Makes a tap device one more port of the plan's link `link`. The node that stands
// for it is called "~TAP". Returns its id, or in `error` one line why not.
std::optional<NodeId> AttachTap(std::string_view link, std::string_view tap, Plan* plan,
                                std::string* error);

}  // namespace dualsim::sim
