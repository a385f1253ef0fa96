#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/application/network.h"
#include "stack/application/task.h"
#include "stack/dns/cache.h"
#include "stack/wire/dns.h"

namespace dualsim::dns {

struct ResolverConfig {
  // None: those that the host learned (--dns-servers, DHCP, RFC 8106).
  std::vector<IpAddress> servers{};
  Duration timeout = Seconds(5);  // For an answer of one server.
  uint32_t attempts = 2;          // Rounds over all servers.
  size_t cache_size = Cache::kDefaultLimit;
  uint16_t udp_size = 1232;  // What EDNS (RFC 6891) offers; 0: no EDNS.

  // As the host's boot arguments have it.
  static ResolverConfig From(const application::Settings& settings);
};

enum class Outcome : uint8_t {
  kFound,
  kNoSuchName,     // NXDOMAIN
  kNoData,         // The name is there, and has nothing of the type.
  kServerFailure,  // Every server refused or failed.
  kTimeout,        // No server answered.
  kNoServer,       // The host knows none.
  kBadName,        // The text is no name.
};
// "no such name".
std::string_view OutcomeText(Outcome outcome);

struct Resolution {
  Outcome outcome{};
  Answer answer;
  wire::DnsName name;  // As it was asked at last: with a domain of the search list or without.

  std::vector<IpAddress> addresses() const;
};

// A stub resolver, RFC 1034 §5.3.1, RFC 1123 §6.1.3: asks recursive servers over
// UDP, from a port that the host draws for each question and with an id of the
// program's random stream (RFC 5452), again over TCP where an answer was truncated
// (RFC 7766). Answers that do not fit the question are passed over. Cached.
//
// Of one program; outlived by its network. Any number of tasks may use it at once.
class Resolver {
 public:
  // Answers that fit no question, before a server is given up (RFC 5452 §9.3).
  static constexpr int kMaximumMismatches = 100;

  Resolver(application::Network& network, ResolverConfig config);

  // A name as people write it: with a dot at its end it is whole; otherwise the
  // search list's domains follow, after it has been tried as it is where it has a
  // dot within, else before.
  application::Task<Resolution> Resolve(std::string_view name, wire::DnsType type);
  // A whole name.
  application::Task<Resolution> Query(wire::DnsQuestion question);

  uint64_t mismatches() const { return mismatches_; }
  const Cache& cache() const { return cache_; }

 private:
  std::vector<IpAddress> Servers() const;
  application::Task<Resolution> AskServers(wire::DnsQuestion question);
  // nullopt: no answer.
  application::Task<std::optional<wire::DnsMessage>> Ask(const IpAddress& server,
                                                         wire::DnsMessage query);
  application::Task<std::optional<wire::DnsMessage>> AskUdp(const IpAddress& server,
                                                            const wire::DnsMessage& query);
  application::Task<std::optional<wire::DnsMessage>> AskTcp(const IpAddress& server,
                                                            const wire::DnsMessage& query);

  application::Network& network_;
  ResolverConfig config_;
  Cache cache_;
  uint64_t mismatches_ = 0;
};

}  // namespace dualsim::dns
