#pragma once

#include "stack/application/network.h"
#include "stack/os/sockets/core.h"

namespace dualsim::os {

// Sends an IP packet of a protocol, from a raw socket; Error::kDenied where the machine
// does not let the program have one. Its family runs, and its source is the host's.
application::Status SendIpPacket(Programs::Core& core, const application::IpMessage& message);

}  // namespace dualsim::os
