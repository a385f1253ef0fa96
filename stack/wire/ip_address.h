#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim {

enum class IpFamily : uint8_t { kIpv4 = 4, kIpv6 = 6 };

// An IPv4 or an IPv6 address. The two never mix: an IPv4 peer is an IPv4 address
// and prints as one, never as ::ffff:a.b.c.d, and that IPv6 address, where
// somebody does use it, stays one of IPv6. IPv4 sorts before IPv6.
class IpAddress {
 public:
  constexpr IpAddress() = default;  // ::
  constexpr IpAddress(const Ipv4Address& a)
      : family_(IpFamily::kIpv4) {  // NOLINT: meant to be implicit
    StoreBig32(bytes_.data(), a.ToInteger());
  }
  constexpr IpAddress(const Ipv6Address& a) : bytes_(a.bytes()) {}  // NOLINT: likewise

  // Either family's text.
  static std::optional<IpAddress> Parse(std::string_view text) {
    if (const auto v4 = Ipv4Address::Parse(text)) return *v4;
    if (const auto v6 = Ipv6Address::Parse(text)) return *v6;
    return std::nullopt;
  }
  std::string ToString() const { return is_ipv4() ? ipv4().ToString() : ipv6().ToString(); }

  // 0.0.0.0 or ::.
  static constexpr IpAddress Unspecified(IpFamily family) {
    return family == IpFamily::kIpv4 ? IpAddress(Ipv4Address()) : IpAddress();
  }

  constexpr IpFamily family() const { return family_; }
  constexpr bool is_ipv4() const { return family_ == IpFamily::kIpv4; }
  constexpr bool is_ipv6() const { return family_ == IpFamily::kIpv6; }
  // Requires is_ipv4().
  constexpr Ipv4Address ipv4() const { return Ipv4Address::FromInteger(LoadBig32(bytes_.data())); }
  // Requires is_ipv6().
  constexpr Ipv6Address ipv6() const { return Ipv6Address(bytes_); }

  constexpr bool is_unspecified() const {
    return is_ipv4() ? ipv4().is_unspecified() : ipv6().is_unspecified();
  }
  constexpr bool is_loopback() const {
    return is_ipv4() ? ipv4().is_loopback() : ipv6().is_loopback();
  }
  constexpr bool is_multicast() const {
    return is_ipv4() ? ipv4().is_multicast() : ipv6().is_multicast();
  }
  constexpr bool is_link_local() const {
    return is_ipv4() ? ipv4().is_link_local() : ipv6().is_link_local();
  }
  // An address that can belong to one interface: neither a group, nor the
  // unspecified address, nor IPv4's limited broadcast.
  constexpr bool is_unicast() const {
    return !is_unspecified() && !is_multicast() && !(is_ipv4() && ipv4().is_broadcast());
  }

  // The address in network order; the 12 bytes after an IPv4 address are zero.
  constexpr const std::array<uint8_t, Ipv6Address::kSize>& bytes() const { return bytes_; }
  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  IpFamily family_ = IpFamily::kIpv6;
  std::array<uint8_t, Ipv6Address::kSize> bytes_{};
};

// A prefix of either family; those of one never hold addresses of the other.
class IpPrefix {
 public:
  constexpr IpPrefix() = default;                                                // ::/0
  IpPrefix(const Ipv4Prefix& p) : address_(p.address()), length_(p.length()) {}  // NOLINT: implicit
  IpPrefix(const Ipv6Prefix& p) : address_(p.address()), length_(p.length()) {}  // NOLINT: likewise

  // Either family's text.
  static std::optional<IpPrefix> Parse(std::string_view text) {
    if (const auto v4 = Ipv4Prefix::Parse(text)) return *v4;
    if (const auto v6 = Ipv6Prefix::Parse(text)) return *v6;
    return std::nullopt;
  }
  std::string ToString() const { return is_ipv4() ? ipv4().ToString() : ipv6().ToString(); }

  bool is_ipv4() const { return address_.is_ipv4(); }
  bool is_ipv6() const { return address_.is_ipv6(); }
  Ipv4Prefix ipv4() const { return {address_.ipv4(), length_}; }  // Requires is_ipv4().
  Ipv6Prefix ipv6() const { return {address_.ipv6(), length_}; }  // Requires is_ipv6().
  const IpAddress& address() const { return address_; }
  int length() const { return length_; }

  bool Contains(const IpAddress& address) const {
    if (address.family() != address_.family()) return false;
    return is_ipv4() ? ipv4().Contains(address.ipv4()) : ipv6().Contains(address.ipv6());
  }
  friend constexpr auto operator<=>(const IpPrefix&, const IpPrefix&) = default;

 private:
  IpAddress address_;
  int length_ = 0;
};

// An address of either family and the length of its prefix.
class IpCidr {
 public:
  constexpr IpCidr() = default;
  IpCidr(const Ipv4Cidr& c) : address_(c.address), length_(c.prefix_length) {}  // NOLINT: implicit
  IpCidr(const Ipv6Cidr& c) : address_(c.address), length_(c.prefix_length) {}  // NOLINT: likewise

  bool is_ipv4() const { return address_.is_ipv4(); }
  Ipv4Cidr ipv4() const { return {address_.ipv4(), length_}; }  // Requires is_ipv4().
  Ipv6Cidr ipv6() const { return {address_.ipv6(), length_}; }  // Requires IPv6.
  const IpAddress& address() const { return address_; }
  int prefix_length() const { return length_; }
  std::string ToString() const { return is_ipv4() ? ipv4().ToString() : ipv6().ToString(); }

 private:
  IpAddress address_;
  int length_ = 0;
};

}  // namespace dualsim

template <>
struct std::hash<dualsim::IpAddress> {
  size_t operator()(const dualsim::IpAddress& a) const {
    return a.is_ipv4() ? std::hash<dualsim::Ipv4Address>()(a.ipv4())
                       : std::hash<dualsim::Ipv6Address>()(a.ipv6());
  }
};
