#include "stack/host/boot_configuration.h"

#include <algorithm>
#include <string_view>
#include <variant>

namespace dualsim::host {
namespace {

// What a stack honours; the others are for parts that it does not have.
constexpr std::string_view kHonoured[] = {
    "accept-router-advertisement",
    "accept-router-advertisements",
    "app",
    "delay",
    "dhcp",
    "dns-cache-size",
    "dns-servers",
    "dns-timeout",
    "he-aaaa-timeout",
    "he-connect-delay",
    "he-connect-timeout",
    "he-resolve-retries",
    "he-resolve-timeout",
    "he-timer-interval",
    "interface",
    "ipv4",
    "ipv4-gateway",
    "ipv4-only",
    "ipv6",
    "ipv6-gateway",
    "ipv6-only",
    "name",
};

// Which interface is meant; how many there are where it is none of them.
size_t FindInterface(const BootArguments& arguments, const StackConfig& config) {
  if (!arguments.interface) return 0;
  const auto found =
      std::find_if(config.interfaces.begin(), config.interfaces.end(),
                   [&](const InterfaceConfig& card) { return card.name == *arguments.interface; });
  return static_cast<size_t>(found - config.interfaces.begin());
}

std::vector<std::string> Refusals(const BootArguments& arguments, const StackConfig& config) {
  std::vector<std::string> errors;
  for (const std::string& name : arguments.given) {
    if (std::find(std::begin(kHonoured), std::end(kHonoured), name) == std::end(kHonoured)) {
      errors.push_back("--" + name + " configures something that a simulated host does not have");
    }
  }
  if (arguments.interface && FindInterface(arguments, config) == config.interfaces.size()) {
    std::string names;
    for (const InterfaceConfig& card : config.interfaces) {
      names += (names.empty() ? "" : ", ") + card.name;
    }
    errors.push_back("--interface=" + *arguments.interface +
                     ": there is no such interface; there are: " + names);
  }
  if (config.interfaces.empty() && (arguments.ipv4 || arguments.ipv6 || arguments.ipv6_gateway)) {
    errors.push_back("this node has no interface to give an address to");
  }
  return errors;
}

}  // namespace

std::vector<std::string> ApplyBootArguments(const BootArguments& arguments, StackConfig* config) {
  for (InterfaceConfig& card : config->interfaces) {
    if (!arguments.runs_ipv6()) card.ipv6 = false;
    if (!arguments.runs_ipv4()) card.ipv4 = false;
    if (arguments.IsGiven("accept-router-advertisements") ||
        arguments.IsGiven("accept-router-advertisement")) {
      card.accept_router_advertisements = arguments.accept_router_advertisements;
    }
  }
  for (const auto& server : arguments.dns_servers) {
    config->name_servers.push_back(
        std::visit([](const auto& address) { return IpAddress(address); }, server));
  }
  if (arguments.name) config->host_name = *arguments.name;
  if (const size_t meant = FindInterface(arguments, *config); meant < config->interfaces.size()) {
    InterfaceConfig& card = config->interfaces[meant];
    if (arguments.ipv4) card.ipv4_addresses = {*arguments.ipv4};
    card.dhcp = arguments.runs_dhcp();
    if (arguments.ipv4_gateway) card.ipv4_gateway = arguments.ipv4_gateway;
    if (arguments.ipv6) card.ipv6_addresses = {*arguments.ipv6};
    if (arguments.ipv6_gateway) card.ipv6_gateway = arguments.ipv6_gateway;
  }
  return Refusals(arguments, *config);
}

application::Settings SettingsOf(const BootArguments& arguments) {
  return {.host_name = arguments.name.value_or(""),
          .dns_timeout = arguments.dns_timeout,
          .dns_cache_size = arguments.dns_cache_size,
          .he_aaaa_timeout = arguments.he_aaaa_timeout,
          .he_connect_delay = arguments.he_connect_delay,
          .he_connect_timeout = arguments.he_connect_timeout,
          .he_resolve_timeout = arguments.he_resolve_timeout,
          .he_resolve_retries = arguments.he_resolve_retries,
          .he_timer_interval = arguments.he_timer_interval};
}

}  // namespace dualsim::host
