#include "sim/scenario/world.h"

namespace dualsim::sim {
namespace {

NetworkDescription Describe(const Plan& plan) {
  NetworkDescription description;
  for (const LinkPlan& link : plan.links) {
    description.links.push_back({link.name, link.kind, link.parameters, link.faults});
  }
  for (const NodePlan& node : plan.nodes) {
    NodeDescription& into = description.nodes.emplace_back();
    into.name = node.name;
    for (size_t i = 0; i < node.links.size(); ++i) {
      into.cards.push_back({plan.link(node.links[i]).name, node.config.interfaces[i].mac});
    }
  }
  return description;
}

}  // namespace

World::World(const Plan& plan, uint64_t seed, WorldObserver& observer)
    : network_(seed, Describe(plan), observer) {
  nodes_.reserve(plan.nodes.size());
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    const NodeId id{static_cast<uint32_t>(i)};
    if (plan.nodes[i].tester || plan.nodes[i].outside) {
      network_.station(id).SetReceiver(&deaf_);
      nodes_.push_back(nullptr);
      continue;
    }
    nodes_.push_back(std::make_unique<Node>(network_, id, plan.nodes[i].config));
    application::Settings settings = plan.nodes[i].settings;
    if (settings.host_name.empty()) settings.host_name = plan.nodes[i].name;
    nodes_.back()->SetSettings(std::move(settings));
    for (const ApplicationPlan& boot : plan.nodes[i].applications) {
      nodes_.back()->AddBootProgram(boot.name, boot.program);
    }
  }
  for (size_t i = 0; i < plan.links.size(); ++i) {
    if (!plan.links[i].up) network_.SetLinkUp(LinkId{static_cast<uint32_t>(i)}, false);
  }
}

}  // namespace dualsim::sim
