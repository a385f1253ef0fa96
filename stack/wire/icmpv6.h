#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// ICMPv6 types, RFC 4443, 2710, 3810, 4861.
enum class Icmpv6Type : uint8_t {
  kDestinationUnreachable = 1,
  kPacketTooBig = 2,
  kTimeExceeded = 3,
  kParameterProblem = 4,
  kEchoRequest = 128,
  kEchoReply = 129,
  kMulticastListenerQuery = 130,
  kMulticastListenerReportV1 = 131,
  kMulticastListenerDone = 132,
  kRouterSolicitation = 133,
  kRouterAdvertisement = 134,
  kNeighborSolicitation = 135,
  kNeighborAdvertisement = 136,
  kRedirect = 137,
  kMulticastListenerReportV2 = 143,
};
// Types below 128 are errors, RFC 4443 §2.1.
constexpr bool IsError(Icmpv6Type type) { return static_cast<uint8_t>(type) < 128; }

// Codes of Destination Unreachable, RFC 4443 §3.1.
enum class UnreachableCode : uint8_t {
  kNoRoute = 0,
  kProhibited = 1,
  kBeyondScope = 2,
  kAddress = 3,
  kPort = 4,
  kSourcePolicy = 5,
  kRejectRoute = 6,
};

// The four bytes that every message begins with.
struct Icmpv6Header {
  static constexpr size_t kSize = 4;
  Icmpv6Type type{};
  uint8_t code = 0;

  // Checks the length, and the checksum against the addresses.
  static Parsed<Icmpv6Header> Parse(ByteView message, const Ipv6Address& source,
                                    const Ipv6Address& destination);
};

// Computes and stores the checksum of a whole ICMPv6 message, RFC 4443 §2.3.
void StoreIcmpv6Checksum(MutableByteView message, const Ipv6Address& source,
                         const Ipv6Address& destination);

// Echo Request and Reply, RFC 4443 §4.1 and §4.2.
struct EchoMessage {
  static constexpr size_t kHeaderSize = 8;
  Icmpv6Type type = Icmpv6Type::kEchoRequest;
  uint16_t identifier = 0;
  uint16_t sequence = 0;
  ByteView data{};  // Of the bytes that were parsed.

  static Parsed<EchoMessage> Parse(ByteView message);
  size_t size() const { return kHeaderSize + data.size(); }
  // Writes size() bytes; the checksum field stays 0.
  void Store(uint8_t* out) const;
};

// An error message, RFC 4443 §3.
struct Icmpv6Error {
  static constexpr size_t kHeaderSize = 8;
  Icmpv6Type type = Icmpv6Type::kDestinationUnreachable;
  uint8_t code = 0;
  uint32_t parameter = 0;  // The MTU of Packet Too Big, the Pointer of Parameter Problem; else 0.
  ByteView invoking{};     // As much of the packet in error as the message holds.

  static Parsed<Icmpv6Error> Parse(ByteView message);
  size_t size() const { return kHeaderSize + invoking.size(); }
  // Writes size() bytes; the checksum field stays 0.
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
