#include <map>
#include <string>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "stack/host/boot_arguments.h"
#include "stack/host/boot_configuration.h"

namespace dualsim::sim {
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
    // A node that fails to be configured says why once, however many it stands for.
    const std::vector<NodePlan*>& nodes = nodes_of[context->Where(entry)];
    for (NodePlan* node : nodes) {
      const auto errors = host::ApplyBootArguments(arguments, &node->config);
      node->settings = host::SettingsOf(arguments);
      if (node != nodes.front()) continue;
      for (const std::string& error : errors) context->Error(entry, kArgs, error);
    }
  };
  for (const dualsim::Node* entry : text.routers) check(*entry);
  for (const dualsim::Node* entry : text.hosts) check(*entry);
}

}  // namespace dualsim::sim
