#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/application/socket_address.h"
#include "stack/base/time.h"

namespace dualsim::application {

// What a host's boot arguments say to its programs; what is not set has the
// program's own default.
struct Settings {
  std::string host_name;  // --name, or the host's name in the scenario.
  std::optional<Duration> dns_timeout;
  std::optional<uint32_t> dns_cache_size;
  std::optional<Duration> he_aaaa_timeout;
  std::optional<Duration> he_connect_delay;
  std::optional<Duration> he_connect_timeout;
  std::optional<Duration> he_resolve_timeout;
  std::optional<uint32_t> he_resolve_retries;
  std::optional<Duration> he_timer_interval;
};

// How names are resolved here: --dns-servers, then what DHCP and router
// advertisements (RFC 8106) told, in the order of preference, each once.
struct NameServers {
  std::vector<SocketAddress> servers;  // A link-local one with its interface.
  std::vector<std::string> search;  // Domains, without a dot at the end.
  friend bool operator==(const NameServers&, const NameServers&) = default;
};

}  // namespace dualsim::application
