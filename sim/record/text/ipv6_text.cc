#include <optional>
#include <string_view>

#include "sim/record/text/append.h"
#include "sim/record/text/ip_packet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::sim::text {
namespace {

using wire::ExtensionHeader;
using wire::Icmpv6Type;
using wire::NextHeader;

constexpr auto kAuthentication = static_cast<NextHeader>(51);  // RFC 4302

// What lies before the upper-layer header, and how far its reading came.
struct Position {
  NextHeader next{};
  ByteView rest;
  bool stop = false;  // Nothing after this can be read; all is said.
};

void Malformed(std::string& out, const IpPacket& ip, DropReason reason, Position& position) {
  if (ip.cut()) {
    Append(out, "cut off");
  } else {
    Append(out, "malformed: ", DropReasonText(reason));
  }
  position.stop = true;
}

void AppendOption(std::string& out, const wire::Ipv6Option& option, IpPacket& ip) {
  if (option.type == wire::kOptionRouterAlert && option.data.size() == 2) {
    ip.router_alert = true;
    Append(out, "Router Alert ", LoadBig16(option.data.data()));
  } else if (option.type == wire::kOptionJumboPayload && option.data.size() == 4) {
    Append(out, "Jumbo Payload ", LoadBig32(option.data.data()));
  } else {
    Append(out, "option ", Hex{option.type, 2});
    if (!option.data.empty()) Append(out, " ", HexBytes{option.data});
  }
}

void AppendOptions(std::string& out, std::string_view name, IpPacket& ip, Position& position) {
  const Parsed<ExtensionHeader> header = ExtensionHeader::Parse(position.rest);
  Append(out, name);
  if (!header) {
    Append(out, ", ");
    return Malformed(out, ip, header.reason(), position);
  }
  Append(out, " (");
  wire::Ipv6OptionReader reader(header->bytes);
  bool first = true;
  while (const std::optional<wire::Ipv6Option> option = reader.Next()) {
    if (!first) Append(out, ", ");
    first = false;
    AppendOption(out, *option, ip);
  }
  if (reader.truncated()) Append(out, first ? "" : ", ", "malformed: an option runs past the end");
  Append(out, "); ");
  position.next = header->next_header;
  position.rest = position.rest.subspan(header->bytes.size());
}

void AppendRouting(std::string& out, const IpPacket& ip, Position& position) {
  const Parsed<wire::RoutingHeader> header = wire::RoutingHeader::Parse(position.rest);
  Append(out, "Routing");
  if (!header) {
    Append(out, ", ");
    return Malformed(out, ip, header.reason(), position);
  }
  const ByteView data = position.rest.first(header->size).subspan(4);
  Append(out, " (type ", header->type, ", segments left ", header->segments_left, ", ",
         HexBytes{data}, "); ");
  position.next = header->next_header;
  position.rest = position.rest.subspan(header->size);
}

void AppendFragment(std::string& out, IpPacket& ip, Position& position) {
  const Parsed<wire::FragmentHeader> header = wire::FragmentHeader::Parse(position.rest);
  Append(out, "Fragment");
  if (!header) {
    Append(out, ", ");
    return Malformed(out, ip, header.reason(), position);
  }
  position.rest = position.rest.subspan(wire::FragmentHeader::kSize);
  Append(out, " (id ", Hex{header->identification, 8}, ", offset ", header->offset,
         header->more ? ", more" : ", last", ", ", position.rest.size(), " bytes)");
  ip.fragmented = true;
  ip.whole = ip.whole && header->offset == 0 && !header->more;
  position.next = header->next_header;
  if (header->offset > 0) {
    Append(out, " of protocol ", static_cast<int>(header->next_header));
    position.stop = true;
  } else {
    Append(out, "; ");
  }
}

// RFC 4302 §2: its length counts units of 4 bytes beyond the first 8.
void AppendAuthentication(std::string& out, const IpPacket& ip, Position& position) {
  constexpr size_t kMinimum = 12;
  const ByteView rest = position.rest;
  const size_t size = rest.size() < 2 ? kMinimum : 4 * (size_t{rest[1]} + 2);
  Append(out, "Authentication");
  if (size < kMinimum || rest.size() < size) {
    Append(out, ", ");
    return Malformed(out, ip, DropReason::IPV6_EXTENSION_TRUNCATED, position);
  }
  Append(out, " (SPI ", Hex{LoadBig32(rest.data() + 4), 8}, ", seq ", LoadBig32(rest.data() + 8),
         "); ");
  position.next = static_cast<NextHeader>(rest[0]);
  position.rest = rest.subspan(size);
}

// Writes the header that is next. False: it is the upper layer's.
bool AppendExtension(std::string& out, IpPacket& ip, Position& position) {
  switch (position.next) {
    case NextHeader::kHopByHop:
      AppendOptions(out, "Hop-by-Hop", ip, position);
      return true;
    case NextHeader::kDestinationOptions:
      AppendOptions(out, "Destination Options", ip, position);
      return true;
    case NextHeader::kRouting:
      AppendRouting(out, ip, position);
      return true;
    case NextHeader::kFragment:
      AppendFragment(out, ip, position);
      return true;
    case kAuthentication:
      AppendAuthentication(out, ip, position);
      return true;
    default:
      return false;
  }
}

// The Hop Limit that a message must have, which need not be told then.
std::optional<uint8_t> RequiredHopLimit(const Position& position) {
  if (position.next != NextHeader::kIcmpv6 || position.rest.empty()) return std::nullopt;
  const auto type = static_cast<Icmpv6Type>(position.rest[0]);
  if (type >= Icmpv6Type::kRouterSolicitation && type <= Icmpv6Type::kRedirect) return 255;
  if (type >= Icmpv6Type::kMulticastListenerQuery && type <= Icmpv6Type::kMulticastListenerDone) {
    return 1;
  }
  if (type == Icmpv6Type::kMulticastListenerReportV2) return 1;
  return std::nullopt;
}

void AppendFields(std::string& out, uint32_t first_word, const IpPacket& ip,
                  const Position& position) {
  if (RequiredHopLimit(position) != ip.hop_limit) Append(out, ", hop limit ", ip.hop_limit);
  const uint32_t traffic_class = first_word >> 20 & 0xff;
  if (traffic_class != 0) Append(out, ", traffic class ", Hex{traffic_class, 2});
  const uint32_t flow_label = first_word & 0xfffff;
  if (flow_label != 0) Append(out, ", flow label ", Hex{flow_label, 5});
}

}  // namespace

void AppendIpv6(std::string& out, ByteView packet, bool quoted) {
  const bool short_header = packet.size() < wire::Ipv6Header::kSize;
  if (short_header && quoted) return Append(out, "IPv6, ", packet.size(), " bytes");
  if (short_header || packet[0] >> 4 != 6) {
    Append(out, "IPv6, ", packet.size(), " bytes, malformed: ",
           DropReasonText(short_header ? DropReason::IPV6_HEADER_TRUNCATED
                                       : DropReason::IPV6_BAD_VERSION));
    return;
  }
  const uint8_t* p = packet.data();
  IpPacket ip;
  ip.source = Ipv6Address::Load(p + 8);
  ip.destination = Ipv6Address::Load(p + 24);
  ip.hop_limit = p[7];
  ip.quoted = quoted;
  const size_t payload_length = LoadBig16(p + 4);
  const ByteView there = packet.subspan(wire::Ipv6Header::kSize);
  ip.whole = there.size() >= payload_length;
  Append(out, ip.source, " > ", ip.destination, "  ");
  Position position{static_cast<NextHeader>(p[6]), ip.whole ? there.first(payload_length) : there};
  while (!position.stop && AppendExtension(out, ip, position)) {
  }
  ip.protocol = static_cast<uint8_t>(position.next);
  if (!position.stop) AppendUpperLayer(out, ip, position.rest);
  if (quoted) return;
  AppendFields(out, LoadBig32(p), ip, position);
  if (there.size() < payload_length) {
    Append(out, ", truncated: ", there.size(), " of ", payload_length, " bytes");
  }
}

}  // namespace dualsim::sim::text
