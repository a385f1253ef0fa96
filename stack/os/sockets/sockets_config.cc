#include "stack/os/sockets/sockets_config.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <string_view>
#include <variant>

#include "stack/os/sockets/socket.h"
#include "stack/os/sockets/system_address.h"
#include "stack/wire/dns.h"

namespace dualsim::os {
namespace {

// Arguments that say how a stack of ours gets what the machine's already has.
constexpr std::string_view kMachines[] = {
    "accept-router-advertisement",
    "accept-router-advertisements",
    "dhcp",
    "ipv4-gateway",
    "ipv6-gateway",
};
constexpr std::string_view kUnknown[] = {"delay", "interface"};

bool IsIn(std::string_view name, auto& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// The errno of binding to the address; 0: the machine has it.
int TryAddress(const IpAddress& address) {
  auto socket = Socket::Open(DomainOf(address.family()), SOCK_DGRAM, 0);
  if (!socket) return EAFNOSUPPORT;
  const SystemAddress to(address, Port::kAny, 0);
  const bool bound = ::bind(socket->file_descriptor(), to.get(), to.size()) == 0;
  // A link-local address needs its link named, which programs do themselves.
  if (!bound && errno == EINVAL && address.is_link_local()) return 0;
  return bound ? 0 : errno;
}

std::string AddressError(std::string_view argument, const IpAddress& address) {
  const int error = TryAddress(address);
  if (error == 0) return "";
  return "--" + std::string(argument) + "=" + address.ToString() + ": " +
         (error == EADDRNOTAVAIL ? "it is no address of this machine" : "it can't be used here");
}

}  // namespace

IpAddress SocketsConfig::ListenAddress(IpFamily family) const {
  if (family == IpFamily::kIpv4 && ipv4_address) return *ipv4_address;
  if (family == IpFamily::kIpv6 && ipv6_address) return *ipv6_address;
  return IpAddress::Unspecified(family);
}

SocketsFromArguments ApplyBootArguments(const host::BootArguments& arguments) {
  SocketsFromArguments made;
  made.config.ipv4 = arguments.runs_ipv4();
  made.config.ipv6 = arguments.runs_ipv6();
  if (arguments.ipv4 && !arguments.ipv4->address.is_unspecified()) {
    made.config.ipv4_address = arguments.ipv4->address;
  }
  if (arguments.ipv6 && !arguments.ipv6->address.is_unspecified()) {
    made.config.ipv6_address = arguments.ipv6->address;
  }
  for (const auto& server : arguments.dns_servers) {
    made.config.name_servers.servers.push_back(
        {std::visit([](const auto& address) { return IpAddress(address); }, server),
         Port{wire::kDnsPort}});
  }
  for (const std::string& name : arguments.given) {
    if (IsIn(name, kMachines)) {
      made.notes.push_back("--" + name + " is not used: the operating system sees to it");
    } else if (IsIn(name, kUnknown)) {
      made.errors.push_back("--" + name + " configures something that the sockets do not have");
    }
  }
  return made;
}

std::vector<std::string> FitToMachine(SocketsConfig* config) {
  std::vector<std::string> errors;
  const auto has = [](IpFamily family) {
    return Socket::Open(DomainOf(family), SOCK_DGRAM, 0).ok();
  };
  const bool both = config->ipv4 && config->ipv6;
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    bool& runs = family == IpFamily::kIpv4 ? config->ipv4 : config->ipv6;
    const bool wanted = !both || (family == IpFamily::kIpv4 ? config->ipv4_address.has_value()
                                                            : config->ipv6_address.has_value());
    if (!runs || has(family)) continue;
    runs = false;
    if (wanted) {
      errors.push_back(std::string("this machine has no ") +
                       (family == IpFamily::kIpv4 ? "IPv4" : "IPv6"));
    }
  }
  if (!config->ipv4 && !config->ipv6 && errors.empty()) {
    errors.push_back("this machine has neither IPv4 nor IPv6");
  }
  if (config->ipv4 && config->ipv4_address) {
    errors.push_back(AddressError("ipv4", *config->ipv4_address));
  }
  if (config->ipv6 && config->ipv6_address) {
    errors.push_back(AddressError("ipv6", *config->ipv6_address));
  }
  std::erase(errors, "");
  return errors;
}

void AddResolverFile(const std::string& path, application::NameServers* servers) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "nameserver" && words >> word) {
      const auto address = IpAddress::Parse(word);
      if (!address) continue;
      const application::SocketAddress server{*address, Port{wire::kDnsPort}};
      auto& all = servers->servers;
      if (std::find(all.begin(), all.end(), server) == all.end()) all.push_back(server);
    } else if (word == "search" || word == "domain") {
      while (words >> word) {
        if (word.ends_with('.')) word.pop_back();
        auto& all = servers->search;
        if (!word.empty() && std::find(all.begin(), all.end(), word) == all.end()) {
          all.push_back(word);
        }
      }
    }
  }
}

}  // namespace dualsim::os
