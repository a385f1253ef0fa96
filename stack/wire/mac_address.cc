#include "stack/wire/mac_address.h"

#include "stack/wire/ipv4_address.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr size_t kTextSize = 3 * MacAddress::kSize - 1;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

MacAddress MacAddress::ForGroup(const Ipv6Address& group) {
  return FromInteger(0x3333ull << 32 | (group.low() & 0xffffffff));
}

MacAddress MacAddress::ForGroup(const Ipv4Address& group) {
  return FromInteger(0x0100'5e00'0000ull | (group.ToInteger() & 0x7fffff));
}

std::optional<MacAddress> MacAddress::Parse(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  MacAddress mac;
  for (size_t i = 0; i < kSize; ++i) {
    const int high = HexValue(text[3 * i]);
    const int low = HexValue(text[3 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    if (i + 1 < kSize && text[3 * i + 2] != ':') return std::nullopt;
    mac.bytes_[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return mac;
}

void MacAddress::AppendTo(std::string& out) const {
  char text[kTextSize];
  char* p = text;
  for (size_t i = 0; i < kSize; ++i) {
    if (i > 0) *p++ = ':';
    *p++ = kDigits[bytes_[i] >> 4];
    *p++ = kDigits[bytes_[i] & 0xf];
  }
  out.append(text, kTextSize);
}

std::string MacAddress::ToString() const {
  std::string text;
  AppendTo(text);
  return text;
}

}  // namespace dualsim
