#include "sim/record/text/dhcp_text.h"

#include <string_view>

#include "sim/record/text/append.h"

namespace dualsim::sim::text {
namespace {

constexpr size_t kHeaderSize = 240;  // With the magic cookie.
constexpr uint32_t kMagicCookie = 0x63825363;

enum class Option : uint8_t {
  kPad = 0,
  kSubnetMask = 1,
  kRouter = 3,
  kDnsServer = 6,
  kHostName = 12,
  kDomainName = 15,
  kRequestedAddress = 50,
  kLeaseTime = 51,
  kMessageType = 53,
  kServerIdentifier = 54,
  kMessage = 56,
  kRenewalTime = 58,
  kRebindingTime = 59,
  kEnd = 255,
};

std::string_view MessageName(uint8_t type) {
  constexpr std::string_view kNames[] = {"Discover", "Offer", "Request", "Decline",
                                         "Ack",      "Nak",   "Release", "Inform"};
  return type >= 1 && type <= std::size(kNames) ? kNames[type - 1] : "message of unknown type";
}

void AppendAddresses(std::string& out, std::string_view name, ByteView data) {
  Append(out, name);
  for (; data.size() >= 4; data = data.subspan(4)) Append(out, " ", Ipv4{LoadBig32(data.data())});
}

void AppendSeconds(std::string& out, std::string_view name, ByteView data) {
  Append(out, name, " ");
  if (data.size() == 4) {
    AppendLifetime(out, LoadBig32(data.data()));
  } else {
    Append(out, HexBytes{data});
  }
}

void AppendOption(std::string& out, uint8_t code, ByteView data) {
  switch (static_cast<Option>(code)) {
    case Option::kSubnetMask:
      return AppendAddresses(out, "subnet mask", data);
    case Option::kRouter:
      return AppendAddresses(out, "router", data);
    case Option::kDnsServer:
      return AppendAddresses(out, "DNS server", data);
    case Option::kHostName:
      return Append(out, "host name ", Printable{data});
    case Option::kDomainName:
      return Append(out, "domain name ", Printable{data});
    case Option::kRequestedAddress:
      return AppendAddresses(out, "requested address", data);
    case Option::kLeaseTime:
      return AppendSeconds(out, "lease time", data);
    case Option::kServerIdentifier:
      return AppendAddresses(out, "server", data);
    case Option::kMessage:
      return Append(out, "message ", Printable{data});
    case Option::kRenewalTime:
      return AppendSeconds(out, "renewal time", data);
    case Option::kRebindingTime:
      return AppendSeconds(out, "rebinding time", data);
    default:
      Append(out, "option ", code, " ", HexBytes{data});
  }
}

// Calls `each(code, data)` for every option; false where one runs past the end.
template <typename Function>
bool ForEachOption(ByteView options, Function each) {
  while (!options.empty()) {
    const uint8_t code = options[0];
    if (static_cast<Option>(code) == Option::kEnd) return true;
    if (static_cast<Option>(code) == Option::kPad) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2 || options.size() - 2 < options[1]) return false;
    each(code, options.subspan(2, options[1]));
    options = options.subspan(2 + size_t{options[1]});
  }
  return true;
}

void AppendField(std::string& out, std::string_view name, const uint8_t* p) {
  const uint32_t address = LoadBig32(p);
  if (address != 0) Append(out, ", ", name, " ", Ipv4{address});
}

}  // namespace

void AppendDhcp(std::string& out, ByteView message) {
  const uint8_t* p = message.data();
  if (message.size() < kHeaderSize || LoadBig32(p + 236) != kMagicCookie) {
    return Append(out, "no DHCP message");
  }
  const ByteView options = message.subspan(kHeaderSize);
  uint8_t type = 0;
  ForEachOption(options, [&type](uint8_t code, ByteView data) {
    if (static_cast<Option>(code) == Option::kMessageType && data.size() == 1) type = data[0];
  });
  Append(out, "DHCP ", MessageName(type), " xid ", Hex{LoadBig32(p + 4), 8}, " client ",
         MacAddress::Load(p + 28));
  if ((p[10] & 0x80) != 0) Append(out, ", broadcast");
  AppendField(out, "ciaddr", p + 12);
  AppendField(out, "yiaddr", p + 16);
  AppendField(out, "siaddr", p + 20);
  AppendField(out, "giaddr", p + 24);
  const bool whole = ForEachOption(options, [&out](uint8_t code, ByteView data) {
    if (static_cast<Option>(code) == Option::kMessageType) return;
    Append(out, ", ");
    AppendOption(out, code, data);
  });
  if (!whole) Append(out, ", malformed options");
}

}  // namespace dualsim::sim::text
