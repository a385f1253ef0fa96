#include "stack/wire/icmpv4.h"

#include <algorithm>

#include "stack/base/checksum.h"

namespace dualsim::wire {
namespace {

constexpr size_t kChecksumField = 2;

void StoreHeader(uint8_t* out, Icmpv4Type type, uint8_t code) {
  out[0] = static_cast<uint8_t>(type);
  out[1] = code;
  StoreBig16(out + kChecksumField, 0);
}

// Where an error carries extensions its sixth byte holds the length of the
// quoted packet in 4 bytes, RFC 4884 §4.1 and §4.3; 0: none.
ByteView InvokingPacket(Icmpv4Type type, ByteView message) {
  const ByteView rest = message.subspan(Icmpv4Error::kHeaderSize);
  const bool extensible = type == Icmpv4Type::kDestinationUnreachable ||
                          type == Icmpv4Type::kTimeExceeded ||
                          type == Icmpv4Type::kParameterProblem;
  const size_t length = size_t{message[5]} * 4;
  return extensible && length > 0 && length < rest.size() ? rest.first(length) : rest;
}

}  // namespace

Parsed<Icmpv4Header> Icmpv4Header::Parse(ByteView message) {
  if (message.size() < kSize) return DropReason::ICMPV4_TRUNCATED;
  if (InternetChecksum().Add(message).Value() != 0) return DropReason::ICMPV4_BAD_CHECKSUM;
  return Icmpv4Header{static_cast<Icmpv4Type>(message[0]), message[1]};
}

void StoreIcmpv4Checksum(MutableByteView message) {
  StoreBig16(message.data() + kChecksumField, 0);
  StoreBig16(message.data() + kChecksumField, InternetChecksum().Add(message).Value());
}

Parsed<Icmpv4Echo> Icmpv4Echo::Parse(ByteView message) {
  if (message.size() < kHeaderSize) return DropReason::ICMPV4_TRUNCATED;
  const auto type = static_cast<Icmpv4Type>(message[0]);
  if (type != Icmpv4Type::kEchoRequest && type != Icmpv4Type::kEchoReply) {
    return DropReason::ICMPV4_UNKNOWN_TYPE;
  }
  return Icmpv4Echo{type, LoadBig16(message.data() + 4), LoadBig16(message.data() + 6),
                    message.subspan(kHeaderSize)};
}

void Icmpv4Echo::Store(uint8_t* out) const {
  StoreHeader(out, type, 0);
  StoreBig16(out + 4, identifier);
  StoreBig16(out + 6, sequence);
  std::copy(data.begin(), data.end(), out + kHeaderSize);
}

Parsed<Icmpv4Error> Icmpv4Error::Parse(ByteView message) {
  if (message.size() < kHeaderSize) return DropReason::ICMPV4_TRUNCATED;
  Icmpv4Error error;
  error.type = static_cast<Icmpv4Type>(message[0]);
  if (!IsError(error.type)) return DropReason::ICMPV4_UNKNOWN_TYPE;
  error.code = message[1];
  if (error.is_fragmentation_needed()) error.mtu = LoadBig16(message.data() + 6);
  if (error.type == Icmpv4Type::kParameterProblem) error.pointer = message[4];
  if (error.type == Icmpv4Type::kRedirect) error.gateway = Ipv4Address::Load(message.data() + 4);
  error.invoking = InvokingPacket(error.type, message);
  return error;
}

void Icmpv4Error::Store(uint8_t* out) const {
  StoreHeader(out, type, code);
  StoreBig32(out + 4, 0);
  if (is_fragmentation_needed()) StoreBig16(out + 6, mtu);
  if (type == Icmpv4Type::kParameterProblem) out[4] = pointer;
  if (type == Icmpv4Type::kRedirect) gateway.Store(out + 4);
  std::copy(invoking.begin(), invoking.end(), out + kHeaderSize);
}

}  // namespace dualsim::wire
