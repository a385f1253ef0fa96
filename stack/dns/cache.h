#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/dns.h"

namespace dualsim::dns {

// What a server's answer says about one question.
struct Answer {
  wire::DnsResponseCode code{};  // kNoError or kNameError where it is conclusive.
  std::vector<wire::DnsRecord>
      records;                         // The chain of CNAMEs, then those of the type; perhaps none.
  Duration ttl;                        // How long all of it may be kept.
  std::optional<wire::DnsRecord> soa;  // Of a negative answer: what its TTL comes from.

  bool conclusive() const {
    return code == wire::DnsResponseCode::kNoError || code == wire::DnsResponseCode::kNameError;
  }
  bool has(wire::DnsType type) const;
};

// Whether `response` answers `query`, RFC 5452 §9.1: its id, its opcode and its
// question; or, of a server that understood nothing, FORMERR without one (RFC 6891
// §7). Where from and to which port it came is the caller's to check.
bool IsAnswerTo(const wire::DnsMessage& query, const wire::DnsMessage& response);

// Reads the answer of `response` to its only question. Follows CNAMEs (RFC 1034
// §3.6.2) through the answer section, kMaximumAliases of them at most, and takes
// nothing else from it. The TTL is the least of those on the way; of a negative
// answer that of the SOA record (RFC 2308 §5), 0 where there is none.
constexpr int kMaximumAliases = 16;
Answer ReadAnswer(const wire::DnsQuestion& question, const wire::DnsMessage& response);

// Conclusive answers, positive and negative (RFC 2308), until their TTL ends.
class Cache {
 public:
  static constexpr size_t kDefaultLimit = 256;
  // RFC 8767 §4; of negative answers RFC 2308 §5.
  static constexpr Duration kLongest = Seconds(7 * 86'400);
  static constexpr Duration kLongestNegative = Seconds(3 * 3600);

  // At most `limit` answers: beyond, the one that ends first makes room.
  explicit Cache(size_t limit = kDefaultLimit) : limit_(limit) {}

  // Inconclusive ones, and those of TTL 0, are not kept.
  void Put(Time now, const wire::DnsQuestion& question, const Answer& answer);
  // With what is left of its TTLs.
  std::optional<Answer> Find(Time now, const wire::DnsQuestion& question) const;
  size_t size() const { return entries_.size(); }

 private:
  using Key = std::tuple<wire::DnsName, wire::DnsType, uint16_t>;
  struct Entry {
    Answer answer;
    Time since;
    Time until;
  };
  size_t limit_;
  std::map<Key, Entry> entries_;
};

}  // namespace dualsim::dns
