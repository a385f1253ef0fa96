#include "sim/record/text/arp_text.h"

#include "sim/record/text/append.h"

namespace dualsim::sim::text {
namespace {

constexpr size_t kSize = 28;  // Of Ethernet and IPv4.
constexpr uint16_t kRequest = 1;
constexpr uint16_t kReply = 2;

}  // namespace

void AppendArp(std::string& out, ByteView message) {
  if (message.size() < 8) return Append(out, "ARP, ", message.size(), " bytes, malformed");
  const uint8_t* p = message.data();
  const uint16_t operation = LoadBig16(p + 6);
  const bool ethernet_ipv4 =
      LoadBig16(p) == 1 && LoadBig16(p + 2) == 0x0800 && p[4] == 6 && p[5] == 4;
  if (!ethernet_ipv4 || message.size() < kSize) {
    Append(out, "ARP hardware ", LoadBig16(p), " protocol ", Hex{LoadBig16(p + 2), 4},
           " operation ", operation, ", ", message.size(), " bytes");
    if (ethernet_ipv4) Append(out, ", malformed");
    return;
  }
  const MacAddress sender = MacAddress::Load(p + 8);
  const Ipv4 sender_ip{LoadBig32(p + 14)};
  const MacAddress target = MacAddress::Load(p + 18);
  const Ipv4 target_ip{LoadBig32(p + 24)};
  if (operation == kRequest) {
    Append(out, "ARP Request who has ", target_ip, ", ", sender_ip, " is at ", sender);
    if (!target.is_zero()) Append(out, ", target ", target);
  } else if (operation == kReply) {
    Append(out, "ARP Reply ", sender_ip, " is at ", sender, ", to ", target_ip, " at ", target);
  } else {
    Append(out, "ARP operation ", operation, " sender ", sender_ip, " at ", sender, " target ",
           target_ip, " at ", target);
  }
}

}  // namespace dualsim::sim::text
