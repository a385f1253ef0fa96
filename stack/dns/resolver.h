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
  std::vector<application::SocketAddress> servers{};
  Duration timeout = Seconds(5);  // For an answer of one server.
  uint32_t attempts = 2;          // Rounds over all servers.
  size_t cache_size = Cache::kDefaultLimit;
  uint16_t udp_size = 1232;  // What EDNS (RFC 6891) offers; 0: no EDNS.

  // As the host's boot arguments have it.
  static ResolverConfig From(const application::Settings& settings);
};

using Outcome = QueryOutcome;
// "no such name".
std::string_view OutcomeText(Outcome outcome);

struct Resolution {
  Outcome outcome{};
  Answer answer;
  wire::DnsName name;   // As it was asked at last: with a domain of the search list or without.
  bool cached = false;  // No server was asked.

  std::vector<IpAddress> addresses() const;
  // "2001:db8::1, 2001:db8::2": what the records of the type hold.
  std::string AnswerText(wire::DnsType type) const;
};

// A stub resolver, RFC 1034 §5.3.1, RFC 1123 §6.1.3: asks recursive servers over
// UDP, from a port that the host draws for each question and with an id of its
// network's random stream (RFC 5452), again over TCP where an answer was truncated
// (RFC 7766). Answers that do not fit the question are passed over. Cached.
//
// Any number of tasks may use it at once; it outlives them, and its network outlives
// it. What a task asks ends with the task.
class Resolver {
 public:
  // Answers that fit no question, before a server is given up (RFC 5452 §9.3).
  static constexpr int kMaximumMismatches = 100;

  // How long one task is ready to wait; default: as the configuration has it.
  struct Patience {
    Duration timeout;       // For an answer of one server.
    uint32_t attempts = 1;  // Rounds over all servers.
  };

  Resolver(application::Network& network, ResolverConfig config);

  // A name as people write it: with a dot at its end it is whole; otherwise the
  // search list's domains follow, after it has been tried as it is where it has a
  // dot within, else before. Where the host knows no server yet, it waits for one as
  // long as for an answer. `asker`, who is told of the outcome, outlives the task.
  application::Task<Resolution> Resolve(application::Network& asker, std::string name,
                                        wire::DnsType type,
                                        std::optional<Patience> patience = std::nullopt);
  // A whole name.
  application::Task<Resolution> Query(wire::DnsQuestion question,
                                      std::optional<Patience> patience = std::nullopt);

  uint64_t mismatches() const { return mismatches_; }
  const Cache& cache() const { return cache_; }

 private:
  using Server = application::SocketAddress;
  using Reply = std::optional<wire::DnsMessage>;  // nullopt: no answer.

  std::vector<Server> Servers() const;
  application::Task<Resolution> Search(std::string name, wire::DnsType type, Patience patience);
  application::Task<Resolution> AskServers(wire::DnsQuestion question, Patience patience);
  application::Task<> AwaitServer();
  application::Task<Reply> Ask(Server server, wire::DnsMessage query, Duration timeout);
  application::Task<Reply> AskUdp(Server server, const wire::DnsMessage& query);
  application::Task<Reply> AskTcp(Server server, const wire::DnsMessage& query);

  application::Network& network_;
  ResolverConfig config_;
  Cache cache_;
  uint64_t mismatches_ = 0;
};

}  // namespace dualsim::dns
