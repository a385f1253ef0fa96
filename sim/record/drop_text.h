#pragma once

#include <string>

#include "stack/facts/facts.h"

namespace dualsim::sim {

// Appends what the packet of a drop is, in AppendPacketText's words. A stack
// drops it with or without its Ethernet header, which the reason tells.
void AppendDropText(const DropFact& fact, std::string& out);

}  // namespace dualsim::sim
