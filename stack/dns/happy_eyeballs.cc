#include "stack/dns/happy_eyeballs.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "stack/application/event.h"
#include "stack/application/scope.h"
#include "stack/application/when_any.h"
#include "stack/ipv6/destination_selection.h"

namespace dualsim::dns {
namespace {

using application::Network;
using application::Task;

int SourcePrefixLength(const std::vector<application::ConfiguredAddress>& own,
                       const IpAddress& source) {
  for (const auto& address : own) {
    if (address.address == source) return address.prefix_length;
  }
  return 64;
}

bool IsDeprecated(const std::vector<application::ConfiguredAddress>& own, const IpAddress& source) {
  return std::any_of(own.begin(), own.end(), [&](const auto& address) {
    return address.address == source && !address.preferred;
  });
}

Task<> WaitFor(application::Event& event) { co_await event.Wait(); }

// One name's way to a connection.
class Race {
 public:
  Race(Network& network, const HappyEyeballsConfig& config, std::string name, Port port)
      : network_(network),
        config_(config),
        name_(std::move(name)),
        port_(port),
        changed_(network.scheduler()),
        tasks_(network.scheduler()) {}

  Task<Connected> Run() {
    if (const auto address = IpAddress::Parse(name_)) {
      untried_.push_back(*address);
      resolved_ipv6_ = true;
    } else {
      StartResolving();
    }
    while (!winner_) {
      changed_.Reset();
      const Time now = network_.now();
      const Time start = NextStart();
      if (start <= now) {
        StartAttempt(now);
        continue;
      }
      if (Lost()) break;
      if (start.is_never()) {
        co_await changed_.Wait();
      } else {
        co_await application::WithTimeout(network_.scheduler(), start - now, WaitFor(changed_));
      }
    }
    Connected connected;
    connected.flow = std::move(winner_);
    if (connected.flow == nullptr) connected.failure = failure_;
    co_return connected;
  }

 private:
  void StartResolving() {
    // RFC 8305 §3: AAAA first, and A directly behind. A family that is not run is
    // not asked for.
    const bool ipv6 = network_.runs(IpFamily::kIpv6);
    resolved_ipv6_ = !ipv6;
    if (ipv6) tasks_.Start(ResolveFamily(wire::DnsType::kAaaa));
    if (network_.runs(IpFamily::kIpv4)) tasks_.Start(ResolveFamily(wire::DnsType::kA));
    resolving_ = (ipv6 ? 1 : 0) + (network_.runs(IpFamily::kIpv4) ? 1 : 0);
  }

  Task<> ResolveFamily(wire::DnsType type) {
    const Resolution resolution = co_await network_.resolver().Resolve(
        network_, name_, type,
        Resolver::Patience{.timeout = config_.resolve_timeout,
                           .attempts = config_.resolve_retries});
    --resolving_;
    if (type == wire::DnsType::kAaaa) resolved_ipv6_ = true;
    std::vector<IpAddress> addresses = resolution.addresses();
    if (addresses.empty()) {
      if (failure_.empty())
        failure_ = "cannot resolve: " + std::string(OutcomeText(resolution.outcome));
    } else {
      // RFC 8305 §5: later answers join those that were not tried yet.
      addresses.insert(addresses.begin(), untried_.begin(), untried_.end());
      addresses = OrderOfAttempts(network_, std::move(addresses));
      untried_.assign(addresses.begin(), addresses.end());
      // RFC 8305 §3: only A so far: AAAA has a little longer.
      if (!resolved_ipv6_) wait_until_ = network_.now() + config_.aaaa_timeout;
    }
    if (resolved_ipv6_) wait_until_ = Time();
    changed_.Set();
  }

  // When the next attempt may begin; Never() while there is none.
  Time NextStart() const {
    return untried_.empty() ? Time::Never() : std::max(wait_until_, next_attempt_);
  }
  bool Lost() const { return untried_.empty() && resolving_ == 0 && running_ == 0; }

  void StartAttempt(Time now) {
    const IpAddress address = untried_.front();
    untried_.pop_front();
    next_attempt_ = now + config_.connect_delay;
    ++running_;
    tasks_.Start(Attempt(address));
  }

  Task<> Attempt(IpAddress address) {
    auto flow = co_await network_.ConnectTcp({.address = address, .port = port_},
                                             {.timeout = config_.connect_timeout});
    --running_;
    if (flow) {
      if (!winner_) winner_ = *std::move(flow);
    } else {
      failure_ = address.ToString() + ": " + std::string(ErrorText(flow.error()));
      // RFC 8305 §5: one that failed does not hold up the next.
      next_attempt_ = network_.now();
    }
    changed_.Set();
  }

  Network& network_;
  const HappyEyeballsConfig& config_;
  std::string name_;
  Port port_;
  application::Event changed_;
  std::deque<IpAddress> untried_;
  int resolving_ = 0;
  int running_ = 0;
  bool resolved_ipv6_ = false;
  Time wait_until_;
  Time next_attempt_;
  std::string failure_;
  std::unique_ptr<application::TcpFlow> winner_;
  application::Scope tasks_;  // Ends before what its tasks use.
};

}  // namespace

HappyEyeballsConfig HappyEyeballsConfig::From(const application::Settings& settings) {
  HappyEyeballsConfig config;
  if (settings.he_aaaa_timeout) config.aaaa_timeout = *settings.he_aaaa_timeout;
  if (settings.he_connect_delay) config.connect_delay = *settings.he_connect_delay;
  if (settings.he_connect_timeout) config.connect_timeout = *settings.he_connect_timeout;
  if (settings.he_resolve_timeout) config.resolve_timeout = *settings.he_resolve_timeout;
  if (settings.he_resolve_retries) config.resolve_retries = *settings.he_resolve_retries;
  return config;
}

std::vector<IpAddress> OrderOfAttempts(Network& network, std::vector<IpAddress> addresses) {
  const std::vector<application::ConfiguredAddress> own = network.addresses();
  std::vector<ipv6::DestinationCandidate> candidates;
  for (const IpAddress& address : addresses) {
    ipv6::DestinationCandidate& candidate = candidates.emplace_back();
    candidate.destination = address;
    if (const auto source = network.SourceFor(address)) {
      candidate.source = *source;
      candidate.source_prefix_length = SourcePrefixLength(own, *source);
      candidate.source_deprecated = IsDeprecated(own, *source);
    }
  }
  ipv6::SortDestinations(candidates);
  std::deque<IpAddress> by_family[2];  // That of the first candidate, and the other.
  for (const auto& candidate : candidates) {
    const bool other = candidate.destination.family() != candidates[0].destination.family();
    by_family[other ? 1 : 0].push_back(candidate.destination);
  }
  addresses.clear();
  while (!by_family[0].empty() || !by_family[1].empty()) {
    for (std::deque<IpAddress>& family : by_family) {
      if (family.empty()) continue;
      addresses.push_back(family.front());
      family.pop_front();
    }
  }
  return addresses;
}

Task<Connected> ConnectByName(Network& network, HappyEyeballsConfig config, std::string name,
                              Port port) {
  Race race(network, config, std::move(name), port);
  co_return co_await race.Run();
}

}  // namespace dualsim::dns
