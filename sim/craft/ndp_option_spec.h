#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/craft/address_term.h"
#include "sim/craft/layer_fields.h"

namespace dualsim::craft {

struct PacketSpec;

// A packet inside of another, from its IP header. Of what says what is quoted at
// most one is set.
struct Quote {
  std::string packet;                       // The name of an earlier one, or "".
  std::shared_ptr<const PacketSpec> frame;  // Shared, never changed; or null.
  Bytes hex;
  Number size;
};

// The options of neighbour discovery as proto/packet.proto has them.

struct LinkLayerAddressOption {
  Mac address;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"address"}, &LinkLayerAddressOption::address);
  }
};

struct PrefixInformationOption {
  Address prefix;
  Number prefix_length;
  Flag on_link;
  Flag autonomous;
  Flag router_address;
  Number reserved1;
  Number valid_lifetime;
  Number preferred_lifetime;
  Number reserved2;
  template <typename Fn>
  static void Fields(Fn fn) {
    using Option = PrefixInformationOption;
    fn(FieldInfo{"prefix"}, &Option::prefix);
    fn(FieldInfo{"prefix_length", 8}, &Option::prefix_length);
    fn(FieldInfo{"on_link"}, &Option::on_link);
    fn(FieldInfo{"autonomous"}, &Option::autonomous);
    fn(FieldInfo{"router_address"}, &Option::router_address);
    fn(FieldInfo{"reserved1", 5}, &Option::reserved1);
    fn(FieldInfo{"valid_lifetime", 32, Unit::kSeconds}, &Option::valid_lifetime);
    fn(FieldInfo{"preferred_lifetime", 32, Unit::kSeconds}, &Option::preferred_lifetime);
    fn(FieldInfo{"reserved2", 32}, &Option::reserved2);
  }
};

struct RedirectedHeaderOption {
  Number reserved;
  std::optional<Quote> quote;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"reserved", 48}, &RedirectedHeaderOption::reserved);
  }
};

struct MtuOption {
  Number mtu;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"mtu", 32}, &MtuOption::mtu);
  }
};

struct NonceOption {
  Bytes nonce;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"nonce"}, &NonceOption::nonce);
  }
};

struct RouteInformationOption {
  Address prefix;
  Number prefix_length;
  Number preference;
  Number lifetime;
  Number reserved;
  template <typename Fn>
  static void Fields(Fn fn) {
    using Option = RouteInformationOption;
    fn(FieldInfo{"reserved", 8}, &Option::reserved);
    fn(FieldInfo{"prefix"}, &Option::prefix);
    fn(FieldInfo{"prefix_length", 8}, &Option::prefix_length);
    fn(FieldInfo{"preference", 2, Unit::kPreference}, &Option::preference);
    fn(FieldInfo{"lifetime", 32, Unit::kSeconds}, &Option::lifetime);
  }
};

struct RecursiveDnsServerOption {
  Number lifetime;
  std::vector<AddressTerm> addresses;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"lifetime", 32, Unit::kSeconds}, &RecursiveDnsServerOption::lifetime);
  }
};

struct DnsSearchListOption {
  Number lifetime;
  std::vector<std::string> domains;  // Labels of 1 to 63 characters, 253 in all.
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"lifetime", 32, Unit::kSeconds}, &DnsSearchListOption::lifetime);
  }
};

struct Pref64Option {
  Address prefix;
  Number prefix_length_code;  // RFC 8781 §4: 0 to 5 for /96, /64, /56, /48, /40, /32.
  Number lifetime;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"prefix"}, &Pref64Option::prefix);
    fn(FieldInfo{"prefix_length_code", 3}, &Pref64Option::prefix_length_code);
    fn(FieldInfo{"lifetime", 13, Unit::kSeconds, 8}, &Pref64Option::lifetime);
  }
};

// Any type, or a known one that is malformed.
struct RawNdpOption {
  Bytes data;  // What comes after the length.
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"data"}, &RawNdpOption::data);
  }
};

struct NdpOptionSpec {
  uint8_t type = 0;
  Number length;  // In 8 bytes.
  std::variant<RawNdpOption, LinkLayerAddressOption, PrefixInformationOption,
               RedirectedHeaderOption, MtuOption, NonceOption, RouteInformationOption,
               RecursiveDnsServerOption, DnsSearchListOption, Pref64Option>
      body;

  // Those that every option has; the body has its own.
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"length", 8}, &NdpOptionSpec::length);
  }
};

// The name of an option in scenarios: "prefix_information", or "option".
std::string_view NdpOptionName(uint8_t type);

}  // namespace dualsim::craft
