#include "tests/support/hex.h"

#include <cctype>
#include <charconv>
#include <stdexcept>

namespace dualsim::testing {

std::vector<uint8_t> FromHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
      ++i;
      continue;
    }
    uint8_t byte = 0;
    const std::string_view digits = text.substr(i, 2);
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, byte, 16);
    if (error != std::errc() || stop != digits.data() + 2) {
      throw std::invalid_argument("not hexadecimal: " + std::string(text.substr(i)));
    }
    bytes.push_back(byte);
    i += 2;
  }
  return bytes;
}

std::string ToHex(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % 2 == 0) text += ' ';
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 0xf];
  }
  return text;
}

}  // namespace dualsim::testing
