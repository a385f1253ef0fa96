#include "sim/scenario/failure_context.h"

#include <algorithm>
#include <utility>

namespace dualsim::sim {

WorldNames NamesOf(const Plan& plan) {
  WorldNames names;
  for (const LinkPlan& link : plan.links) names.links.push_back(link.name);
  for (const NodePlan& node : plan.nodes) {
    WorldNames::Node& into = names.nodes.emplace_back();
    into.name = node.name;
    into.is_router = node.is_router;
    for (size_t i = 0; i < node.links.size(); ++i) {
      into.interfaces.push_back({node.config.interfaces[i].name, node.links[i]});
    }
  }
  return names;
}

FailureContext::FailureContext(const Plan& plan, const std::vector<const Decision*>& failures)
    : names_(NamesOf(plan)), notes_(names_), text_(names_, notes_, {this}) {
  for (const Decision* decision : failures) {
    Failure& failure = failures_.emplace_back();
    failure.around = decision->around;
    failure.nodes.resize(plan.nodes.size());
    failure.links.resize(plan.links.size());
    for (LinkId link : decision->links) failure.links[static_cast<size_t>(link)] = true;
    for (NodeId node : decision->nodes) {
      failure.nodes[static_cast<size_t>(node)] = true;
      for (LinkId link : plan.node(node).links) failure.links[static_cast<size_t>(link)] = true;
    }
    end_ = std::max(end_, failure.around + kReach);
  }
}

std::vector<std::string> FailureContext::Lines(size_t i) const {
  const Failure& failure = failures_[i];
  std::vector<std::string> lines(failure.before.begin(), failure.before.end());
  lines.insert(lines.end(), failure.after.begin(), failure.after.end());
  return lines;
}

void FailureContext::OnLine(Time, LineKind, std::string_view line) { line_ = line; }

template <typename Concerns>
void FailureContext::Keep(Time now, Concerns concerns) {
  for (Failure& failure : failures_) {
    if (!concerns(failure)) continue;
    if (now <= failure.around) {
      failure.before.push_back(line_);
      if (failure.before.size() > kBefore) failure.before.pop_front();
    } else if (failure.after.size() < kAfter && now <= failure.around + kReach) {
      failure.after.push_back(line_);
    }
  }
}

bool FailureContext::AnyLink(LinkId link) const {
  return std::any_of(failures_.begin(), failures_.end(), [link](const Failure& failure) {
    return failure.links[static_cast<size_t>(link)];
  });
}

bool FailureContext::AnyNode(NodeId node) const {
  return std::any_of(failures_.begin(), failures_.end(), [node](const Failure& failure) {
    return failure.nodes[static_cast<size_t>(node)];
  });
}

void FailureContext::OnFrame(Time now, const FrameEvent& event) {
  if (!AnyLink(event.link)) return;
  text_.OnFrame(now, event);
  Keep(now, [&](const Failure& f) { return f.links[static_cast<size_t>(event.link)]; });
}

void FailureContext::OnFrameLoss(Time now, const FrameLossEvent& event) {
  if (!AnyLink(event.link)) return;
  text_.OnFrameLoss(now, event);
  Keep(now, [&](const Failure& f) { return f.links[static_cast<size_t>(event.link)]; });
}

void FailureContext::OnLifecycle(Time now, NodeId node, Lifecycle what) {
  if (!AnyNode(node)) return;
  text_.OnLifecycle(now, node, what);
  Keep(now, [&](const Failure& f) { return f.nodes[static_cast<size_t>(node)]; });
}

void FailureContext::OnAddress(Time now, NodeId node, const AddressFact& fact) {
  notes_.OnAddress(now, node, fact);
  if (!AnyNode(node)) return;
  text_.OnAddress(now, node, fact);
  Keep(now, [&](const Failure& f) { return f.nodes[static_cast<size_t>(node)]; });
}

void FailureContext::OnDrop(Time now, NodeId node, const DropFact& fact) {
  if (!AnyNode(node)) return;
  text_.OnDrop(now, node, fact);
  Keep(now, [&](const Failure& f) { return f.nodes[static_cast<size_t>(node)]; });
}

void FailureContext::OnAction(Time now, std::string_view action) {
  text_.OnAction(now, action);
  Keep(now, [](const Failure&) { return true; });
}

}  // namespace dualsim::sim
