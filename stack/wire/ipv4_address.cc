#include "stack/wire/ipv4_address.h"

#include <charconv>

namespace dualsim {
namespace {

// Takes a number off the front of `text`, decimal and without leading zeros, so
// that nobody can take it for octal.
std::optional<uint32_t> TakeDecimal(std::string_view& text, uint32_t maximum) {
  uint32_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > maximum) return std::nullopt;
  const auto length = static_cast<size_t>(stop - text.data());
  if (length > 1 && text[0] == '0') return std::nullopt;
  text.remove_prefix(length);
  return value;
}

}  // namespace

std::optional<Ipv4Address> Ipv4Address::Parse(std::string_view text) {
  Ipv4Address address;
  for (size_t i = 0; i < kSize; ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const std::optional<uint32_t> byte = TakeDecimal(text, 255);
    if (!byte) return std::nullopt;
    address.bytes_[i] = static_cast<uint8_t>(*byte);
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

std::string Ipv4Address::ToString() const {
  std::string text;
  for (size_t i = 0; i < kSize; ++i) {
    if (i > 0) text += '.';
    text += std::to_string(bytes_[i]);
  }
  return text;
}

std::optional<Ipv4Prefix> Ipv4Prefix::Parse(std::string_view text) {
  const std::optional<Ipv4Cidr> cidr = Ipv4Cidr::Parse(text);
  if (!cidr || cidr->network() != cidr->address) return std::nullopt;
  return cidr->prefix();
}

std::string Ipv4Prefix::ToString() const {
  return address_.ToString() + '/' + std::to_string(length_);
}

std::optional<Ipv4Cidr> Ipv4Cidr::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<Ipv4Address> address = Ipv4Address::Parse(text.substr(0, slash));
  std::string_view rest = text.substr(slash + 1);
  const std::optional<uint32_t> length = TakeDecimal(rest, 32);
  if (!address || !length || !rest.empty()) return std::nullopt;
  return Ipv4Cidr{*address, static_cast<int>(*length)};
}

std::string Ipv4Cidr::ToString() const {
  return address.ToString() + '/' + std::to_string(prefix_length);
}

}  // namespace dualsim
