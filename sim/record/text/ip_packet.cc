#include "sim/record/text/ip_packet.h"

#include "sim/record/text/append.h"
#include "sim/record/text/icmpv4_text.h"
#include "sim/record/text/icmpv6_text.h"
#include "sim/record/text/igmp_text.h"
#include "sim/record/text/tcp_text.h"
#include "sim/record/text/udp_text.h"
#include "stack/wire/ipv6.h"

namespace dualsim::sim::text {
namespace {

enum class Protocol : uint8_t {
  kIcmpv4 = 1,
  kIgmp = 2,
  kIpv4 = 4,
  kTcp = 6,
  kUdp = 17,
  kIpv6 = 41,
  kIcmpv6 = 58,
  kNoNextHeader = 59,
};

}  // namespace

InternetChecksum IpPacket::PseudoHeader(size_t upper_length) const {
  if (version6) {
    return wire::PseudoHeader(source, destination, static_cast<wire::NextHeader>(protocol),
                              upper_length);
  }
  InternetChecksum sum;
  sum.AddBig32(static_cast<uint32_t>(source.low()));
  sum.AddBig32(static_cast<uint32_t>(destination.low()));
  sum.AddBig16(protocol).AddBig16(static_cast<uint16_t>(upper_length));
  return sum;
}

void AppendIp(std::string& out, ByteView packet, bool quoted) {
  const int version = packet.empty() ? 0 : packet[0] >> 4;
  if (version == 4) {
    AppendIpv4(out, packet, quoted);
  } else if (version == 6) {
    AppendIpv6(out, packet, quoted);
  } else if (packet.empty()) {
    Append(out, "no IP packet, 0 bytes");
  } else {
    Append(out, "IP version ", version, ", ", packet.size(), " bytes, malformed");
  }
}

void AppendQuoted(std::string& out, ByteView packet, const IpPacket& outer) {
  if (outer.quoted) {
    Append(out, "{", packet.size(), " bytes}");
    return;
  }
  Append(out, "{");
  AppendIp(out, packet, true);
  Append(out, "}");
}

void AppendUpperLayer(std::string& out, const IpPacket& ip, ByteView payload) {
  switch (static_cast<Protocol>(ip.protocol)) {
    case Protocol::kIcmpv4:
      return AppendIcmpv4(out, ip, payload);
    case Protocol::kIgmp:
      return AppendIgmp(out, ip, payload);
    case Protocol::kTcp:
      return AppendTcp(out, ip, payload);
    case Protocol::kUdp:
      return AppendUdp(out, ip, payload);
    case Protocol::kIcmpv6:
      return AppendIcmpv6(out, ip, payload);
    case Protocol::kIpv4:
    case Protocol::kIpv6:
      Append(out, "tunnel ");
      return AppendQuoted(out, payload, ip);
    case Protocol::kNoNextHeader:
      Append(out, "No Next Header");
      if (!payload.empty()) Append(out, ", ", payload.size(), " bytes");
      return;
  }
  Append(out, "protocol ", ip.protocol, ", ", payload.size(), " bytes");
}

void AppendChecksum(std::string& out, const IpPacket& ip, InternetChecksum pseudo_header,
                    ByteView message, size_t offset) {
  if (ip.cut()) return;
  const InternetChecksum before = pseudo_header;
  if (pseudo_header.Add(message).Value() == 0) return;
  const uint16_t field = LoadBig16(message.data() + offset);
  InternetChecksum sum = before;
  sum.Add(message).AddBig16(static_cast<uint16_t>(~field));  // Takes the field out again.
  Append(out, ", wrong checksum ", Hex{field, 4}, " (it should be ", Hex{sum.Value(), 4}, ")");
}

}  // namespace dualsim::sim::text
