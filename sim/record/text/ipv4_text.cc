#include "sim/record/text/append.h"
#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {
namespace {

constexpr size_t kMinimumHeader = 20;

struct FragmentFields {
  bool dont_fragment;
  bool more;
  size_t offset;
};

FragmentFields LoadFragmentFields(const uint8_t* p) {
  const uint16_t word = LoadBig16(p + 6);
  return {(word & 0x4000) != 0, (word & 0x2000) != 0, size_t{8} * (word & 0x1fff)};
}

void AppendFields(std::string& out, ByteView header, const FragmentFields& fragment) {
  const uint8_t* p = header.data();
  Append(out, ", TTL ", p[8]);
  if (fragment.dont_fragment) Append(out, ", DF");
  if (p[1] != 0) Append(out, ", type of service ", Hex{p[1], 2});
  if (header.size() > kMinimumHeader) {
    Append(out, ", options ", HexBytes{header.subspan(kMinimumHeader)});
  }
  if (InternetChecksum().Add(header).Value() != 0) {
    Append(out, ", wrong header checksum ", Hex{LoadBig16(p + 10), 4});
  }
}

void AppendPayload(std::string& out, const IpPacket& ip, ByteView payload, const uint8_t* p,
                   const FragmentFields& fragment) {
  if (ip.fragmented) {
    Append(out, "Fragment (id ", Hex{LoadBig16(p + 4), 4}, ", offset ", fragment.offset,
           fragment.more ? ", more" : ", last", ", ", payload.size(), " bytes)");
    if (fragment.offset > 0) return Append(out, " of protocol ", ip.protocol);
    Append(out, "; ");
  }
  AppendUpperLayer(out, ip, payload);
}

}  // namespace

void AppendIpv4(std::string& out, ByteView packet, bool quoted) {
  const uint8_t* p = packet.data();
  const size_t header = packet.empty() ? 0 : size_t{4} * (p[0] & 0x0f);
  if (packet.size() < kMinimumHeader || p[0] >> 4 != 4 || header < kMinimumHeader ||
      packet.size() < header || LoadBig16(p + 2) < header) {
    return Append(out, "IPv4, ", packet.size(), quoted ? " bytes" : " bytes, malformed");
  }
  const FragmentFields fragment = LoadFragmentFields(p);
  const size_t payload_length = LoadBig16(p + 2) - header;
  const ByteView there = packet.subspan(header);
  IpPacket ip;
  ip.version6 = false;
  ip.source = Ipv6Address::FromIntegers(0, LoadBig32(p + 12));
  ip.destination = Ipv6Address::FromIntegers(0, LoadBig32(p + 16));
  ip.protocol = p[9];
  ip.hop_limit = p[8];
  ip.fragmented = fragment.more || fragment.offset > 0;
  ip.whole = there.size() >= payload_length && !ip.fragmented;
  ip.quoted = quoted;
  Append(out, Ipv4{LoadBig32(p + 12)}, " > ", Ipv4{LoadBig32(p + 16)}, "  ");
  const bool cut = there.size() < payload_length;
  AppendPayload(out, ip, cut ? there : there.first(payload_length), p, fragment);
  if (quoted) return;
  AppendFields(out, packet.first(header), fragment);
  if (cut) Append(out, ", truncated: ", there.size(), " of ", payload_length, " bytes");
}

}  // namespace dualsim::sim::text
