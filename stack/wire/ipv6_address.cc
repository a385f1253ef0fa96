#include "stack/wire/ipv6_address.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <utility>

#include "stack/wire/mac_address.h"

namespace dualsim {
namespace {

constexpr size_t kGroups = 8;
constexpr size_t kNoGap = ~size_t{0};

// Takes a number of at most `max_digits` digits off the front of `text`.
std::optional<uint32_t> TakeNumber(std::string_view& text, int base, size_t max_digits) {
  uint32_t value = 0;
  const char* end = text.data() + std::min(text.size(), max_digits);
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(stop - text.data()));
  return value;
}

// Decimal without leading zeros, so that nobody can take it for octal.
std::optional<uint32_t> TakeDecimal(std::string_view& text, uint32_t maximum) {
  const bool leading_zero = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  if (leading_zero) return std::nullopt;
  const std::optional<uint32_t> value = TakeNumber(text, 10, 3);
  if (!value || *value > maximum) return std::nullopt;
  return value;
}

// "a.b.c.d", the whole of `text`.
std::optional<uint32_t> ParseIpv4Notation(std::string_view text) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    if (i > 0) {
      if (text.empty() || text[0] != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    const std::optional<uint32_t> byte = TakeDecimal(text, 255);
    if (!byte) return std::nullopt;
    value = value << 8 | *byte;
  }
  if (!text.empty()) return std::nullopt;
  return value;
}

// The groups of an address's text from left to right, and where "::" stands.
struct Groups {
  std::array<uint16_t, kGroups> values{};
  size_t count = 0;
  size_t gap = kNoGap;  // The number of groups in front of "::".

  bool full() const { return count == kGroups; }
  void Add(uint32_t value) { values[count++] = static_cast<uint16_t>(value); }
};

// Reads one group, or IPv4 notation that ends the text. False: malformed.
bool TakeGroup(std::string_view& text, Groups& groups) {
  if (groups.full()) return false;
  if (text.substr(0, text.find(':')).find('.') != std::string_view::npos) {
    const std::optional<uint32_t> ipv4 = ParseIpv4Notation(text);
    if (!ipv4 || groups.count + 2 > kGroups) return false;
    groups.Add(*ipv4 >> 16);
    groups.Add(*ipv4 & 0xffff);
    text = {};
    return true;
  }
  const std::optional<uint32_t> value = TakeNumber(text, 16, 4);
  if (!value) return false;
  groups.Add(*value);
  return true;
}

std::optional<Groups> ParseGroups(std::string_view text) {
  Groups groups;
  if (text.starts_with("::")) {
    groups.gap = 0;
    text.remove_prefix(2);
    if (text.empty()) return groups;
  }
  for (;;) {
    if (!TakeGroup(text, groups)) return std::nullopt;
    if (text.empty()) return groups;
    if (text.starts_with("::")) {
      if (groups.gap != kNoGap) return std::nullopt;
      groups.gap = groups.count;
      text.remove_prefix(2);
      if (text.empty()) return groups;
    } else if (text[0] == ':') {
      text.remove_prefix(1);
    } else {
      return std::nullopt;
    }
  }
}

// The longest run of zero groups, the first where two are equal; RFC 5952 §4.2
// leaves a single group as it is.
struct ZeroRun {
  size_t begin = kNoGap;
  size_t length = 1;
};

ZeroRun FindZeroRun(const uint8_t* bytes) {
  ZeroRun best;
  for (size_t i = 0; i < kGroups;) {
    size_t end = i;
    while (end < kGroups && LoadBig16(bytes + 2 * end) == 0) ++end;
    if (end - i > best.length) best = {i, end - i};
    i = end + 1;
  }
  return best;
}

// "TEXT/LENGTH" taken apart.
std::optional<std::pair<Ipv6Address, int>> ParseWithLength(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<Ipv6Address> address = Ipv6Address::Parse(text.substr(0, slash));
  std::string_view rest = text.substr(slash + 1);
  const std::optional<uint32_t> length = TakeDecimal(rest, 128);
  if (!address || !length || !rest.empty()) return std::nullopt;
  return std::pair(*address, static_cast<int>(*length));
}

}  // namespace

std::optional<Ipv6Address> Ipv6Address::Parse(std::string_view text) {
  const std::optional<Groups> groups = ParseGroups(text);
  if (!groups) return std::nullopt;
  const bool has_gap = groups->gap != kNoGap;
  // "::" stands for one group at least.
  if (has_gap == groups->full()) return std::nullopt;
  if (!has_gap && groups->count != kGroups) return std::nullopt;
  Ipv6Address address;
  const size_t front = has_gap ? groups->gap : kGroups;
  for (size_t i = 0; i < groups->count; ++i) {
    const size_t place = i < front ? i : kGroups - groups->count + i;
    StoreBig16(address.bytes_.data() + 2 * place, groups->values[i]);
  }
  return address;
}

void Ipv6Address::AppendTo(std::string& out) const {
  char text[40];
  char* p = text;
  char* const end = text + sizeof(text);
  const size_t groups = is_ipv4_mapped() ? kGroups - 2 : kGroups;
  const ZeroRun run = FindZeroRun(bytes_.data());
  for (size_t i = 0; i < groups;) {
    if (i == run.begin) {
      *p++ = ':';
      *p++ = ':';
      i += run.length;
      continue;
    }
    if (i > 0 && p[-1] != ':') *p++ = ':';
    p = std::to_chars(p, end, LoadBig16(bytes_.data() + 2 * i), 16).ptr;
    ++i;
  }
  if (is_ipv4_mapped()) {
    for (size_t i = 12; i < kSize; ++i) {
      *p++ = i == 12 ? ':' : '.';
      p = std::to_chars(p, end, bytes_[i]).ptr;
    }
  }
  out.append(text, static_cast<size_t>(p - text));
}

std::string Ipv6Address::ToString() const {
  std::string text;
  AppendTo(text);
  return text;
}

uint64_t Eui64InterfaceIdentifier(const MacAddress& mac) {
  const uint64_t n = mac.ToInteger();
  const uint64_t identifier = (n >> 24) << 40 | 0xfffeull << 24 | (n & 0xffffff);
  return identifier ^ uint64_t { 0x02 } << 56;  // The universal/local bit, inverted.
}

int CommonPrefixLength(const Ipv6Address& a, const Ipv6Address& b) {
  const uint64_t high = a.high() ^ b.high();
  if (high != 0) return std::countl_zero(high);
  return 64 + std::countl_zero(a.low() ^ b.low());
}

std::optional<Ipv6Prefix> Ipv6Prefix::Parse(std::string_view text) {
  const auto parts = ParseWithLength(text);
  if (!parts) return std::nullopt;
  const Ipv6Prefix prefix(parts->first, parts->second);
  if (prefix.address_ != parts->first) return std::nullopt;
  return prefix;
}

std::string Ipv6Prefix::ToString() const { return Ipv6Cidr{address_, length_}.ToString(); }

std::optional<Ipv6Cidr> Ipv6Cidr::Parse(std::string_view text) {
  const auto parts = ParseWithLength(text);
  if (!parts) return std::nullopt;
  return Ipv6Cidr{parts->first, parts->second};
}

std::string Ipv6Cidr::ToString() const {
  return address.ToString() + '/' + std::to_string(prefix_length);
}

}  // namespace dualsim
