#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim::text {

// Writers of one value each to the end of a line, and Append() for several. What
// comes from a packet never breaks the line: see Printable.

// 0x and as many digits as asked for.
struct Hex {
  uint64_t value;
  int digits;
};

// Bytes as 0x and two digits each; after the first 64, how many more there are.
struct HexBytes {
  ByteView bytes;
};

// Text of a packet's: what is not printable ASCII, and the backslash, as \xNN.
struct Printable {
  ByteView bytes;
};

struct Ipv4 {
  uint32_t address;
};

inline void AppendOne(std::string& out, std::string_view value) { out += value; }
inline void AppendOne(std::string& out, const MacAddress& value) { value.AppendTo(out); }
inline void AppendOne(std::string& out, const Ipv6Address& value) { value.AppendTo(out); }
void AppendOne(std::string& out, Hex value);
void AppendOne(std::string& out, HexBytes value);
void AppendOne(std::string& out, Printable value);
void AppendOne(std::string& out, Ipv4 value);
template <std::integral T>
requires(!std::same_as<T, bool> && !std::same_as<T, char>) void AppendOne(std::string& out,
                                                                          T value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

template <typename... Values>
void Append(std::string& out, const Values&... values) {
  (AppendOne(out, values), ...);
}

// A lifetime of seconds: "1800 s", "infinite" for all ones.
void AppendLifetime(std::string& out, uint32_t seconds);

}  // namespace dualsim::sim::text
