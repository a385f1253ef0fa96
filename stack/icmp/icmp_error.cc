#include "stack/icmp/icmp_error.h"

#include <algorithm>
#include <optional>

#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::icmp {
namespace {

constexpr size_t kMinimumMtu = 1280;  // RFC 8200 §5
constexpr uint8_t kUnknownOption = 2;

// The ICMPv6 type of a packet, looked for behind its extension headers; nullopt
// where it holds none, or where a later fragment hides it.
std::optional<wire::Icmpv6Type> FindIcmpv6Type(ByteView packet) {
  auto next = static_cast<wire::NextHeader>(packet[6]);
  ByteView rest = packet.subspan(wire::Ipv6Header::kSize);
  for (;;) {
    switch (next) {
      case wire::NextHeader::kIcmpv6:
        if (rest.empty()) return std::nullopt;
        return static_cast<wire::Icmpv6Type>(rest[0]);
      case wire::NextHeader::kHopByHop:
      case wire::NextHeader::kDestinationOptions:
      case wire::NextHeader::kRouting: {
        const auto header = wire::ExtensionHeader::Parse(rest);
        if (!header) return std::nullopt;
        next = header->next_header;
        rest = rest.subspan(header->bytes.size());
        break;
      }
      case wire::NextHeader::kFragment: {
        const auto header = wire::FragmentHeader::Parse(rest);
        if (!header || header->offset != 0) return std::nullopt;
        next = header->next_header;
        rest = rest.subspan(wire::FragmentHeader::kSize);
        break;
      }
      default:
        return std::nullopt;
    }
  }
}

}  // namespace

bool MayAnswer(ByteView invoking, bool link_layer_multicast, const ErrorMessage& error) {
  const Ipv6Address source = Ipv6Address::Load(invoking.data() + 8);
  const Ipv6Address destination = Ipv6Address::Load(invoking.data() + 24);
  if (source.is_unspecified() || source.is_multicast()) return false;
  const bool group = destination.is_multicast() || link_layer_multicast;
  const bool allowed_for_groups =
      error.type == wire::Icmpv6Type::kPacketTooBig ||
      (error.type == wire::Icmpv6Type::kParameterProblem && error.code == kUnknownOption);
  if (group && !allowed_for_groups) return false;
  const std::optional<wire::Icmpv6Type> type = FindIcmpv6Type(invoking);
  return !type || (!wire::IsError(*type) && *type != wire::Icmpv6Type::kRedirect);
}

Packet BuildError(PacketPool& packets, const ErrorMessage& error, ByteView invoking) {
  const size_t room = kMinimumMtu - wire::Ipv6Header::kSize - wire::Icmpv6Error::kHeaderSize;
  const wire::Icmpv6Error message{.type = error.type,
                                  .code = error.code,
                                  .parameter = error.parameter,
                                  .invoking = invoking.first(std::min(invoking.size(), room))};
  Packet packet = packets.Make(message.size());
  message.Store(packet.mutable_bytes().data());
  return packet;
}

}  // namespace dualsim::icmp
