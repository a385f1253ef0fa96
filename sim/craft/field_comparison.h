#pragma once

#include <string>

#include "sim/craft/packet_dissector.h"
#include "sim/craft/packet_spec.h"
#include "sim/craft/surroundings.h"

namespace dualsim::craft {

// Why a layer of a frame is not as the pattern's says, as a clause: "hop_limit is
// 64, expected 255"; "" where it is. Both are of one kind (see SameKind in
// packet_matcher.cc).
std::string CompareLayers(const Layer& pattern, const DissectedLayer& seen,
                          const Surroundings& surroundings);

}  // namespace dualsim::craft
