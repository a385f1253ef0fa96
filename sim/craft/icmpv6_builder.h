#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/craft/build_context.h"
#include "sim/craft/icmpv6_spec.h"
#include "stack/base/bytes.h"

namespace dualsim::craft {

// The bytes of an ICMPv6 message with `following` behind it. The checksum is
// computed over the addresses of `context`.
std::vector<uint8_t> BuildIcmpv6(const Icmpv6Layer& layer, ByteView following,
                                 BuildContext& context);

// The bytes of one option of neighbour discovery.
std::vector<uint8_t> BuildNdpOption(const NdpOptionSpec& option, BuildContext& context);

}  // namespace dualsim::craft
