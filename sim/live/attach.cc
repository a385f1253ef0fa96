#include "sim/live/attach.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/scenario/near_name.h"

namespace dualsim::sim {
namespace {

// Above all names that scenarios may give, so that no id of theirs changes.
std::string NameOutside(std::string_view tap) { return "~" + std::string(tap); }

NodePlan Outside(std::string_view tap, LinkId link) {
  NodePlan outside;
  outside.name = NameOutside(tap);
  outside.outside = true;
  outside.config.name = outside.name;
  outside.config.interfaces.emplace_back().name = tap;
  outside.links.push_back(link);
  return outside;
}

}  // namespace

Plan PlanOfOneHost(host::StackConfig host) {
  const std::string tap = host.interfaces.front().name;
  Plan plan;
  plan.name = "live";
  plan.end = Time::Never();
  LinkPlan& link = plan.links.emplace_back();
  link.name = "tap " + tap;
  link.kind = LinkKind::kPointToPoint;
  link.parameters.delay = Duration();
  link.parameters.bandwidth = std::nullopt;
  link.parameters.mtu = host.interfaces.front().mtu;
  NodePlan& node = plan.nodes.emplace_back();
  node.name = host.name;
  node.boot_at = Time();
  node.config = std::move(host);
  node.links.push_back(LinkId{0});
  plan.nodes.push_back(Outside(tap, LinkId{0}));
  return plan;
}

std::optional<NodeId> AttachTap(std::string_view link, std::string_view tap, Plan* plan,
                                std::string* error) {
  std::vector<std::string> names;
  for (const LinkPlan& one : plan->links) names.push_back(one.name);
  const auto found = std::find(names.begin(), names.end(), link);
  if (found == names.end()) {
    *error = plan->file + " has no link '" + std::string(link) + "'" +
             DidYouMean(std::string(link), names);
    return std::nullopt;
  }
  const auto id = LinkId{static_cast<uint32_t>(found - names.begin())};
  if (plan->link(id).kind == LinkKind::kPointToPoint) {
    size_t cards = 0;
    for (const NodePlan& node : plan->nodes) {
      cards += static_cast<size_t>(std::count(node.links.begin(), node.links.end(), id));
    }
    if (cards >= 2) {
      *error = "link '" + std::string(link) + "' is point-to-point and has its two ends already";
      return std::nullopt;
    }
  }
  NodePlan outside = Outside(tap, id);
  for (const NodePlan& node : plan->nodes) {
    if (node.name < outside.name) continue;
    *error = "tap " + std::string(tap) + " is attached twice";
    return std::nullopt;
  }
  plan->nodes.push_back(std::move(outside));
  return NodeId{static_cast<uint32_t>(plan->nodes.size() - 1)};
}

}  // namespace dualsim::sim
