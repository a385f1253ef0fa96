#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"

namespace dualsim {

class MacAddress;

// An IPv6 address, RFC 4291; bytes in network order.
class Ipv6Address {
 public:
  static constexpr size_t kSize = 16;

  constexpr Ipv6Address() = default;  // The unspecified address, ::
  constexpr explicit Ipv6Address(std::array<uint8_t, kSize> bytes) : bytes_(bytes) {}
  static Ipv6Address Load(const uint8_t* p) {
    Ipv6Address a;
    std::memcpy(a.bytes_.data(), p, kSize);
    return a;
  }
  void Store(uint8_t* p) const { std::memcpy(p, bytes_.data(), kSize); }
  static constexpr Ipv6Address FromIntegers(uint64_t high, uint64_t low) {
    Ipv6Address a;
    StoreBig64(a.bytes_.data(), high);
    StoreBig64(a.bytes_.data() + 8, low);
    return a;
  }
  constexpr uint64_t high() const { return LoadBig64(bytes_.data()); }
  constexpr uint64_t low() const { return LoadBig64(bytes_.data() + 8); }

  static constexpr Ipv6Address AllNodes() { return FromIntegers(0xff02ull << 48, 1); }
  static constexpr Ipv6Address AllRouters() { return FromIntegers(0xff02ull << 48, 2); }
  static constexpr Ipv6Address AllMldv2Routers() { return FromIntegers(0xff02ull << 48, 0x16); }
  static constexpr Ipv6Address Loopback() { return FromIntegers(0, 1); }

  // The forms of RFC 4291 §2.2, IPv4 notation at the end included; nullopt for
  // anything else. A zone ("%eth0") is not part of an address.
  static std::optional<Ipv6Address> Parse(std::string_view text);
  // The one form of RFC 5952; IPv4 notation (its §5) for IPv4-mapped addresses alone.
  std::string ToString() const;
  void AppendTo(std::string& out) const;

  constexpr bool is_unspecified() const { return high() == 0 && low() == 0; }
  constexpr bool is_loopback() const { return *this == Loopback(); }
  constexpr bool is_multicast() const { return bytes_[0] == 0xff; }
  // fe80::/10, RFC 4291 §2.5.6.
  constexpr bool is_link_local() const { return (high() >> 54) == (0xfe80ull >> 6); }
  // The low four bits of a multicast address's second byte, RFC 4291 §2.7.
  constexpr int multicast_scope() const { return bytes_[1] & 0x0f; }
  constexpr bool is_link_local_multicast() const {
    return is_multicast() && multicast_scope() == 2;
  }
  // ::ffff:a.b.c.d, RFC 4291 §2.5.5.2.
  constexpr bool is_ipv4_mapped() const { return high() == 0 && (low() >> 32) == 0xffff; }

  // ff02::1:ffXX:XXXX with the last 24 bits of this address, RFC 4291 §2.7.1.
  constexpr Ipv6Address SolicitedNode() const {
    return FromIntegers(0xff02ull << 48, 0x1'ff00'0000ull | (low() & 0xffffff));
  }
  constexpr bool is_solicited_node() const {
    return high() == 0xff02ull << 48 && low() >> 24 == 0x1ff;
  }

  constexpr const std::array<uint8_t, kSize>& bytes() const { return bytes_; }
  friend constexpr auto operator<=>(const Ipv6Address&, const Ipv6Address&) = default;
  // Two words instead of the call of memcmp that an array's comparison is.
  friend constexpr bool operator==(const Ipv6Address& a, const Ipv6Address& b) {
    const auto words = [](const Ipv6Address& x) {
      return std::bit_cast<std::array<uint64_t, 2>>(x.bytes_);
    };
    const auto left = words(a);
    const auto right = words(b);
    return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
  }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

// The modified EUI-64 interface identifier of a MAC address, RFC 4291 appendix A.
uint64_t Eui64InterfaceIdentifier(const MacAddress& mac);

// How many leading bits two addresses have in common, 0 to 128.
int CommonPrefixLength(const Ipv6Address& a, const Ipv6Address& b);

// A prefix: bits after `length` are zero, always.
class Ipv6Prefix {
 public:
  constexpr Ipv6Prefix() = default;  // ::/0
  // Clears the bits after `length`. Requires length <= 128.
  Ipv6Prefix(const Ipv6Address& address, int length)
      : address_(Ipv6Address::FromIntegers(address.high() & HalfMask(length),
                                           address.low() & HalfMask(length - 64))),
        length_(static_cast<uint8_t>(length)) {}

  // "2001:db8::/64"; nullopt when it is not of that form, when the length is
  // over 128, or when a bit after the length is set.
  static std::optional<Ipv6Prefix> Parse(std::string_view text);
  std::string ToString() const;

  bool Contains(const Ipv6Address& address) const {
    return Ipv6Prefix(address, length_).address_ == address_;
  }
  const Ipv6Address& address() const { return address_; }
  int length() const { return length_; }
  friend constexpr auto operator<=>(const Ipv6Prefix&, const Ipv6Prefix&) = default;

 private:
  // The highest `bits` of 64, 0 where negative, all where over 64.
  static constexpr uint64_t HalfMask(int bits) {
    if (bits <= 0) return 0;
    return bits >= 64 ? ~uint64_t{0} : ~(~uint64_t{0} >> bits);
  }

  Ipv6Address address_;
  uint8_t length_ = 0;
};

// An address and the length of its prefix: "2001:db8::42/64".
struct Ipv6Cidr {
  Ipv6Address address;
  int prefix_length = 64;

  static std::optional<Ipv6Cidr> Parse(std::string_view text);
  std::string ToString() const;
  Ipv6Prefix prefix() const { return Ipv6Prefix(address, prefix_length); }
  friend constexpr auto operator<=>(const Ipv6Cidr&, const Ipv6Cidr&) = default;
};

}  // namespace dualsim

template <>
struct std::hash<dualsim::Ipv6Address> {
  size_t operator()(const dualsim::Ipv6Address& a) const {
    uint64_t h = a.high() * 0x9e3779b97f4a7c15 ^ a.low();
    h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93;
    return h ^ (h >> 32);
  }
};
