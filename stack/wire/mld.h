#pragma once

#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// Multicast listener discovery, RFC 3810 (and RFC 2710 for version 1). Parse()
// takes a whole ICMPv6 message whose checksum was verified; Store() writes
// size() bytes and leaves the checksum field 0.

// RFC 3810 §5.1; a query of 24 bytes is one of version 1 (§8.1).
struct ListenerQuery {
  bool version1 = false;
  Duration maximum_response_delay{};  // Decoded, whole milliseconds.
  Ipv6Address group{};                // :: in a general query
  bool suppress_router_processing = false;
  uint8_t robustness_variable = 0;
  Duration query_interval{};  // Decoded, whole seconds.
  std::vector<Ipv6Address> sources{};

  static Parsed<ListenerQuery> Parse(ByteView message);
  size_t size() const { return version1 ? 24 : 28 + 16 * sources.size(); }
  void Store(uint8_t* out) const;
};

// RFC 3810 §5.2.12.
enum class ListenerRecordType : uint8_t {
  kModeIsInclude = 1,
  kModeIsExclude = 2,
  kChangeToInclude = 3,
  kChangeToExclude = 4,
  kAllowNewSources = 5,
  kBlockOldSources = 6,
};

struct ListenerRecord {
  ListenerRecordType type{};
  Ipv6Address group{};
  std::vector<Ipv6Address> sources{};
  // Whether who sends it listens to something of the group.
  bool tells_listener() const;
};

// RFC 3810 §5.2.
struct ListenerReport {
  std::vector<ListenerRecord> records{};
  static Parsed<ListenerReport> Parse(ByteView message);
  size_t size() const;
  void Store(uint8_t* out) const;
};

// Version 1's Report and Done, RFC 2710 §3.
struct ListenerMessageV1 {
  Icmpv6Type type = Icmpv6Type::kMulticastListenerReportV1;
  Ipv6Address group{};
  static Parsed<ListenerMessageV1> Parse(ByteView message);
  size_t size() const { return 24; }
  void Store(uint8_t* out) const;
};

// The Hop-by-Hop Options header with Router Alert for MLD (RFC 2711) that every
// message travels behind: 8 bytes, PadN included.
inline constexpr size_t kRouterAlertHeaderSize = 8;
void StoreRouterAlertHeader(uint8_t* out);

}  // namespace dualsim::wire
