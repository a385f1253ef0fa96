#include <map>
#include <string>
#include <utility>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/near_name.h"

namespace dualsim::sim {
namespace {

// Of one node.
constexpr int kMostApplications = 256;

}  // namespace

std::optional<application::Program> ReadProgram(const dualsim::Application& entry,
                                                CheckContext* context) {
  using Application = dualsim::Application;
  if (!context->Require(entry, Application::kNameFieldNumber)) return std::nullopt;
  if (application::Registry::Find(entry.name()) == nullptr) {
    std::vector<std::string> names;
    for (const application::Kind& kind : application::Registry::kinds()) {
      names.push_back(kind.name);
    }
    context->Error(
        entry, Application::kNameFieldNumber,
        "there is no application '" + entry.name() + "'" + DidYouMean(entry.name(), names));
    return std::nullopt;
  }
  auto made = application::Registry::Make(entry.name(), entry.args());
  if (const auto* errors = std::get_if<application::ArgumentErrors>(&made)) {
    const int field =
        entry.has_args() ? Application::kArgsFieldNumber : Application::kNameFieldNumber;
    for (const std::string& error : *errors) {
      context->Error(entry, field,
                     error + " (" + entry.name() + " takes " +
                         application::Registry::Find(entry.name())->usage + ")");
    }
    return std::nullopt;
  }
  return std::get<application::Program>(std::move(made));
}

void CheckApplications(const TopologyText& text, CheckContext* context) {
  std::map<SourceLocation, std::vector<NodePlan*>> nodes_of;
  for (NodePlan& node : context->plan().nodes) nodes_of[node.where].push_back(&node);
  const auto check = [&](const dualsim::Node& entry) {
    if (entry.application_size() > kMostApplications) {
      context->Error(entry, dualsim::Node::kApplicationFieldNumber,
                     "a node has at most " + std::to_string(kMostApplications) + " applications",
                     kMostApplications);
      return;
    }
    for (const dualsim::Application& written : entry.application()) {
      const auto program = ReadProgram(written, context);
      if (!program) continue;
      for (NodePlan* node : nodes_of[context->Where(entry)]) {
        node->applications.push_back({written.name(), *program});
      }
    }
  };
  for (const dualsim::Node* entry : text.routers) check(*entry);
  for (const dualsim::Node* entry : text.hosts) check(*entry);
}

}  // namespace dualsim::sim
