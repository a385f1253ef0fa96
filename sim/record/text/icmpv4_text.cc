#include "sim/record/text/icmpv4_text.h"

#include <iterator>
#include <string_view>

#include "sim/record/text/append.h"

namespace dualsim::sim::text {
namespace {

enum class Type : uint8_t {
  kEchoReply = 0,
  kDestinationUnreachable = 3,
  kRedirect = 5,
  kEcho = 8,
  kTimeExceeded = 11,
  kParameterProblem = 12,
};
constexpr size_t kHeaderSize = 8;

// RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.
constexpr std::string_view kUnreachableCodes[] = {
    "net unreachable",
    "host unreachable",
    "protocol unreachable",
    "port unreachable",
    "fragmentation needed and DF set",
    "source route failed",
    "destination network unknown",
    "destination host unknown",
    "source host isolated",
    "network administratively prohibited",
    "host administratively prohibited",
    "network unreachable for type of service",
    "host unreachable for type of service",
    "communication administratively prohibited",
    "host precedence violation",
    "precedence cutoff in effect",
};
constexpr uint8_t kFragmentationNeeded = 4;

void AppendError(std::string& out, const IpPacket& ip, ByteView message) {
  const uint8_t code = message[1];
  switch (static_cast<Type>(message[0])) {
    case Type::kDestinationUnreachable:
      Append(out, "ICMP Destination Unreachable (");
      if (code < std::size(kUnreachableCodes)) {
        Append(out, kUnreachableCodes[code], ")");
      } else {
        Append(out, "code ", code, ")");
      }
      if (code == kFragmentationNeeded) Append(out, " MTU ", LoadBig16(message.data() + 6));
      break;
    case Type::kRedirect:
      Append(out, "ICMP Redirect code ", code, " to ", Ipv4{LoadBig32(message.data() + 4)});
      break;
    case Type::kTimeExceeded:
      Append(out, "ICMP Time Exceeded (",
             code == 0 ? "time to live exceeded in transit" : "fragment reassembly time exceeded",
             ")");
      if (code > 1) Append(out, " code ", code);
      break;
    default:
      Append(out, "ICMP Parameter Problem code ", code, " pointer ", message[4]);
  }
  Append(out, " about ");
  AppendQuoted(out, message.subspan(kHeaderSize), ip);
}

void AppendMessage(std::string& out, const IpPacket& ip, ByteView message) {
  switch (static_cast<Type>(message[0])) {
    case Type::kEcho:
    case Type::kEchoReply:
      Append(out, message[0] == 0 ? "ICMP Echo Reply" : "ICMP Echo");
      if (message[1] != 0) Append(out, " code ", message[1]);
      return Append(out, " id ", LoadBig16(message.data() + 4), " seq ",
                    LoadBig16(message.data() + 6), ", ", message.size() - kHeaderSize, " bytes");
    case Type::kDestinationUnreachable:
    case Type::kRedirect:
    case Type::kTimeExceeded:
    case Type::kParameterProblem:
      return AppendError(out, ip, message);
  }
  Append(out, "ICMP type ", message[0], " code ", message[1], ", ", message.size() - kHeaderSize,
         " bytes");
}

}  // namespace

void AppendIcmpv4(std::string& out, const IpPacket& ip, ByteView message) {
  if (message.size() < kHeaderSize) {
    return Append(out, "ICMP, ", message.size(), ip.cut() ? " bytes" : " bytes, malformed");
  }
  AppendMessage(out, ip, message);
  AppendChecksum(out, ip, InternetChecksum(), message, 2);
}

}  // namespace dualsim::sim::text
