#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/wire/ipv6.h"

namespace dualsim::ipv6 {

// Splits one packet into fragments that fit a path, RFC 8200 §4.5: only its
// source may. Hop-by-Hop Options and Routing headers, and what precedes these,
// travel in every fragment.
class Fragmentation {
 public:
  // `packet` begins with its IPv6 header, has no Fragment header, and outlives
  // this. `mtu` is the path's. `identification` is drawn at random per packet
  // (RFC 7739 §3), so that nobody else can guess it.
  Fragmentation(ByteView packet, size_t mtu, uint32_t identification);

  // False where not even 8 bytes fit beside the headers.
  bool possible() const { return per_fragment_ > 0; }

  // The next fragment, with its IPv6 header; empty after the last.
  Packet Next(PacketPool& pool);

 private:
  ByteView packet_;
  uint32_t identification_;
  size_t headers_;           // The Per-Fragment headers' bytes.
  size_t naming_field_ = 6;  // Of the header that follows them.
  size_t per_fragment_ = 0;  // Bytes of the Fragmentable Part in each but the last.
  size_t position_;
};

}  // namespace dualsim::ipv6
