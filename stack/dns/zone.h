#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stack/wire/dns.h"

namespace dualsim::dns {

// The names of one zone and what they hold, RFC 1034 §4.2. Never changed once made.
class Zone {
 public:
  // Of one zone; more are refused.
  static constexpr size_t kMaximumRecords = 100'000;

  // A zone of that origin, with an SOA record of its own until one is added.
  explicit Zone(wire::DnsName origin);

  const wire::DnsName& origin() const { return origin_; }
  size_t size() const { return size_; }
  // "" where it was added, else why it can't be: not below the origin, beside a CNAME
  // (RFC 1034 §3.6.2), a second SOA, there already, or too many.
  std::string Add(wire::DnsRecord record);

  // What the zone has for a name that is within its origin, RFC 1034 §4.3.2 steps 3 and 4.
  struct Found {
    // The name lies in a zone of which this one only knows whom to ask: `records` are
    // the NS records.
    bool delegated = false;
    bool exists = false;  // The name, or a wildcard for it (RFC 4592), is there.
    // Those of the type; or the name's CNAME in their place.
    std::vector<wire::DnsRecord> records;
  };
  Found Find(const wire::DnsName& name, wire::DnsType type) const;
  // Addresses of a name that another record has led to, RFC 1034 §4.3.2 step 6.
  std::vector<wire::DnsRecord> AddressesOf(const wire::DnsName& name) const;
  // For negative answers, with the TTL of RFC 2308 §3.
  wire::DnsRecord Soa() const;

 private:
  using Records = std::vector<wire::DnsRecord>;
  const Records* RecordsOf(const wire::DnsName& name) const;

  wire::DnsName origin_;
  // Every name that has records, and those between it and the origin, which may have none.
  std::map<wire::DnsName, Records> names_;
  wire::DnsRecord soa_;
  bool own_soa_ = true;  // Nobody gave one.
  size_t size_ = 0;
};

// What is wrong in the text of a zone. Counted from 1.
struct ZoneError {
  size_t line = 0;
  size_t column = 0;
  std::string text;
  friend bool operator==(const ZoneError&, const ZoneError&) = default;
};

struct ParsedZone {
  Zone zone;
  std::vector<ZoneError> errors;  // In the order of the text; kMaximumZoneErrors at most.
};
constexpr size_t kMaximumZoneErrors = 20;

// Reads a master file, RFC 1035 §5.1: records of the Internet's class of the types
// A, AAAA, NS, CNAME, PTR, MX, TXT, SRV and SOA; $ORIGIN, and $TTL of RFC 2308 §4;
// TTLs in seconds, or as 1h30m. A record without a TTL has that of $TTL, before any
// `ttl`. Total: what is wrong is passed over and noted.
ParsedZone ParseZone(std::string_view text, const wire::DnsName& origin, uint32_t ttl = 3600);

}  // namespace dualsim::dns
