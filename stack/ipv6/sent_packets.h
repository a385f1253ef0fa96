#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/ipv6/quoted_packet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"

namespace dualsim::ipv6 {

// What was sent to a destination, as far as it tells an error about one of these
// packets from one that somebody made up (RFC 8201 §4, RFC 4443 §5.2).
class SentPackets {
 public:
  // `size`: of the packet on the wire, or the largest of its fragments.
  void Note(wire::NextHeader protocol, ByteView upper, uint32_t size) {
    kinds_ |= Kind(protocol, upper);
    largest_ = std::max(largest_, size);
  }

  // False where none of them can be the one that is quoted.
  bool MayInclude(const QuotedPacket& quoted) const {
    return quoted.size <= largest_ && (kinds_ & Kind(quoted.protocol, quoted.upper)) != 0;
  }

 private:
  // Bits. Of what is quoted without its message, any that it may be.
  static uint8_t Kind(wire::NextHeader protocol, ByteView upper) {
    constexpr uint8_t kEchoRequest = 1, kEchoReply = 2, kOtherIcmpv6 = 4, kTcp = 8, kUdp = 16,
                      kOther = 32;
    if (protocol == wire::NextHeader::kTcp) return kTcp;
    if (protocol == wire::NextHeader::kUdp) return kUdp;
    if (protocol != wire::NextHeader::kIcmpv6) return kOther;
    if (upper.empty()) return kEchoRequest | kEchoReply | kOtherIcmpv6;
    const auto type = static_cast<wire::Icmpv6Type>(upper[0]);
    if (type == wire::Icmpv6Type::kEchoRequest) return kEchoRequest;
    return type == wire::Icmpv6Type::kEchoReply ? kEchoReply : kOtherIcmpv6;
  }

  uint32_t largest_ = 0;
  uint8_t kinds_ = 0;
};

}  // namespace dualsim::ipv6
