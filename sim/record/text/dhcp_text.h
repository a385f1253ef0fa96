#pragma once

#include <string>

#include "stack/base/bytes.h"

namespace dualsim::sim::text {

// A DHCP message of IPv4, RFC 2131, with the options of RFC 2132 that matter to a host.
void AppendDhcp(std::string& out, ByteView message);

}  // namespace dualsim::sim::text
