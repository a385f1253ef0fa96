#include "sim/record/text/append.h"

#include <algorithm>

namespace dualsim::sim::text {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr size_t kMaximumHexBytes = 64;

void AppendByte(std::string& out, uint8_t byte) {
  out += kDigits[byte >> 4];
  out += kDigits[byte & 0xf];
}

}  // namespace

void AppendOne(std::string& out, Hex value) {
  out += "0x";
  for (int shift = 4 * (value.digits - 1); shift >= 0; shift -= 4) {
    out += kDigits[value.value >> shift & 0xf];
  }
}

void AppendOne(std::string& out, HexBytes value) {
  out += "0x";
  const size_t shown = std::min(value.bytes.size(), kMaximumHexBytes);
  for (const uint8_t byte : value.bytes.first(shown)) AppendByte(out, byte);
  if (shown < value.bytes.size()) Append(out, " and ", value.bytes.size() - shown, " bytes");
}

void AppendOne(std::string& out, Printable value) {
  for (const uint8_t byte : value.bytes) {
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      out += static_cast<char>(byte);
    } else {
      out += "\\x";
      AppendByte(out, byte);
    }
  }
}

void AppendOne(std::string& out, Ipv4 value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    Append(out, value.address >> shift & 0xff);
    if (shift > 0) out += '.';
  }
}

void AppendLifetime(std::string& out, uint32_t seconds) {
  if (seconds == 0xffffffff) {
    out += "infinite";
  } else {
    Append(out, seconds, " s");
  }
}

}  // namespace dualsim::sim::text
