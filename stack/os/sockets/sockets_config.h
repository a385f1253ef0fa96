#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stack/application/settings.h"
#include "stack/host/boot_arguments.h"
#include "stack/wire/ip_address.h"

namespace dualsim::os {

// What a host on the machine's sockets may use of the machine.
struct SocketsConfig {
  bool ipv4 = true;
  bool ipv6 = true;
  // The host's one address of the family: it listens there alone and sends from it.
  // Unset: every address that the machine has.
  std::optional<Ipv4Address> ipv4_address{};
  std::optional<Ipv6Address> ipv6_address{};
  application::NameServers name_servers{};

  bool runs(IpFamily family) const { return family == IpFamily::kIpv4 ? ipv4 : ipv6; }
  // Where a program listens that names no address: unspecified for everywhere.
  IpAddress ListenAddress(IpFamily family) const;
};

// What boot arguments make of it.
struct SocketsFromArguments {
  SocketsConfig config;
  std::vector<std::string> errors;  // One line each: arguments that can't be honoured.
  std::vector<std::string> notes;   // One line each: what is the operating system's to do.
};
SocketsFromArguments ApplyBootArguments(const host::BootArguments& arguments);

// Gives up a family that the machine does not have, where the other remains. Returns
// an error, one line each, for what the machine can't give: a family that was asked
// for, an address that is not the machine's.
std::vector<std::string> FitToMachine(SocketsConfig* config);

// Adds the name servers and the search list of a file as resolv.conf(5) has it, each
// once, after those that are there; what can't be read counts as empty.
void AddResolverFile(const std::string& path, application::NameServers* servers);

}  // namespace dualsim::os
