#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "stack/wire/ip_address.h"

namespace dualsim::sim {

// What the shape of a network is made of. A link and a node are known by their
// places in these lists; their names decide where there is a choice, so that
// results depend on names alone and not on the order of the lists.
struct TopologyDescription {
  struct Link {
    std::string name;
    uint32_t cost = 1;  // Of sending a packet over it; at least 1.
    bool up = true;     // Nothing is sent over a link that is down.
  };
  struct Interface {
    LinkId link{};
    // How neighbours on the link reach it: the next hop of their routes.
    IpAddress next_hop;
    // The prefixes that are on link here.
    std::vector<IpPrefix> prefixes;
    bool usable = true;  // Else nothing passes: it does not speak the family.
  };
  struct Node {
    std::string name;
    bool forwarding = false;
    std::vector<Interface> interfaces;
  };

  std::vector<Link> links;  // By LinkId.
  std::vector<Node> nodes;  // By NodeId.
};

// The graph of a network: nodes and links are its vertices, and a node's
// interface is an edge to the link, so that a LAN of n nodes has n edges. For
// searches it holds the nodes that forward alone.
class Topology {
 public:
  // Names are different, every interface's link exists, and costs are at least
  // 1: scenarios are checked before.
  explicit Topology(TopologyDescription description);

  const TopologyDescription& description() const { return description_; }

  // The nodes that can reach each other over links that are up, whether or not
  // somebody forwards: the pieces of the network, each in the order of the
  // names, and the pieces in the order of their first names.
  std::vector<std::vector<NodeId>> Pieces() const;
  // Whether a packet can come from one node to the other: over a link that both
  // are on, or by nodes that forward.
  bool CanReach(NodeId from, NodeId to) const;

  // What it costs each node at least to send a packet to the nearest of `links`:
  // the sum over the links that it crosses before it reaches a node on one of
  // them. Only nodes that forward pass packets on. kUnreachable where there is
  // no way. By NodeId.
  using Cost = uint64_t;
  static constexpr Cost kUnreachable = ~Cost{0};
  std::vector<Cost> CostsTo(const std::vector<LinkId>& links) const;

  // The interfaces on a link of nodes that forward, in the order of the nodes'
  // names, then of their own.
  struct Attachment {
    NodeId node{};
    InterfaceId interface {};
  };
  const std::vector<Attachment>& forwarders(LinkId link) const {
    return forwarders_[static_cast<size_t>(link)];
  }

 private:
  using Graph =
      boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property,
                            boost::property<boost::edge_weight_t, Cost>>;

  // Vertices: the nodes, then the links.
  size_t VertexOf(LinkId link) const {
    return description_.nodes.size() + static_cast<size_t>(link);
  }
  const TopologyDescription::Link& link(LinkId id) const {
    return description_.links[static_cast<size_t>(id)];
  }

  TopologyDescription description_;
  std::vector<std::vector<Attachment>> forwarders_;  // By LinkId.
  // Packets' ways backwards: from a link to the nodes on it that forward, and
  // from these to their links, at the links' cost.
  Graph towards_;
};

}  // namespace dualsim::sim
