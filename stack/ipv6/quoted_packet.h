#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

// What an ICMPv6 error quotes of the packet that it is about, RFC 4443 §2.4 c.
// The quote may end anywhere.
struct QuotedPacket {
  Ipv6Address source;
  Ipv6Address destination;
  uint32_t size = 0;            // Of the whole packet, by its own word.
  wire::NextHeader protocol{};  // Behind the extension headers, as far as they are there.
  ByteView upper;               // The message of `protocol`; empty in a fragment but the first.

  // nullopt where there is no whole IPv6 header.
  static std::optional<QuotedPacket> Parse(ByteView quote);
};

}  // namespace dualsim::ipv6
