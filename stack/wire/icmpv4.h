#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// ICMP types, RFC 792.
enum class Icmpv4Type : uint8_t {
  kEchoReply = 0,
  kDestinationUnreachable = 3,
  kSourceQuench = 4,  // Deprecated, RFC 6633.
  kRedirect = 5,
  kEchoRequest = 8,
  kRouterAdvertisement = 9,
  kRouterSolicitation = 10,
  kTimeExceeded = 11,
  kParameterProblem = 12,
  kTimestamp = 13,
  kTimestampReply = 14,
};
// RFC 1122 §3.2.2: the messages about another packet, which they quote.
constexpr bool IsError(Icmpv4Type type) {
  return type == Icmpv4Type::kDestinationUnreachable || type == Icmpv4Type::kSourceQuench ||
         type == Icmpv4Type::kRedirect || type == Icmpv4Type::kTimeExceeded ||
         type == Icmpv4Type::kParameterProblem;
}

// Codes of Destination Unreachable, RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
enum class Icmpv4UnreachableCode : uint8_t {
  kNetwork = 0,
  kHost = 1,
  kProtocol = 2,
  kPort = 3,
  kFragmentationNeeded = 4,
  kSourceRouteFailed = 5,
  kProhibited = 13,
};
// Codes of Time Exceeded.
constexpr uint8_t kTtlExceeded = 0;
constexpr uint8_t kReassemblyTimeExceeded = 1;
// The code of a Redirect for one host, RFC 1812 §5.2.7.2: the only one sent.
constexpr uint8_t kRedirectForHost = 1;

// The four bytes that every message begins with.
struct Icmpv4Header {
  static constexpr size_t kSize = 4;
  Icmpv4Type type{};
  uint8_t code = 0;

  // Checks the length and the checksum.
  static Parsed<Icmpv4Header> Parse(ByteView message);
};

// Computes and stores the checksum of a whole message.
void StoreIcmpv4Checksum(MutableByteView message);

// Echo and Echo Reply.
struct Icmpv4Echo {
  static constexpr size_t kHeaderSize = 8;
  Icmpv4Type type = Icmpv4Type::kEchoRequest;
  uint16_t identifier = 0;
  uint16_t sequence = 0;
  ByteView data{};  // Of the bytes that were parsed.

  static Parsed<Icmpv4Echo> Parse(ByteView message);
  size_t size() const { return kHeaderSize + data.size(); }
  // Writes size() bytes; the checksum field stays 0.
  void Store(uint8_t* out) const;
};

// An error message or a redirect.
struct Icmpv4Error {
  static constexpr size_t kHeaderSize = 8;
  Icmpv4Type type = Icmpv4Type::kDestinationUnreachable;
  uint8_t code = 0;
  uint16_t mtu = 0;       // Of Fragmentation Needed, RFC 1191 §4; 0: the router tells none.
  uint8_t pointer = 0;    // Of Parameter Problem.
  Ipv4Address gateway{};  // Of Redirect.
  ByteView invoking{};    // As much of the packet in error as the message holds.

  bool is_fragmentation_needed() const {
    return type == Icmpv4Type::kDestinationUnreachable &&
           code == static_cast<uint8_t>(Icmpv4UnreachableCode::kFragmentationNeeded);
  }

  static Parsed<Icmpv4Error> Parse(ByteView message);
  size_t size() const { return kHeaderSize + invoking.size(); }
  // Writes size() bytes; the checksum field stays 0.
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
