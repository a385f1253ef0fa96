#include "stack/host/boot_configuration.h"

#include <algorithm>
#include <string_view>

namespace dualsim::host {
namespace {

// What a stack honours; the others are for parts that it does not have.
constexpr std::string_view kHonoured[] = {
    "accept-router-advertisement",
    "accept-router-advertisements",
    "ipv4",
    "ipv4-gateway",
    "ipv4-only",
    "ipv6",
    "ipv6-gateway",
    "ipv6-only",
};

std::vector<std::string> Refusals(const BootArguments& arguments, const StackConfig& config) {
  std::vector<std::string> errors;
  for (const std::string& name : arguments.given) {
    if (std::find(std::begin(kHonoured), std::end(kHonoured), name) == std::end(kHonoured)) {
      errors.push_back("--" + name + " configures something that a simulated host does not have");
    }
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
  if (!config->interfaces.empty()) {
    InterfaceConfig& first = config->interfaces.front();
    if (arguments.ipv4) first.ipv4_addresses = {*arguments.ipv4};
    if (arguments.ipv4_gateway) first.ipv4_gateway = arguments.ipv4_gateway;
    if (arguments.ipv6) first.ipv6_addresses = {*arguments.ipv6};
    if (arguments.ipv6_gateway) first.ipv6_gateway = arguments.ipv6_gateway;
  }
  return Refusals(arguments, *config);
}

}  // namespace dualsim::host
