#pragma once

#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/mld.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// The Internet Group Management Protocol, RFC 3376 (version 3), RFC 2236 (2) and RFC
// 1112 (1). Parse() takes a whole message; Store() writes size() bytes, the checksum
// with them.

enum class IgmpType : uint8_t {
  kMembershipQuery = 0x11,
  kReportV1 = 0x12,
  kReportV2 = 0x16,
  kLeaveGroup = 0x17,
  kReportV3 = 0x22,
};

// Checks the checksum, and that there are 8 bytes; the type may be any.
Parsed<IgmpType> ParseIgmpType(ByteView message);

// RFC 3376 §4.1; the length and the second byte tell the version (§7.1).
struct IgmpQuery {
  int version = 3;
  Duration maximum_response_time{};  // Decoded, whole tenths of a second; 10 s in version 1.
  Ipv4Address group{};               // 0.0.0.0 in a general query
  bool suppress_router_processing = false;
  uint8_t robustness_variable = 0;
  Duration query_interval{};  // Decoded, whole seconds.
  std::vector<Ipv4Address> sources{};

  static Parsed<IgmpQuery> Parse(ByteView message);
  size_t size() const { return version < 3 ? 8 : 12 + 4 * sources.size(); }
  void Store(uint8_t* out) const;
};

// The record types are MLD's, which took them from here (RFC 3376 §4.2.12).
struct IgmpRecord {
  ListenerRecordType type{};
  Ipv4Address group{};
  std::vector<Ipv4Address> sources{};
};

// RFC 3376 §4.2.
struct IgmpReport {
  std::vector<IgmpRecord> records{};
  static Parsed<IgmpReport> Parse(ByteView message);
  size_t size() const;
  void Store(uint8_t* out) const;
};

// Report of versions 1 and 2, and Leave Group.
struct IgmpGroupMessage {
  IgmpType type = IgmpType::kReportV2;
  Ipv4Address group{};
  static Parsed<IgmpGroupMessage> Parse(ByteView message);
  size_t size() const { return 8; }
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
