#include "stack/wire/arp.h"

namespace dualsim::wire {
namespace {

constexpr uint16_t kEthernet = 1;  // The hardware type, RFC 826.
constexpr uint16_t kIpv4 = 0x0800;

}  // namespace

Parsed<ArpPacket> ArpPacket::Parse(ByteView packet) {
  if (packet.size() < kSize) return DropReason::ARP_TRUNCATED;
  const uint8_t* p = packet.data();
  if (LoadBig16(p) != kEthernet || LoadBig16(p + 2) != kIpv4 || p[4] != MacAddress::kSize ||
      p[5] != Ipv4Address::kSize) {
    return DropReason::ARP_UNKNOWN_FORMAT;
  }
  ArpPacket arp;
  arp.operation = static_cast<ArpOperation>(LoadBig16(p + 6));
  if (arp.operation != ArpOperation::kRequest && arp.operation != ArpOperation::kReply) {
    return DropReason::ARP_UNKNOWN_OPERATION;
  }
  arp.sender_mac = MacAddress::Load(p + 8);
  arp.sender = Ipv4Address::Load(p + 14);
  arp.target_mac = MacAddress::Load(p + 18);
  arp.target = Ipv4Address::Load(p + 24);
  return arp;
}

void ArpPacket::Store(uint8_t* out) const {
  StoreBig16(out, kEthernet);
  StoreBig16(out + 2, kIpv4);
  out[4] = MacAddress::kSize;
  out[5] = Ipv4Address::kSize;
  StoreBig16(out + 6, static_cast<uint16_t>(operation));
  sender_mac.Store(out + 8);
  sender.Store(out + 14);
  target_mac.Store(out + 18);
  target.Store(out + 24);
}

}  // namespace dualsim::wire
