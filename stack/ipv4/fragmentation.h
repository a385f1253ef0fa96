#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/wire/ipv4.h"

namespace dualsim::ipv4 {

// Splits one packet into fragments that fit a link, RFC 791 §3.2: its source may,
// and any router on the way. A fragment may be split again.
class Fragmentation {
 public:
  // `packet` begins with its IPv4 header, was checked, allows it (no DF), and
  // outlives this. Its identification is kept.
  Fragmentation(ByteView packet, size_t mtu);

  // False where not even 8 bytes fit behind the header.
  bool possible() const { return first_ > 0 && later_ > 0; }

  // The next fragment, with its IPv4 header; empty after the last.
  Packet Next(PacketPool& pool);

 private:
  ByteView packet_;
  wire::Ipv4Header header_;
  uint8_t copied_[40] = {};  // The options that go into every fragment.
  size_t copied_size_ = 0;
  size_t first_ = 0;  // Payload bytes of the first fragment, and of those that follow.
  size_t later_ = 0;
  size_t position_;
};

}  // namespace dualsim::ipv4
