#pragma once

#include <string>

#include "stack/base/time.h"

namespace dualsim::sim {

// Seconds with all nine digits, "12.000000340", or "never": what every output
// shows a time as, so that text compares and greps.
void AppendTime(Time t, std::string& out);
std::string SecondsText(Time t);

}  // namespace dualsim::sim
