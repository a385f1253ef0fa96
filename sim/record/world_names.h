#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/net/world_observer.h"
#include "stack/facts/facts.h"

namespace dualsim::sim {

// The names behind the ids of a world: what the outputs show. Whoever plans the
// world fills it in, in the order of the ids.
struct WorldNames {
  struct Interface {
    std::string name;
    LinkId link{};
  };
  struct Node {
    std::string name;
    bool is_router = false;
    std::vector<Interface> interfaces;
  };

  std::vector<Node> nodes;
  std::vector<std::string> links;

  // "?" for an id that the world does not have: a recorder never fails over a name.
  std::string_view node(NodeId id) const;
  std::string_view link(LinkId id) const;
  std::string_view interface(NodeId node, InterfaceId id) const;
};

}  // namespace dualsim::sim
