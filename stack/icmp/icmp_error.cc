#include "stack/icmp/icmp_error.h"

#include <algorithm>

#include "stack/ipv6/header_walk.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::icmp {
namespace {

using wire::Icmpv6Type;

constexpr size_t kMinimumMtu = 1280;        // RFC 8200 §5
constexpr uint8_t kUnrecognizedOption = 2;  // Code of Parameter Problem, RFC 4443 §3.4
constexpr size_t kPayloadLengthField = 4;   // Of the IPv6 header, RFC 8200 §3
constexpr size_t kSourceField = 8;
constexpr size_t kDestinationField = 24;

// §2.4(e.1) and (e.2).
bool IsErrorOrRedirect(ByteView packet) {
  ipv6::HeaderWalk walk(packet);
  while (walk.Step()) {
  }
  if (walk.type() != wire::NextHeader::kIcmpv6 || walk.offset() >= packet.size()) return false;
  const auto type = static_cast<Icmpv6Type>(packet[walk.offset()]);
  return wire::IsError(type) || type == Icmpv6Type::kRedirect;
}

// The errors that a packet to a group may cause nevertheless, §2.4(e.3).
bool MayAnswerGroup(ByteView invoking, const ErrorMessage& error) {
  if (error.type == Icmpv6Type::kPacketTooBig) return true;
  if (error.type != Icmpv6Type::kParameterProblem || error.code != kUnrecognizedOption ||
      error.parameter >= invoking.size()) {
    return false;
  }
  const wire::Ipv6Option option{.type = invoking[error.parameter], .data = {}, .offset = 0};
  return option.action() == wire::Ipv6Option::Action::kReport;
}

}  // namespace

bool MayAnswer(ByteView invoking, bool link_layer_multicast, const ErrorMessage& error) {
  const Ipv6Address source = Ipv6Address::Load(invoking.data() + kSourceField);
  const Ipv6Address destination = Ipv6Address::Load(invoking.data() + kDestinationField);
  if (source.is_unspecified() || source.is_multicast() || source.is_loopback()) return false;
  if (IsErrorOrRedirect(invoking)) return false;
  return (!destination.is_multicast() && !link_layer_multicast) || MayAnswerGroup(invoking, error);
}

Packet BuildError(PacketPool& packets, const ErrorMessage& error, ByteView invoking) {
  constexpr size_t kRoom = kMinimumMtu - wire::Ipv6Header::kSize - wire::Icmpv6Error::kHeaderSize;
  const size_t whole = wire::Ipv6Header::kSize + LoadBig16(invoking.data() + kPayloadLengthField);
  const wire::Icmpv6Error message{
      .type = error.type,
      .code = error.code,
      .parameter = error.parameter,
      .invoking = invoking.first(std::min({invoking.size(), whole, kRoom}))};
  Packet packet = packets.Make(message.size());
  message.Store(packet.mutable_bytes().data());
  return packet;
}

}  // namespace dualsim::icmp
