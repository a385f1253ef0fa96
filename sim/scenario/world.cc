#include "sim/scenario/world.h"

#include <cstddef>
#include <utility>

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

// What of the node's configuration is for the stack that has these interfaces.
host::StackConfig ConfigOf(const NodePlan& node, host::StackConfig config, size_t first,
                           size_t end) {
  const auto& cards = node.config.interfaces;
  config.interfaces.assign(cards.begin() + static_cast<std::ptrdiff_t>(first),
                           cards.begin() + static_cast<std::ptrdiff_t>(end));
  config.routes.clear();
  for (host::RouteConfig route : node.config.routes) {
    const auto card = static_cast<size_t>(route.interface);
    if (card < first || card >= end) continue;
    route.interface = static_cast<InterfaceId>(card - first);
    config.routes.push_back(route);
  }
  return config;
}

std::unique_ptr<Node> MakeNode(Network& network, NodeId id, const NodePlan& plan) {
  if (plan.groups.empty()) return std::make_unique<Node>(network, id, plan.config);
  const size_t groups_begin = plan.config.interfaces.size() - plan.groups.size();
  auto node = std::make_unique<Node>(network, id, ConfigOf(plan, plan.config, 0, groups_begin));
  for (size_t i = 0; i < plan.groups.size(); ++i) {
    const GroupPlan& group = plan.groups[i];
    application::Settings settings = group.settings;
    if (settings.host_name.empty()) settings.host_name = plan.name;
    node->AddGroup(group.name, ConfigOf(plan, group.config, groups_begin + i, groups_begin + i + 1),
                   std::move(settings));
  }
  return node;
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
    nodes_.push_back(MakeNode(network_, id, plan.nodes[i]));
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
