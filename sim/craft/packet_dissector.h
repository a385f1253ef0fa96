#pragma once

#include <cstddef>
#include <vector>

#include "sim/craft/packet_spec.h"
#include "stack/base/bytes.h"

namespace dualsim::craft {

// A layer of a frame with every field set, and where it is.
struct DissectedLayer {
  Layer layer;
  ByteView bytes;  // Of the frame that was dissected: the header, or the whole message.
};

struct Dissection {
  std::vector<DissectedLayer> layers;  // From the outside in.
};

inline constexpr size_t kMaximumDissectedLayers = 64;

// What a frame is, down to the last layer that it holds whole; what cannot be
// read further is a payload, and an ICMPv6 message that is too short for its type
// has a raw body. `bad_checksum` says whether a checksum is wrong, and is not set
// where that cannot be told (in a fragment). Total: any bytes give layers.
Dissection DissectFrame(ByteView frame);
// Likewise, of a packet from its IP header.
Dissection DissectPacket(ByteView packet);

}  // namespace dualsim::craft
