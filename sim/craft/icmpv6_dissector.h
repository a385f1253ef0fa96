#pragma once

#include "sim/craft/icmpv6_spec.h"
#include "stack/base/bytes.h"

namespace dualsim::craft {

// The fields of an ICMPv6 message but for the verdict on its checksum. Requires
// at least 4 bytes.
Icmpv6Layer DissectIcmpv6(ByteView message);

}  // namespace dualsim::craft
