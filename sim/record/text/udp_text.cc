#include "sim/record/text/udp_text.h"

#include <string_view>

#include "sim/record/text/append.h"
#include "sim/record/text/dhcp_text.h"
#include "sim/record/text/dns_text.h"

namespace dualsim::sim::text {
namespace {

constexpr size_t kHeaderSize = 8;
constexpr uint16_t kDns = 53;
constexpr uint16_t kMulticastDns = 5353;
constexpr uint16_t kDhcpServer = 67;
constexpr uint16_t kDhcpClient = 68;

bool Either(uint16_t source, uint16_t destination, uint16_t port) {
  return source == port || destination == port;
}

void AppendApplication(std::string& out, uint16_t source, uint16_t destination, ByteView data) {
  if (Either(source, destination, kDns) || Either(source, destination, kMulticastDns)) {
    Append(out, "; ");
    AppendDns(out, data);
  } else if (Either(source, destination, kDhcpServer) || Either(source, destination, kDhcpClient)) {
    Append(out, "; ");
    AppendDhcp(out, data);
  }
}

// Zero: IPv4 allows to send none (RFC 768), IPv6 does not (RFC 8200 §8.1).
void AppendUdpChecksum(std::string& out, const IpPacket& ip, ByteView message) {
  if (LoadBig16(message.data() + 6) == 0) {
    if (ip.version6 && !ip.cut()) Append(out, ", no checksum");
    return;
  }
  AppendChecksum(out, ip, ip.PseudoHeader(message.size()), message, 6);
}

}  // namespace

void AppendUdp(std::string& out, const IpPacket& ip, ByteView message) {
  const uint8_t* p = message.data();
  const std::string_view fault = ip.cut() ? ", cut off" : ", malformed";
  if (message.size() < 4) return Append(out, "UDP, ", message.size(), " bytes", fault);
  const uint16_t source = LoadBig16(p);
  const uint16_t destination = LoadBig16(p + 2);
  Append(out, "UDP ", source, " > ", destination);
  const size_t length = message.size() < 6 ? 0 : LoadBig16(p + 4);
  if (message.size() < kHeaderSize || length < kHeaderSize ||
      (!ip.cut() && length > message.size())) {
    return Append(out, ", length ", length, " of ", message.size(), " bytes", fault);
  }
  Append(out, ", ", length - kHeaderSize, " bytes");
  if (ip.cut()) return;
  const ByteView datagram = message.first(length);
  AppendApplication(out, source, destination, datagram.subspan(kHeaderSize));
  AppendUdpChecksum(out, ip, datagram);
  if (length < message.size()) Append(out, ", ", message.size() - length, " bytes behind it");
}

}  // namespace dualsim::sim::text
