#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stack/application/network.h"
#include "stack/application/task.h"
#include "stack/dns/resolver.h"

namespace dualsim::dns {

// RFC 8305 §8, under MirageOS's names.
struct HappyEyeballsConfig {
  Duration aaaa_timeout = Milliseconds(50);    // Resolution Delay.
  Duration connect_delay = Milliseconds(250);  // Connection Attempt Delay.
  Duration connect_timeout = Seconds(10);      // Of one attempt.
  Duration resolve_timeout = Seconds(1);       // For an answer of one server.
  uint32_t resolve_retries = 3;                // Rounds over all servers.

  // As the host's boot arguments have it.
  static HappyEyeballsConfig From(const application::Settings& settings);
};

// A connection, or why there is none.
struct Connected {
  std::unique_ptr<application::TcpFlow> flow;  // nullptr: failed.
  std::string failure;                         // One clause.
};

// Puts addresses into the order in which they are tried: RFC 6724 §6, then the
// families by turns, beginning with that of the first (RFC 8305 §4).
std::vector<IpAddress> OrderOfAttempts(application::Network& network,
                                       std::vector<IpAddress> addresses);

// Connects to a name, or to the text of an address, as RFC 8305 has it: asks for
// AAAA and A at once, each only where the host runs the family; begins with what
// comes, AAAA preferred; the attempts overlap, and the first that succeeds wins,
// the others are given up. Of the network's resolver.
application::Task<Connected> ConnectByName(application::Network& network,
                                           HappyEyeballsConfig config, std::string name, Port port);

}  // namespace dualsim::dns
