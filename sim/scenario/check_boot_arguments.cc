#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/near_name.h"
#include "stack/application/registry.h"
#include "stack/host/boot_arguments.h"
#include "stack/host/boot_configuration.h"

namespace dualsim::sim {
namespace {

using Errors = std::vector<std::string>;

// The name that the stack has for the interface that `--GROUP-interface` names, be it by
// its link, as scenarios do, or by its own name.
void NameInterface(const Plan& plan, const NodePlan& node, const std::string& option,
                   host::BootArguments* arguments, Errors* errors) {
  if (!arguments->interface) return;
  std::vector<std::string> links;
  for (size_t i = 0; i < node.links.size(); ++i) {
    links.push_back(plan.link(node.links[i]).name);
    if (links.back() != *arguments->interface) continue;
    arguments->interface = node.config.interfaces[i].name;
    return;
  }
  for (const host::InterfaceConfig& card : node.config.interfaces) {
    if (card.name == *arguments->interface) return;
  }
  errors->push_back(option + "=" + *arguments->interface + ": this node has no interface there" +
                    DidYouMean(*arguments->interface, links));
}

// Moves the group's interface behind those of the node's own stack, and of the groups
// before it; false where a group before it has it.
bool TakeInterface(const std::string& name, NodePlan* node) {
  std::vector<host::InterfaceConfig>& cards = node->config.interfaces;
  const auto free = static_cast<std::ptrdiff_t>(cards.size() - node->groups.size());
  const auto found = std::find_if(cards.begin(), cards.begin() + free,
                                  [&](const auto& card) { return card.name == name; });
  if (found == cards.begin() + free) return false;
  const auto link = node->links.begin() + (found - cards.begin());
  std::rotate(link, link + 1, node->links.end());
  std::rotate(found, found + 1, cards.end());
  return true;
}

// Gives the group a stack of its own on its interface.
void AddGroup(const std::string& name, const host::BootArguments& arguments, NodePlan* node,
              Errors* errors) {
  if (node->is_router) {
    errors->push_back("--" + name + "-interface: a router has one stack; make this node a 'host'");
    return;
  }
  if (!TakeInterface(*arguments.interface, node)) {
    errors->push_back("--" + name + "-interface: two groups can't have one interface");
    return;
  }
  GroupPlan& group = node->groups.emplace_back();
  group.name = name;
  group.config = node->config;
  group.config.interfaces = {node->config.interfaces.back()};
  for (const std::string& error : host::ApplyBootArguments(arguments, &group.config)) {
    errors->push_back("--" + name + "-...: " + error);
  }
  group.settings = host::SettingsOf(arguments);
  node->config.interfaces.back() = group.config.interfaces.front();
}

void AddApplications(const host::BootArguments& arguments, NodePlan* node, Errors* errors) {
  for (const std::string& text : arguments.applications) {
    const size_t equals = std::min(text.find('='), text.size());
    const std::string name = text.substr(0, equals);
    const std::string rest = equals < text.size() ? text.substr(equals + 1) : "";
    auto made = application::Registry::Make(name, rest);
    if (const auto* wrong = std::get_if<application::ArgumentErrors>(&made)) {
      for (const std::string& line : *wrong) errors->push_back("--app=" + name + ": " + line);
      continue;
    }
    node->applications.push_back({name, std::get<application::Program>(std::move(made))});
  }
}

// What is wrong with the arguments for this node.
Errors Apply(const Plan& plan, const std::vector<std::string>& groups,
             std::vector<host::BootArguments> stacks, NodePlan* node) {
  Errors errors;
  for (size_t i = 0; i < groups.size(); ++i) {
    const std::string prefix = groups[i].empty() ? "" : groups[i] + "-";
    NameInterface(plan, *node, "--" + prefix + "interface", &stacks[i], &errors);
  }
  if (!errors.empty()) return errors;
  for (size_t i = 1; i < groups.size(); ++i) AddGroup(groups[i], stacks[i], node, &errors);
  if (!errors.empty()) return errors;
  // The node's own stack has the interfaces that no group took.
  const host::BootArguments& own = stacks.front();
  std::vector<host::InterfaceConfig>& cards = node->config.interfaces;
  const auto first_of_groups = cards.end() - static_cast<std::ptrdiff_t>(node->groups.size());
  const std::vector<host::InterfaceConfig> of_groups(first_of_groups, cards.end());
  cards.erase(first_of_groups, cards.end());
  errors = host::ApplyBootArguments(own, &node->config);
  cards.insert(cards.end(), of_groups.begin(), of_groups.end());
  node->settings = host::SettingsOf(own);
  node->boot_delay = own.delay;
  AddApplications(own, node, &errors);
  return errors;
}

}  // namespace

void CheckBootArguments(const TopologyText& text, CheckContext* context) {
  constexpr int kArgs = dualsim::Node::kArgsFieldNumber;
  std::map<SourceLocation, std::vector<NodePlan*>> nodes_of;
  for (NodePlan& node : context->plan().nodes) nodes_of[node.where].push_back(&node);
  const auto check = [&](const dualsim::Node& entry) {
    if (!entry.has_args()) return;
    const std::vector<std::string> groups = host::GroupsOfBootArguments(entry.args());
    const host::ParsedBootArguments parsed = host::ParseBootArguments(entry.args(), groups);
    for (const std::string& error : parsed.errors) context->Error(entry, kArgs, error);
    if (!parsed.ok()) return;
    // A node that fails to be configured says why once, however many it stands for.
    const std::vector<NodePlan*>& nodes = nodes_of[context->Where(entry)];
    for (NodePlan* node : nodes) {
      const Errors errors = Apply(context->plan(), groups, parsed.stacks, node);
      if (node != nodes.front()) continue;
      for (const std::string& error : errors) context->Error(entry, kArgs, error);
    }
  };
  for (const dualsim::Node* entry : text.routers) check(*entry);
  for (const dualsim::Node* entry : text.hosts) check(*entry);
}

}  // namespace dualsim::sim
