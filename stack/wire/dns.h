#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/wire/dns_name.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// RFC 1035 §3.2.2, RFC 3596, RFC 2782, RFC 6891. Other values pass through.
enum class DnsType : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kOpt = 41,
  kAny = 255,
};
// "AAAA"; "TYPE99" (RFC 3597 §5) for one without a name.
std::string DnsTypeName(DnsType type);

// RFC 1035 §4.1.1, RFC 6895 §2.3.
enum class DnsResponseCode : uint16_t {
  kNoError = 0,
  kFormatError = 1,
  kServerFailure = 2,
  kNameError = 3,
  kNotImplemented = 4,
  kRefused = 5,
  kBadVersion = 16,  // RFC 6891 §6.1.3
};
// "NXDOMAIN"; "RCODE 11".
std::string DnsResponseCodeName(DnsResponseCode code);

constexpr uint16_t kDnsClassInternet = 1;
constexpr uint16_t kDnsPort = 53;

struct DnsSoa {
  DnsName primary;
  DnsName mailbox;
  uint32_t serial = 0;
  uint32_t refresh = 0;  // This and the following in seconds.
  uint32_t retry = 0;
  uint32_t expire = 0;
  uint32_t minimum = 0;  // The TTL of negative answers, RFC 2308 §4.
  friend bool operator==(const DnsSoa&, const DnsSoa&) = default;
};
struct DnsMx {
  uint16_t preference = 0;
  DnsName exchange;
  friend bool operator==(const DnsMx&, const DnsMx&) = default;
};
struct DnsSrv {
  uint16_t priority = 0;
  uint16_t weight = 0;
  uint16_t port = 0;
  DnsName target;
  friend bool operator==(const DnsSrv&, const DnsSrv&) = default;
};
// Each of at most 255 bytes.
struct DnsTexts {
  std::vector<std::string> texts;
  friend bool operator==(const DnsTexts&, const DnsTexts&) = default;
};
// Of a type that is not read here (RFC 3597 §3).
struct DnsOpaque {
  std::vector<uint8_t> bytes;
  friend bool operator==(const DnsOpaque&, const DnsOpaque&) = default;
};

struct DnsQuestion {
  DnsName name;
  DnsType type{};
  uint16_t record_class = kDnsClassInternet;
  friend bool operator==(const DnsQuestion&, const DnsQuestion&) = default;
};

struct DnsRecord {
  DnsName name;
  DnsType type{};
  uint16_t record_class = kDnsClassInternet;
  uint32_t ttl = 0;  // Seconds. One with the top bit set reads as 0 (RFC 2181 §8).
  // A name for NS, CNAME and PTR; what the type asks for where it is the Internet's
  // class; opaque for all else.
  std::variant<DnsOpaque, Ipv4Address, Ipv6Address, DnsName, DnsSoa, DnsMx, DnsSrv, DnsTexts> data;
  friend bool operator==(const DnsRecord&, const DnsRecord&) = default;
};

// RFC 6891 §6.1.
struct DnsEdns {
  uint16_t udp_size = 1232;
  uint8_t version = 0;
  bool dnssec_ok = false;
  std::vector<uint8_t> options{};  // As they are on the wire.
};

// RFC 1035 §4.1.
struct DnsMessage {
  static constexpr size_t kHeaderSize = 12;
  static constexpr size_t kMaximumSize = 65535;
  // RFC 1035 §4.2.1, without EDNS.
  static constexpr size_t kMaximumUdpSize = 512;
  // Of records of all sections; a message of more is refused.
  static constexpr size_t kMaximumRecords = 1024;
  static constexpr size_t kMaximumQuestions = 16;

  uint16_t id = 0;
  bool response = false;
  uint8_t opcode = 0;  // 0: a query.
  bool authoritative = false;
  bool truncated = false;
  bool recursion_desired = false;
  bool recursion_available = false;
  DnsResponseCode code{};  // Over 15 with EDNS alone.
  std::vector<DnsQuestion> questions{};
  std::vector<DnsRecord> answers{};
  std::vector<DnsRecord> authorities{};
  std::vector<DnsRecord> additionals{};  // Without EDNS's.
  std::optional<DnsEdns> edns{};

  // Total. What follows the last section is ignored. A message with two OPT
  // records, or one elsewhere than among the additional ones, is refused.
  static Parsed<DnsMessage> Parse(ByteView bytes);

  // The message with names compressed, in at most `limit` bytes: where not all
  // fits, whole records are left out from the end, EDNS's last, and TC says so
  // (unless only additional ones are missing, RFC 2181 §9). Requires a limit of
  // kMaximumUdpSize at least and questions that fit into it.
  std::vector<uint8_t> Encode(size_t limit = kMaximumSize) const;
};

}  // namespace dualsim::wire
