#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"

namespace dualsim {

class Ipv4Address;
class Ipv6Address;

// An IEEE 802 48-bit address, bytes in transmission order.
class MacAddress {
 public:
  static constexpr size_t kSize = 6;

  constexpr MacAddress() = default;
  constexpr explicit MacAddress(std::array<uint8_t, kSize> bytes) : bytes_(bytes) {}
  // Reads kSize bytes.
  static MacAddress Load(const uint8_t* p) {
    MacAddress mac;
    std::memcpy(mac.bytes_.data(), p, kSize);
    return mac;
  }
  void Store(uint8_t* p) const { std::memcpy(p, bytes_.data(), kSize); }

  static constexpr MacAddress Broadcast() {
    return MacAddress({0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  }
  // Where a frame for an IPv6 multicast group goes, RFC 2464 §7.
  static MacAddress ForGroup(const Ipv6Address& group);
  // Likewise for IPv4, RFC 1112 §6.4: 32 groups share each.
  static MacAddress ForGroup(const Ipv4Address& group);

  // "02:00:00:00:00:0a", six pairs of hexadecimal digits; nullopt for anything else.
  static std::optional<MacAddress> Parse(std::string_view text);
  std::string ToString() const;
  void AppendTo(std::string& out) const;

  constexpr bool is_multicast() const { return (bytes_[0] & 1) != 0; }
  constexpr bool is_broadcast() const { return *this == Broadcast(); }
  constexpr bool is_zero() const { return *this == MacAddress(); }
  constexpr const std::array<uint8_t, kSize>& bytes() const { return bytes_; }
  // The address as a number below 2^48, for hashing and ordering.
  constexpr uint64_t ToInteger() const {
    return static_cast<uint64_t>(LoadBig16(bytes_.data())) << 32 | LoadBig32(bytes_.data() + 2);
  }
  static constexpr MacAddress FromInteger(uint64_t n) {
    MacAddress mac;
    StoreBig16(mac.bytes_.data(), static_cast<uint16_t>(n >> 32));
    StoreBig32(mac.bytes_.data() + 2, static_cast<uint32_t>(n));
    return mac;
  }

  friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;
  // As a number: an array's comparison is a call of memcmp.
  friend constexpr bool operator==(const MacAddress& a, const MacAddress& b) {
    return a.ToInteger() == b.ToInteger();
  }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

}  // namespace dualsim
