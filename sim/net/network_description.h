#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/net/link_config.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {

struct LinkDescription {
  std::string name;
  LinkKind kind = LinkKind::kSwitched;
  LinkParameters parameters;
  LinkFaults faults;
};

// A network card of a node; its place in the node's list is its InterfaceId.
struct CardDescription {
  std::string link;
  MacAddress mac;
};

struct NodeDescription {
  std::string name;
  std::vector<CardDescription> cards;
};

// What a network consists of. Nodes and links share one space of names. The
// order of links and of nodes means nothing; that of a node's cards does.
struct NetworkDescription {
  std::vector<LinkDescription> links;
  std::vector<NodeDescription> nodes;
};

}  // namespace dualsim::sim
