#include "stack/ipv6/quoted_packet.h"

#include "stack/ipv6/header_walk.h"

namespace dualsim::ipv6 {

std::optional<QuotedPacket> QuotedPacket::Parse(ByteView quote) {
  constexpr size_t kPayloadLengthField = 4;
  constexpr size_t kSourceField = 8;
  constexpr size_t kDestinationField = 24;
  if (quote.size() < wire::Ipv6Header::kSize || quote[0] >> 4 != 6) return std::nullopt;
  HeaderWalk walk(quote);
  while (walk.Step()) {
  }
  QuotedPacket packet{
      .source = Ipv6Address::Load(quote.data() + kSourceField),
      .destination = Ipv6Address::Load(quote.data() + kDestinationField),
      .size = static_cast<uint32_t>(wire::Ipv6Header::kSize) +
              LoadBig16(quote.data() + kPayloadLengthField),
      .protocol = walk.type(),
  };
  if (!walk.on_extension_header()) {
    packet.upper = quote.subspan(walk.offset());
  } else if (walk.type() == wire::NextHeader::kFragment && walk.offset() < quote.size()) {
    packet.protocol = static_cast<wire::NextHeader>(quote[walk.offset()]);
  }
  return packet;
}

}  // namespace dualsim::ipv6
