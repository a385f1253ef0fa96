#include "tools/commands/names_of_plan.h"

namespace dualsim::commands {

sim::WorldNames NamesOf(const sim::Plan& plan) {
  sim::WorldNames names;
  for (const sim::LinkPlan& link : plan.links) names.links.push_back(link.name);
  for (const sim::NodePlan& node : plan.nodes) {
    auto& named = names.nodes.emplace_back();
    named.name = node.name;
    named.is_router = node.is_router;
    for (size_t i = 0; i < node.links.size(); ++i) {
      named.interfaces.push_back({node.config.interfaces[i].name, node.links[i]});
    }
  }
  return names;
}

}  // namespace dualsim::commands
