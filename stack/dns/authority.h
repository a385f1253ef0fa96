#pragma once

#include <optional>
#include <vector>

#include "stack/dns/zone.h"
#include "stack/wire/dns.h"

namespace dualsim::dns {

// What a server answers from its own zones, RFC 1034 §4.3.2.
class Authority {
 public:
  // The zones' origins differ.
  explicit Authority(std::vector<Zone> zones) : zones_(std::move(zones)) {}

  // The zone that a name lies in, the nearest of them; nullptr where none is.
  const Zone* ZoneOf(const wire::DnsName& name) const;

  // What becomes of a query before anybody looks for names: a response that refuses
  // it (its opcode, its questions, its version of EDNS), or nullopt.
  static std::optional<wire::DnsMessage> Refuse(const wire::DnsMessage& query);
  // A response to it that says nothing yet: its id, its question, EDNS where it has it.
  static wire::DnsMessage Begin(const wire::DnsMessage& query);

  // Answers the query's only question, which lies in one of the zones; aliases are
  // followed as long as they lead to a name in one of them.
  wire::DnsMessage Answer(const wire::DnsMessage& query) const;

 private:
  void AddAddresses(wire::DnsMessage& response) const;

  std::vector<Zone> zones_;
};

// How large the response to a query may be over UDP, RFC 6891 §6.2.3; at most
// kMaximumUdpResponse, so that it is not fragmented on the way (RFC 9715 §3.1).
constexpr size_t kMaximumUdpResponse = 1232;
size_t UdpLimitOf(const wire::DnsMessage& query);

}  // namespace dualsim::dns
