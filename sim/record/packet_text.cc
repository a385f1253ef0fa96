#include "sim/record/packet_text.h"

#include <iterator>
#include <string_view>

#include "sim/record/text/append.h"
#include "sim/record/text/arp_text.h"
#include "sim/record/text/ip_packet.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {
namespace {

using text::Append;
using wire::EtherType;

constexpr uint16_t kVlan = 0x8100;         // IEEE 802.1Q
constexpr uint16_t kServiceVlan = 0x88a8;  // IEEE 802.1ad
constexpr uint16_t kLeastEtherType = 0x0600;

void AppendPayload(uint16_t type, ByteView payload, std::string& out) {
  switch (static_cast<EtherType>(type)) {
    case EtherType::kIpv6:
      return text::AppendIpv6(out, payload, false);
    case EtherType::kIpv4:
      return text::AppendIpv4(out, payload, false);
    case EtherType::kArp:
      return text::AppendArp(out, payload);
  }
  if (type < kLeastEtherType) {
    Append(out, "IEEE 802.3 length ", type, ", ", payload.size(), " bytes");
  } else {
    Append(out, "EtherType ", text::Hex{type, 4}, ", ", payload.size(), " bytes");
  }
}

// Takes 802.1Q tags off the front and writes them.
void AppendTags(uint16_t& type, ByteView& payload, std::string& out) {
  while ((type == kVlan || type == kServiceVlan) && payload.size() >= 4) {
    Append(out, "VLAN ", LoadBig16(payload.data()) & 0x0fff, "  ");
    type = LoadBig16(payload.data() + 2);
    payload = payload.subspan(4);
  }
}

// Where a frame for the packet's destination goes, if that is a group.
bool FollowsFromDestination(MacAddress destination, uint16_t type, ByteView payload) {
  if (static_cast<EtherType>(type) == EtherType::kIpv6 && payload.size() >= 40) {
    const Ipv6Address group = Ipv6Address::Load(payload.data() + 24);
    return group.is_multicast() && destination == MacAddress::ForGroup(group);
  }
  if (static_cast<EtherType>(type) == EtherType::kIpv4 && payload.size() >= 20) {
    const uint32_t address = LoadBig32(payload.data() + 16);
    if (address == 0xffffffff) return destination.is_broadcast();
    // RFC 1112 §6.4.
    return address >> 28 == 0xe &&
           destination == MacAddress::FromInteger(0x01005e000000 | (address & 0x7fffff));
  }
  return false;
}

void AppendEthernet(ByteView frame, std::string& out) {
  const Parsed<wire::EthernetHeader> header = wire::EthernetHeader::Parse(frame);
  if (!header) {
    return Append(out, "frame of ", frame.size(),
                  " bytes, malformed: ", DropReasonText(header.reason()));
  }
  auto type = static_cast<uint16_t>(header->type);
  ByteView payload = frame.subspan(wire::EthernetHeader::kSize);
  AppendTags(type, payload, out);
  AppendPayload(type, payload, out);
  Append(out, "  [", header->source);
  if (!FollowsFromDestination(header->destination, type, payload)) {
    Append(out, " > ", header->destination);
  }
  Append(out, "]");
}

// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
void AppendLinuxCooked(ByteView packet, std::string& out) {
  constexpr size_t kHeader = 16;
  constexpr std::string_view kWays[] = {"to us", "broadcast", "multicast", "to another", "from us"};
  if (packet.size() < kHeader) {
    return Append(out, "cooked frame of ", packet.size(), " bytes, malformed");
  }
  const uint8_t* p = packet.data();
  AppendPayload(LoadBig16(p + 14), packet.subspan(kHeader), out);
  const uint16_t way = LoadBig16(p);
  Append(out, "  [");
  if (LoadBig16(p + 4) == MacAddress::kSize) Append(out, MacAddress::Load(p + 6), " ");
  if (way < std::size(kWays)) {
    Append(out, kWays[way], "]");
  } else {
    Append(out, "way ", way, "]");
  }
}

}  // namespace

void AppendPacketText(ByteView frame, std::string& out) { AppendEthernet(frame, out); }

void AppendPacketText(LinkType type, ByteView packet, std::string& out) {
  switch (type) {
    case LinkType::kEthernet:
      return AppendEthernet(packet, out);
    case LinkType::kRawIp:
      return text::AppendIp(out, packet, false);
    case LinkType::kLinuxCooked:
      return AppendLinuxCooked(packet, out);
  }
  Append(out, "link type ", static_cast<uint16_t>(type), ", ", packet.size(), " bytes");
}

}  // namespace dualsim::sim
