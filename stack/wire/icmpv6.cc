#include "stack/wire/icmpv6.h"

#include <algorithm>

#include "stack/wire/ipv6.h"

namespace dualsim::wire {
namespace {

// Where an error carries extensions, the byte after the checksum holds the
// length of the quoted packet in 8 bytes, RFC 4884 §4.2 and §4.4; 0: none.
ByteView InvokingPacket(Icmpv6Type type, ByteView message) {
  const ByteView rest = message.subspan(Icmpv6Error::kHeaderSize);
  const bool extensible =
      type == Icmpv6Type::kDestinationUnreachable || type == Icmpv6Type::kTimeExceeded;
  const size_t length = size_t{message[4]} * 8;
  return extensible && length > 0 && length < rest.size() ? rest.first(length) : rest;
}

bool HasParameter(Icmpv6Type type) {
  return type == Icmpv6Type::kPacketTooBig || type == Icmpv6Type::kParameterProblem;
}

void StoreHeader(uint8_t* out, Icmpv6Type type, uint8_t code) {
  out[0] = static_cast<uint8_t>(type);
  out[1] = code;
  StoreBig16(out + 2, 0);
}

}  // namespace

Parsed<Icmpv6Header> Icmpv6Header::Parse(ByteView message, const Ipv6Address& source,
                                         const Ipv6Address& destination) {
  if (message.size() < kSize) return DropReason::ICMPV6_TRUNCATED;
  InternetChecksum sum = PseudoHeader(source, destination, NextHeader::kIcmpv6, message.size());
  if (sum.Add(message).Value() != 0) return DropReason::ICMPV6_BAD_CHECKSUM;
  return Icmpv6Header{static_cast<Icmpv6Type>(message[0]), message[1]};
}

void StoreIcmpv6Checksum(MutableByteView message, const Ipv6Address& source,
                         const Ipv6Address& destination) {
  StoreBig16(message.data() + 2, 0);
  InternetChecksum sum = PseudoHeader(source, destination, NextHeader::kIcmpv6, message.size());
  StoreBig16(message.data() + 2, sum.Add(message).Value());
}

Parsed<EchoMessage> EchoMessage::Parse(ByteView message) {
  if (message.size() < kHeaderSize) return DropReason::ICMPV6_TRUNCATED;
  const auto type = static_cast<Icmpv6Type>(message[0]);
  if (type != Icmpv6Type::kEchoRequest && type != Icmpv6Type::kEchoReply) {
    return DropReason::ICMPV6_UNKNOWN_TYPE;
  }
  return EchoMessage{type, LoadBig16(message.data() + 4), LoadBig16(message.data() + 6),
                     message.subspan(kHeaderSize)};
}

void EchoMessage::Store(uint8_t* out) const {
  StoreHeader(out, type, 0);
  StoreBig16(out + 4, identifier);
  StoreBig16(out + 6, sequence);
  std::copy(data.begin(), data.end(), out + kHeaderSize);
}

Parsed<Icmpv6Error> Icmpv6Error::Parse(ByteView message) {
  if (message.size() < kHeaderSize) return DropReason::ICMPV6_TRUNCATED;
  const auto type = static_cast<Icmpv6Type>(message[0]);
  if (!IsError(type)) return DropReason::ICMPV6_UNKNOWN_TYPE;
  return Icmpv6Error{type, message[1], HasParameter(type) ? LoadBig32(message.data() + 4) : 0,
                     InvokingPacket(type, message)};
}

void Icmpv6Error::Store(uint8_t* out) const {
  StoreHeader(out, type, code);
  StoreBig32(out + 4, HasParameter(type) ? parameter : 0);
  std::copy(invoking.begin(), invoking.end(), out + kHeaderSize);
}

}  // namespace dualsim::wire
