// The formats of IPv4's family: header and options, ARP, ICMP, IGMP; splitting a
// packet and putting it together. One byte that chooses, then the bytes.

#include <algorithm>
#include <vector>

#include "stack/ipv4/fragmentation.h"
#include "stack/ipv4/reassembly.h"
#include "stack/wire/arp.h"
#include "stack/wire/icmpv4.h"
#include "stack/wire/igmp.h"
#include "stack/wire/ipv4.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/store.h"

namespace {

namespace wire = dualsim::wire;
using dualsim::ByteView;
using dualsim::DropReason;
using dualsim::Packet;
using dualsim::testing::Require;
using dualsim::testing::RequireRoundTrip;

class Silent final : public dualsim::ipv4::ReassemblyOutput {
 public:
  void DropFragment(DropReason, ByteView, dualsim::InterfaceId) override {}
  void OnReassemblyTimeout(ByteView, const dualsim::ip::FragmentArrival&) override {}
};

void CheckPacket(ByteView bytes) {
  std::vector<uint8_t> packet(bytes.begin(), bytes.end());
  if (packet.size() >= wire::Ipv4Header::kMinSize) {
    const size_t size = size_t{packet[0] & 0x0fu} * 4;
    if (size >= wire::Ipv4Header::kMinSize && size <= packet.size()) {
      wire::StoreIpv4Checksum(dualsim::MutableByteView(packet).first(size));
    }
  }
  const auto header = wire::Ipv4Header::Parse(packet);
  if (!header) return;
  packet.resize(header->total_length);
  wire::Ipv4OptionReader reader(header->options);
  while (reader.Next()) {
  }
  std::vector<uint8_t> stored(header->size());
  header->Store(stored.data());
  Require(wire::Ipv4Header::Parse(packet).ok(), "a parsed packet parses again");
  if (header->is_fragment()) return;
  dualsim::PacketPool pool;
  dualsim::ipv4::Reassembler reassembler;
  Silent silent;
  dualsim::ipv4::Fragmentation fragmentation(packet, 28 + packet.size() / 8);
  Packet whole;
  while (Packet fragment = fragmentation.Next(pool)) {
    const auto piece = wire::Ipv4Header::Parse(fragment.bytes());
    Require(piece.ok(), "a fragment is a packet");
    if (!piece->is_fragment()) return;
    const wire::Ipv4Header copy = *piece;
    whole = reassembler.Add({}, copy, std::move(fragment), {}, pool, silent);
  }
  if (!fragmentation.possible() || packet.size() == header->size()) return;
  Require(static_cast<bool>(whole) && std::ranges::equal(whole.bytes().subspan(header->size()),
                                                         ByteView(packet).subspan(header->size())),
          "fragments give their packet back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const ByteView bytes(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      CheckPacket(bytes);
      break;
    case 1: {
      const auto arp = wire::ArpPacket::Parse(bytes);
      if (arp) {
        std::vector<uint8_t> stored(wire::ArpPacket::kSize);
        arp->Store(stored.data());
        Require(std::ranges::equal(stored, bytes.first(stored.size())),
                "an ARP packet is stored as it was");
      }
      break;
    }
    case 2:
      (void)wire::Icmpv4Header::Parse(bytes);
      RequireRoundTrip<wire::Icmpv4Echo>(bytes, wire::Icmpv4Echo::Parse);
      RequireRoundTrip<wire::Icmpv4Error>(bytes, wire::Icmpv4Error::Parse);
      break;
    default:
      (void)wire::ParseIgmpType(bytes);
      RequireRoundTrip<wire::IgmpQuery>(bytes, wire::IgmpQuery::Parse);
      RequireRoundTrip<wire::IgmpReport>(bytes, wire::IgmpReport::Parse);
      RequireRoundTrip<wire::IgmpGroupMessage>(bytes, wire::IgmpGroupMessage::Parse);
      break;
  }
  return 0;
}
