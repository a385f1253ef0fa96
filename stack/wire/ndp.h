#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp_options.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// The five messages of neighbour discovery, RFC 4861 §4. Parse() takes a whole
// ICMPv6 message whose checksum was verified, and the two fields of the IPv6
// header that the validity checks need; it makes every check of §6.1.1, §6.1.2,
// §7.1.1, §7.1.2 and §8.1 that the bytes alone decide. Store() writes size()
// bytes and leaves the checksum field 0.

struct NdpContext {
  Ipv6Address source{};
  Ipv6Address destination{};
  uint8_t hop_limit = 255;
};

struct RouterSolicitation {
  NdpOptions options{};
  static Parsed<RouterSolicitation> Parse(ByteView message, const NdpContext& context);
  size_t size() const { return 8 + options.size(); }
  void Store(uint8_t* out) const;
};

struct RouterAdvertisement {
  uint8_t cur_hop_limit = 0;  // 0: unspecified
  bool managed = false;
  bool other = false;
  bool home_agent = false;  // RFC 6275 §7.1
  RouterPreference preference = RouterPreference::kMedium;
  Duration router_lifetime{};  // Whole seconds, to 65,535.
  Duration reachable_time{};   // Whole milliseconds; 0: unspecified
  Duration retrans_timer{};    // Whole milliseconds; 0: unspecified
  NdpOptions options{};
  static Parsed<RouterAdvertisement> Parse(ByteView message, const NdpContext& context);
  size_t size() const { return 16 + options.size(); }
  void Store(uint8_t* out) const;
};

struct NeighborSolicitation {
  Ipv6Address target{};
  NdpOptions options{};
  static Parsed<NeighborSolicitation> Parse(ByteView message, const NdpContext& context);
  size_t size() const { return 24 + options.size(); }
  void Store(uint8_t* out) const;
};

struct NeighborAdvertisement {
  bool router = false;
  bool solicited = false;
  bool override_flag = false;
  Ipv6Address target{};
  NdpOptions options{};
  static Parsed<NeighborAdvertisement> Parse(ByteView message, const NdpContext& context);
  size_t size() const { return 24 + options.size(); }
  void Store(uint8_t* out) const;
};

struct Redirect {
  Ipv6Address target{};
  Ipv6Address destination{};
  NdpOptions options{};
  static Parsed<Redirect> Parse(ByteView message, const NdpContext& context);
  size_t size() const { return 40 + options.size(); }
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
