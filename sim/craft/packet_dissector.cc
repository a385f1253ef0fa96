#include "sim/craft/packet_dissector.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/craft/icmpv6_dissector.h"
#include "stack/base/checksum.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::craft {
namespace {

constexpr size_t kEthernetSize = 14;
constexpr size_t kArpSize = 28;
constexpr size_t kUdpSize = 8;
constexpr size_t kTcpSize = 20;

std::vector<uint8_t> Copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
bool BitOf(uint64_t word, int bit) { return (word >> bit & 1) != 0; }

// Which protocol comes next, and the bytes from there; none: all was read.
struct Rest {
  enum class Kind { kIpv6, kIpv4, kArp, kUpper, kBytes } kind = Kind::kBytes;
  uint8_t protocol = 59;  // Of kUpper: a Next Header or Protocol value.
  ByteView bytes;
};

class Dissector {
 public:
  Dissection Run(Rest rest) {
    while (!rest.bytes.empty()) {
      if (dissection_.layers.size() == kMaximumDissectedLayers) rest.kind = Rest::Kind::kBytes;
      rest = Next(rest);
    }
    return std::move(dissection_);
  }

  Rest Ethernet(ByteView frame) {
    if (frame.size() < kEthernetSize) return {Rest::Kind::kBytes, 0, frame};
    EthernetLayer layer;
    layer.destination = MacAddress::Load(frame.data());
    layer.source = MacAddress::Load(frame.data() + 6);
    const uint16_t type = LoadBig16(frame.data() + 12);
    layer.type = type;
    Add(layer, frame.first(kEthernetSize));
    const Rest::Kind kind = type == 0x86dd   ? Rest::Kind::kIpv6
                            : type == 0x0800 ? Rest::Kind::kIpv4
                            : type == 0x0806 ? Rest::Kind::kArp
                                             : Rest::Kind::kBytes;
    return {kind, 0, frame.subspan(kEthernetSize)};
  }

 private:
  void Add(Layer layer, ByteView bytes) { dissection_.layers.push_back({std::move(layer), bytes}); }

  Rest Next(const Rest& rest) {
    switch (rest.kind) {
      case Rest::Kind::kIpv6:
        return Ipv6(rest.bytes);
      case Rest::Kind::kIpv4:
        return Ipv4(rest.bytes);
      case Rest::Kind::kArp:
        return Arp(rest.bytes);
      case Rest::Kind::kUpper:
        return Upper(rest.protocol, rest.bytes);
      case Rest::Kind::kBytes:
        break;
    }
    return Payload(rest.bytes);
  }

  Rest Payload(ByteView bytes) {
    if (!bytes.empty()) Add(PayloadLayer{Copy(bytes), bytes.size(), ""}, bytes);
    return {};
  }

  Rest Ipv6(ByteView packet) {
    constexpr size_t kSize = wire::Ipv6Header::kSize;
    if (packet.size() < kSize) return Payload(packet);
    const uint8_t* p = packet.data();
    const uint32_t first = LoadBig32(p);
    Ipv6Layer layer;
    layer.version = first >> 28;
    layer.traffic_class = first >> 20 & 0xff;
    layer.flow_label = first & 0xfffff;
    layer.payload_length = LoadBig16(p + 4);
    layer.next_header = p[6];
    layer.hop_limit = p[7];
    source_ = Ipv6Address::Load(p + 8);
    destination_ = Ipv6Address::Load(p + 24);
    layer.source = source_;
    layer.destination = destination_;
    Add(layer, packet.first(kSize));
    ipv4_ = false;
    // A packet that is cut short has no checksum that could be judged; bytes
    // behind the packet are the link's padding.
    whole_ = packet.size() - kSize >= LoadBig16(p + 4);
    const ByteView inner =
        packet.subspan(kSize, std::min<size_t>(packet.size() - kSize, LoadBig16(p + 4)));
    return {Rest::Kind::kUpper, p[6], inner};
  }

  Rest Ipv4(ByteView packet) {
    if (packet.size() < 20) return Payload(packet);
    const uint8_t* p = packet.data();
    const size_t header_size = size_t{p[0] & 15u} * 4;
    const size_t total = LoadBig16(p + 2);
    if (header_size < 20 || header_size > packet.size() || total < header_size) {
      return Payload(packet);
    }
    Ipv4Layer layer;
    layer.version = p[0] >> 4;
    layer.header_length = p[0] & 15;
    layer.type_of_service = p[1];
    layer.total_length = total;
    layer.identification = LoadBig16(p + 4);
    const uint16_t fragment = LoadBig16(p + 6);
    layer.do_not_fragment = BitOf(fragment, 14);
    layer.more_fragments = BitOf(fragment, 13);
    layer.fragment_offset = (fragment & 0x1fff) * 8;
    layer.time_to_live = p[8];
    layer.protocol = p[9];
    layer.checksum = LoadBig16(p + 10);
    layer.bad_checksum = InternetChecksum().Add(packet.first(header_size)).Value() != 0;
    ipv4_source_ = Ipv4Address::Load(p + 12);
    ipv4_destination_ = Ipv4Address::Load(p + 16);
    layer.source = ipv4_source_;
    layer.destination = ipv4_destination_;
    layer.options = Copy(packet.subspan(20, header_size - 20));
    Add(std::move(layer), packet.first(header_size));
    ipv4_ = true;
    whole_ = packet.size() >= total && (fragment & 0x3fff) == 0;
    const ByteView inner =
        packet.subspan(header_size, std::min(packet.size(), total) - header_size);
    if ((fragment & 0x1fff) != 0) return {Rest::Kind::kBytes, 0, inner};
    return {Rest::Kind::kUpper, p[9], inner};
  }

  Rest Arp(ByteView bytes) {
    if (bytes.size() < kArpSize || bytes[4] != 6 || bytes[5] != 4) return Payload(bytes);
    const uint8_t* p = bytes.data();
    ArpLayer layer;
    layer.hardware_type = LoadBig16(p);
    layer.protocol_type = LoadBig16(p + 2);
    layer.hardware_length = p[4];
    layer.protocol_length = p[5];
    layer.operation = LoadBig16(p + 6);
    layer.sender_mac = MacAddress::Load(p + 8);
    layer.sender_address = Ipv4Address::Load(p + 14);
    layer.target_mac = MacAddress::Load(p + 18);
    layer.target_address = Ipv4Address::Load(p + 24);
    Add(std::move(layer), bytes.first(kArpSize));
    return {Rest::Kind::kBytes, 0, bytes.subspan(kArpSize)};
  }

  Rest Upper(uint8_t protocol, ByteView bytes) {
    switch (protocol) {
      case 6:
        return Tcp(bytes);
      case 17:
        return Udp(bytes);
      case 4:
        return {Rest::Kind::kIpv4, 0, bytes};
      case 41:
        return {Rest::Kind::kIpv6, 0, bytes};
      case 1:
        return ipv4_ ? Icmpv4(bytes) : Payload(bytes);
      case 58:
        return ipv4_ ? Payload(bytes) : Icmpv6(bytes);
      case 0:
      case 60:
        return ipv4_ ? Payload(bytes) : Options(protocol == 0, bytes);
      case 43:
        return ipv4_ ? Payload(bytes) : Routing(bytes);
      case 44:
        return ipv4_ ? Payload(bytes) : Fragment(bytes);
      default:
        return Payload(bytes);
    }
  }

  Rest Options(bool hop_by_hop, ByteView bytes) {
    const auto header = wire::ExtensionHeader::Parse(bytes);
    if (!header) return Payload(bytes);
    OptionsLayer layer;
    layer.hop_by_hop = hop_by_hop;
    layer.next_header = bytes[0];
    layer.length = bytes[1];
    const ByteView whole = header->bytes;
    for (size_t i = 2; i < whole.size();) {
      OptionSpec& option = layer.options.emplace_back();
      option.type = whole[i];
      if (whole[i] == wire::kOptionPad1) {
        ++i;
        continue;
      }
      if (i + 1 >= whole.size()) break;
      option.length = whole[i + 1];
      const size_t size = std::min<size_t>(whole[i + 1], whole.size() - i - 2);
      option.data = Copy(whole.subspan(i + 2, size));
      i += 2 + size;
    }
    Add(std::move(layer), whole);
    return {Rest::Kind::kUpper, bytes[0], bytes.subspan(whole.size())};
  }

  Rest Routing(ByteView bytes) {
    const auto header = wire::ExtensionHeader::Parse(bytes);
    if (!header) return Payload(bytes);
    RoutingLayer layer;
    layer.next_header = bytes[0];
    layer.length = bytes[1];
    layer.type = bytes[2];
    layer.segments_left = bytes[3];
    layer.data = Copy(header->bytes.subspan(4));
    if (bytes[2] == 0) {
      for (size_t i = 8; i + 16 <= header->bytes.size(); i += 16) {
        layer.addresses.emplace_back(Ipv6Address::Load(bytes.data() + i));
      }
      if (bytes[3] != 0 && !layer.addresses.empty()) destination_ = layer.addresses.back().literal;
    }
    Add(std::move(layer), header->bytes);
    return {Rest::Kind::kUpper, bytes[0], bytes.subspan(header->bytes.size())};
  }

  Rest Fragment(ByteView bytes) {
    if (bytes.size() < 8) return Payload(bytes);
    const uint16_t word = LoadBig16(bytes.data() + 2);
    FragmentLayer layer;
    layer.next_header = bytes[0];
    layer.reserved = bytes[1];
    layer.offset = word & 0xfff8;
    layer.reserved2 = word >> 1 & 3;
    layer.more = BitOf(word, 0);
    layer.identification = LoadBig32(bytes.data() + 4);
    Add(std::move(layer), bytes.first(8));
    if ((word & 0xfff9) != 0) whole_ = false;
    if ((word & 0xfff8) != 0) return {Rest::Kind::kBytes, 0, bytes.subspan(8)};
    return {Rest::Kind::kUpper, bytes[0], bytes.subspan(8)};
  }

  // Whether the checksum of an upper-layer packet is wrong, where one can tell.
  Flag BadChecksum(uint8_t protocol, ByteView bytes) const {
    if (!whole_) return std::nullopt;
    InternetChecksum sum;
    if (ipv4_) {
      sum.AddBig32(ipv4_source_.ToInteger())
          .AddBig32(ipv4_destination_.ToInteger())
          .AddBig16(protocol)
          .AddBig16(static_cast<uint16_t>(bytes.size()));
    } else {
      sum = wire::PseudoHeader(source_, destination_, static_cast<wire::NextHeader>(protocol),
                               bytes.size());
    }
    return sum.Add(bytes).Value() != 0;
  }

  Rest Icmpv6(ByteView bytes) {
    if (bytes.size() < 4) return Payload(bytes);
    Icmpv6Layer layer = DissectIcmpv6(bytes);
    layer.bad_checksum = BadChecksum(58, bytes);
    Add(std::move(layer), bytes);
    return {};
  }

  Rest Icmpv4(ByteView bytes) {
    if (bytes.size() < 8) return Payload(bytes);
    const uint8_t* p = bytes.data();
    Icmpv4Layer layer;
    layer.type = p[0];
    layer.code = p[1];
    layer.checksum = LoadBig16(p + 2);
    if (whole_) layer.bad_checksum = InternetChecksum().Add(bytes).Value() != 0;
    layer.identifier = LoadBig16(p + 4);
    layer.sequence = LoadBig16(p + 6);
    layer.rest = LoadBig32(p + 4);
    Add(std::move(layer), bytes.first(8));
    return {Rest::Kind::kBytes, 0, bytes.subspan(8)};
  }

  Rest Udp(ByteView bytes) {
    if (bytes.size() < kUdpSize) return Payload(bytes);
    const uint8_t* p = bytes.data();
    UdpLayer layer;
    layer.source_port = LoadBig16(p);
    layer.destination_port = LoadBig16(p + 2);
    layer.length = LoadBig16(p + 4);
    layer.checksum = LoadBig16(p + 6);
    // Over IPv4 a sum of 0 says that there is none, RFC 768.
    const bool none = ipv4_ && LoadBig16(p + 6) == 0;
    layer.bad_checksum = none ? Flag(false) : BadChecksum(17, bytes);
    Add(std::move(layer), bytes.first(kUdpSize));
    return {Rest::Kind::kBytes, 0, bytes.subspan(kUdpSize)};
  }

  Rest Tcp(ByteView bytes) {
    if (bytes.size() < kTcpSize) return Payload(bytes);
    const uint8_t* p = bytes.data();
    const size_t header_size = size_t{p[12]} / 16 * 4;
    if (header_size < kTcpSize || header_size > bytes.size()) return Payload(bytes);
    TcpLayer layer;
    layer.source_port = LoadBig16(p);
    layer.destination_port = LoadBig16(p + 2);
    layer.sequence = LoadBig32(p + 4);
    layer.acknowledgment = LoadBig32(p + 8);
    layer.data_offset = p[12] >> 4;
    layer.reserved = p[12] & 15;
    Flag* const flags[] = {&layer.fin, &layer.syn, &layer.rst, &layer.psh,
                           &layer.ack, &layer.urg, &layer.ece, &layer.cwr};
    for (int i = 0; i < 8; ++i) *flags[i] = BitOf(p[13], i);
    layer.window = LoadBig16(p + 14);
    layer.checksum = LoadBig16(p + 16);
    layer.bad_checksum = BadChecksum(6, bytes);
    layer.urgent_pointer = LoadBig16(p + 18);
    layer.options = Copy(bytes.subspan(kTcpSize, header_size - kTcpSize));
    Add(std::move(layer), bytes.first(header_size));
    return {Rest::Kind::kBytes, 0, bytes.subspan(header_size)};
  }

  Dissection dissection_;
  // Of the innermost IP header so far.
  bool ipv4_ = false;
  bool whole_ = false;
  Ipv6Address source_;
  Ipv6Address destination_;
  Ipv4Address ipv4_source_;
  Ipv4Address ipv4_destination_;
};

}  // namespace

Dissection DissectFrame(ByteView frame) {
  Dissector dissector;
  return dissector.Run(dissector.Ethernet(frame));
}

Dissection DissectPacket(ByteView packet) {
  const bool ipv4 = !packet.empty() && packet[0] >> 4 == 4;
  return Dissector().Run({ipv4 ? Rest::Kind::kIpv4 : Rest::Kind::kIpv6, 0, packet});
}

}  // namespace dualsim::craft
