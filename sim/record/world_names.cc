#include "sim/record/world_names.h"

namespace dualsim::sim {

std::string_view WorldNames::node(NodeId id) const {
  const auto index = static_cast<size_t>(id);
  return index < nodes.size() ? std::string_view(nodes[index].name) : "?";
}

std::string_view WorldNames::link(LinkId id) const {
  const auto index = static_cast<size_t>(id);
  return index < links.size() ? std::string_view(links[index]) : "?";
}

std::string_view WorldNames::interface(NodeId node, InterfaceId id) const {
  const auto index = static_cast<size_t>(node);
  if (index >= nodes.size()) return "?";
  const auto& interfaces = nodes[index].interfaces;
  const auto which = static_cast<size_t>(id);
  return which < interfaces.size() ? std::string_view(interfaces[which].name) : "?";
}

}  // namespace dualsim::sim
