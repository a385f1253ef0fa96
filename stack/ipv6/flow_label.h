#pragma once

#include <cstdint>

#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

// What tells one flow of a source from another.
struct FlowKey {
  Ipv6Address source;
  Ipv6Address destination;
  wire::NextHeader next_header{};
  // The ports, or what the protocol has in their place (an echo's identifier).
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
};

// The Flow Label of a flow, 20 bits: the same for all of its packets, spread
// evenly over the flows, and not to be guessed without `secret`, which is the
// node's own (RFC 6437 §3). Never 0, which says that there is none.
uint32_t FlowLabel(const FlowKey& key, uint64_t secret);

}  // namespace dualsim::ipv6
