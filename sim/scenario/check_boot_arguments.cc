#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "stack/host/boot_arguments.h"

namespace dualsim::sim {
namespace {

// What a simulated host honours; the others are for parts that it does not have.
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

void Apply(const host::BootArguments& arguments, host::StackConfig* config) {
  for (host::InterfaceConfig& card : config->interfaces) {
    if (!arguments.runs_ipv6()) card.ipv6 = false;
    if (!arguments.runs_ipv4()) card.ipv4 = false;
    if (arguments.IsGiven("accept-router-advertisements") ||
        arguments.IsGiven("accept-router-advertisement")) {
      card.accept_router_advertisements = arguments.accept_router_advertisements;
    }
  }
  if (config->interfaces.empty()) return;
  host::InterfaceConfig& first = config->interfaces.front();
  if (arguments.ipv4) first.ipv4_addresses = {*arguments.ipv4};
  if (arguments.ipv4_gateway) first.ipv4_gateway = arguments.ipv4_gateway;
  if (arguments.ipv6) first.ipv6_addresses = {*arguments.ipv6};
  if (arguments.ipv6_gateway) first.ipv6_gateway = arguments.ipv6_gateway;
}

}  // namespace

void CheckBootArguments(const TopologyText& text, CheckContext* context) {
  constexpr int kArgs = dualsim::Node::kArgsFieldNumber;
  std::map<SourceLocation, std::vector<NodePlan*>> nodes_of;
  for (NodePlan& node : context->plan().nodes) nodes_of[node.where].push_back(&node);
  const auto check = [&](const dualsim::Node& entry) {
    if (!entry.has_args()) return;
    const host::ParsedBootArguments parsed = host::ParseBootArguments(entry.args());
    for (const std::string& error : parsed.errors) context->Error(entry, kArgs, error);
    if (!parsed.ok()) return;
    const host::BootArguments& arguments = parsed.stacks.front();
    for (const std::string& name : arguments.given) {
      if (std::find(std::begin(kHonoured), std::end(kHonoured), name) != std::end(kHonoured)) {
        continue;
      }
      context->Error(entry, kArgs,
                     "--" + name + " configures something that a simulated host does not have");
    }
    if (entry.interface_size() == 0 &&
        (arguments.ipv4 || arguments.ipv6 || arguments.ipv6_gateway)) {
      context->Error(entry, kArgs, "this node has no interface to give an address to");
    }
    for (NodePlan* node : nodes_of[context->Where(entry)]) Apply(arguments, &node->config);
  };
  for (const dualsim::Node* entry : text.routers) check(*entry);
  for (const dualsim::Node* entry : text.hosts) check(*entry);
}

}  // namespace dualsim::sim
