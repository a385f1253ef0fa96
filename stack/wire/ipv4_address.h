#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"

namespace dualsim {

// An IPv4 address, RFC 791; bytes in network order.
class Ipv4Address {
 public:
  static constexpr size_t kSize = 4;

  constexpr Ipv4Address() = default;  // 0.0.0.0
  constexpr explicit Ipv4Address(std::array<uint8_t, kSize> bytes) : bytes_(bytes) {}
  static Ipv4Address Load(const uint8_t* p) {
    Ipv4Address a;
    std::memcpy(a.bytes_.data(), p, kSize);
    return a;
  }
  void Store(uint8_t* p) const { std::memcpy(p, bytes_.data(), kSize); }
  static constexpr Ipv4Address FromInteger(uint32_t n) {
    Ipv4Address a;
    StoreBig32(a.bytes_.data(), n);
    return a;
  }
  constexpr uint32_t ToInteger() const { return LoadBig32(bytes_.data()); }

  static constexpr Ipv4Address Broadcast() { return FromInteger(0xffffffff); }

  // "192.0.2.1": four decimal numbers without leading zeros; nullopt for anything else.
  static std::optional<Ipv4Address> Parse(std::string_view text);
  std::string ToString() const;

  constexpr bool is_unspecified() const { return ToInteger() == 0; }
  constexpr bool is_loopback() const { return bytes_[0] == 127; }
  constexpr bool is_multicast() const { return (bytes_[0] & 0xf0) == 0xe0; }
  constexpr bool is_broadcast() const { return *this == Broadcast(); }
  // 169.254.0.0/16, RFC 3927.
  constexpr bool is_link_local() const { return ToInteger() >> 16 == 0xa9fe; }

  constexpr const std::array<uint8_t, kSize>& bytes() const { return bytes_; }
  friend constexpr auto operator<=>(const Ipv4Address&, const Ipv4Address&) = default;

 private:
  std::array<uint8_t, kSize> bytes_{};
};

// A prefix: bits after `length` are zero, always.
class Ipv4Prefix {
 public:
  constexpr Ipv4Prefix() = default;  // 0.0.0.0/0
  // Clears the bits after `length`. Requires length <= 32.
  constexpr Ipv4Prefix(const Ipv4Address& address, int length)
      : address_(Ipv4Address::FromInteger(address.ToInteger() & Mask(length))),
        length_(static_cast<uint8_t>(length)) {}

  // "192.0.2.0/24"; nullopt when it is not of that form, or when a bit after the
  // length is set.
  static std::optional<Ipv4Prefix> Parse(std::string_view text);
  std::string ToString() const;

  constexpr bool Contains(const Ipv4Address& address) const {
    return (address.ToInteger() & Mask(length_)) == address_.ToInteger();
  }
  constexpr const Ipv4Address& address() const { return address_; }
  constexpr int length() const { return length_; }
  friend constexpr auto operator<=>(const Ipv4Prefix&, const Ipv4Prefix&) = default;

 private:
  static constexpr uint32_t Mask(int length) {
    return length == 0 ? 0 : ~uint32_t{0} << (32 - length);
  }

  Ipv4Address address_;
  uint8_t length_ = 0;
};

// An address and the length of its prefix: "192.0.2.42/24".
struct Ipv4Cidr {
  Ipv4Address address;
  int prefix_length = 24;

  static std::optional<Ipv4Cidr> Parse(std::string_view text);
  std::string ToString() const;
  constexpr uint32_t mask() const {
    return prefix_length == 0 ? 0 : ~uint32_t{0} << (32 - prefix_length);
  }
  constexpr Ipv4Prefix prefix() const { return Ipv4Prefix(address, prefix_length); }
  // The first address of the prefix, and the last: its directed broadcast address.
  constexpr Ipv4Address network() const {
    return Ipv4Address::FromInteger(address.ToInteger() & mask());
  }
  constexpr Ipv4Address broadcast() const {
    return Ipv4Address::FromInteger(address.ToInteger() | ~mask());
  }
  constexpr bool Contains(const Ipv4Address& other) const {
    return ((other.ToInteger() ^ address.ToInteger()) & mask()) == 0;
  }
  friend constexpr auto operator<=>(const Ipv4Cidr&, const Ipv4Cidr&) = default;
};

}  // namespace dualsim

template <>
struct std::hash<dualsim::Ipv4Address> {
  size_t operator()(const dualsim::Ipv4Address& a) const {
    const uint64_t h = a.ToInteger() * 0x9e3779b97f4a7c15;
    return h ^ (h >> 32);
  }
};
