#pragma once

#include <string>

#include "stack/base/bytes.h"

namespace dualsim::sim::text {

// An ARP packet, RFC 826.
void AppendArp(std::string& out, ByteView message);

}  // namespace dualsim::sim::text
