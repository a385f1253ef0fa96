#pragma once

#include <cstddef>
#include <string_view>

#include "stack/wire/mac_address.h"

namespace dualsim::sim {

// The MAC address of an interface that was given none: 02 (locally administered)
// and 40 bits that depend on the node's name and the interface's number alone, so
// that adding a host changes nobody else's.
MacAddress DefaultMac(std::string_view node, size_t interface);

}  // namespace dualsim::sim
