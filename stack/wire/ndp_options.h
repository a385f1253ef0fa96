#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp_nonce.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

enum class NdpOptionType : uint8_t {
  kSourceLinkLayerAddress = 1,
  kTargetLinkLayerAddress = 2,
  kPrefixInformation = 3,
  kRedirectedHeader = 4,
  kMtu = 5,
  kNonce = 14,
  kRouteInformation = 24,
  kRecursiveDnsServer = 25,
  kDnsSearchList = 31,
  kPref64 = 38,
};

// Prf, RFC 4191 §2.1. The reserved value 10 reads as kMedium in a router
// advertisement's header and makes a route information option void.
enum class RouterPreference : int8_t { kLow = -1, kMedium = 0, kHigh = 1 };

// RFC 4861 §4.6.2. The lifetimes are whole seconds, or Infinite() for all ones.
struct PrefixInformation {
  Ipv6Address prefix;         // As sent: bits after the length may be set, and are to be ignored.
  uint8_t prefix_length = 0;  // As sent: may be over 128.
  bool on_link = false;
  bool autonomous = false;
  bool router_address = false;  // RFC 6275 §7.2
  Duration valid_lifetime;
  Duration preferred_lifetime;
};

// RFC 4191 §2.3.
struct RouteInformation {
  Ipv6Prefix prefix;
  RouterPreference preference = RouterPreference::kMedium;
  Duration lifetime;
};

// RFC 8106 §5.1.
struct RecursiveDnsServers {
  Duration lifetime;
  std::vector<Ipv6Address> addresses;
};

// RFC 8106 §5.2; names without the final dot.
struct DnsSearchList {
  Duration lifetime;
  std::vector<std::string> names;
};

// RFC 8781 §4.
struct Pref64 {
  Ipv6Prefix prefix;
  Duration lifetime;
};

// The options of one neighbour discovery message. An unknown option, or a known
// one with a length that its type does not have, is passed over (RFC 4861 §4.6);
// one of length 0 or one that runs past the end voids the whole message.
struct NdpOptions {
  std::optional<MacAddress> source_link_layer_address;
  std::optional<MacAddress> target_link_layer_address;
  std::optional<NdpNonce> nonce;
  std::optional<uint32_t> mtu;
  ByteView redirected;  // RFC 4861 §4.6.3: the bytes of the packet; of those that were parsed.
  std::vector<PrefixInformation> prefixes;
  std::vector<RouteInformation> routes;
  std::vector<RecursiveDnsServers> dns_servers;
  std::vector<DnsSearchList> dns_search_lists;
  std::vector<Pref64> pref64s;

  static Parsed<NdpOptions> Parse(ByteView options);
  size_t size() const;
  // Writes size() bytes, in the order of the members above.
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
