#include "tests/sim/record/frames.h"

#include <algorithm>

#include "stack/wire/ethernet.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "tests/support/hex.h"

namespace dualsim::testing {
namespace {

std::vector<uint8_t> Ethernet(MacAddress destination, uint16_t type,
                              const std::vector<uint8_t>& payload) {
  wire::EthernetHeader header;
  header.destination = destination;
  header.source = MacAddress::FromInteger(0x02000000000a);
  header.type = static_cast<wire::EtherType>(type);
  std::vector<uint8_t> frame(wire::EthernetHeader::kSize + payload.size());
  header.Store(frame.data());
  std::ranges::copy(payload, frame.begin() + wire::EthernetHeader::kSize);
  return frame;
}

}  // namespace

std::vector<uint8_t> Build(const Ipv6Frame& frame) {
  std::vector<uint8_t> payload = FromHex(frame.payload);
  wire::Ipv6Header header;
  header.source = Ipv6Address::Parse(frame.source).value();
  header.destination = Ipv6Address::Parse(frame.destination).value();
  header.next_header = static_cast<wire::NextHeader>(frame.next_header);
  header.hop_limit = frame.hop_limit;
  header.payload_length = static_cast<uint16_t>(payload.size());
  if (frame.checksum_at >= 0) {
    const MutableByteView upper = MutableByteView(payload).subspan(frame.upper_at);
    uint8_t* field = upper.data() + frame.checksum_at;
    StoreBig16(field, 0);
    InternetChecksum sum =
        wire::PseudoHeader(header.source, header.destination,
                           static_cast<wire::NextHeader>(frame.upper), upper.size());
    StoreBig16(field, sum.Add(upper).Value());
  }
  std::vector<uint8_t> packet(wire::Ipv6Header::kSize + payload.size());
  header.Store(packet.data());
  std::ranges::copy(payload, packet.begin() + wire::Ipv6Header::kSize);
  const MacAddress to = header.destination.is_multicast() ? MacAddress::ForGroup(header.destination)
                                                          : MacAddress::FromInteger(0x02000000000b);
  return Ethernet(to, 0x86dd, packet);
}

std::vector<uint8_t> Build(const Ipv4Frame& frame) {
  std::vector<uint8_t> payload = FromHex(frame.payload);
  std::vector<uint8_t> packet = FromHex("4500 0000 1234 0000 40 00 0000 c0000201 c0000202");
  StoreBig16(packet.data() + 2, static_cast<uint16_t>(packet.size() + payload.size()));
  StoreBig16(packet.data() + 6, frame.fragment);
  packet[9] = frame.protocol;
  StoreBig16(packet.data() + 10, InternetChecksum().Add(packet).Value());
  if (frame.checksum_at >= 0) {
    InternetChecksum sum;
    if (frame.pseudo_header) {
      sum.Add(ByteView(packet).subspan(12, 8)).AddBig16(frame.protocol);
      sum.AddBig16(static_cast<uint16_t>(payload.size()));
    }
    StoreBig16(payload.data() + frame.checksum_at, 0);
    StoreBig16(payload.data() + frame.checksum_at, sum.Add(payload).Value());
  }
  packet.insert(packet.end(), payload.begin(), payload.end());
  return Ethernet(MacAddress::FromInteger(0x02000000000b), 0x0800, packet);
}

std::vector<uint8_t> BuildFrame(uint16_t type, std::string_view payload) {
  return Ethernet(MacAddress::Broadcast(), type, FromHex(payload));
}

}  // namespace dualsim::testing
