#include "sim/topology/topology.h"

#include <algorithm>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

namespace dualsim::sim {
namespace {

// Sums of costs that stay at kUnreachable.
struct Sum {
  Topology::Cost operator()(Topology::Cost a, Topology::Cost b) const {
    return a > Topology::kUnreachable - b ? Topology::kUnreachable : a + b;
  }
};

}  // namespace

Topology::Topology(TopologyDescription description)
    : description_(std::move(description)),
      forwarders_(description_.links.size()),
      towards_(description_.nodes.size() + description_.links.size()) {
  const auto& nodes = description_.nodes;
  for (size_t n = 0; n < nodes.size(); ++n) {
    if (!nodes[n].forwarding) continue;
    for (size_t i = 0; i < nodes[n].interfaces.size(); ++i) {
      if (!nodes[n].interfaces[i].usable) continue;
      const LinkId link_id = nodes[n].interfaces[i].link;
      forwarders_[static_cast<size_t>(link_id)].push_back(
          {NodeId{static_cast<uint32_t>(n)}, InterfaceId{static_cast<uint16_t>(i)}});
      if (!link(link_id).up) continue;
      boost::add_edge(VertexOf(link_id), n, Cost{0}, towards_);
      boost::add_edge(n, VertexOf(link_id), link(link_id).cost, towards_);
    }
  }
  for (std::vector<Attachment>& list : forwarders_) {
    std::sort(list.begin(), list.end(), [&nodes](const Attachment& a, const Attachment& b) {
      return std::tie(nodes[static_cast<size_t>(a.node)].name, a.interface) <
             std::tie(nodes[static_cast<size_t>(b.node)].name, b.interface);
    });
  }
}

std::vector<std::vector<NodeId>> Topology::Pieces() const {
  using Undirected = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;
  const auto& nodes = description_.nodes;
  Undirected graph(nodes.size() + description_.links.size());
  for (size_t n = 0; n < nodes.size(); ++n) {
    for (const TopologyDescription::Interface& interface : nodes[n].interfaces) {
      if (link(interface.link).up) boost::add_edge(n, VertexOf(interface.link), graph);
    }
  }
  std::vector<size_t> piece_of(boost::num_vertices(graph));
  const size_t count = boost::connected_components(graph, piece_of.data());

  std::vector<std::vector<NodeId>> pieces(count);
  for (size_t n = 0; n < nodes.size(); ++n) {
    pieces[piece_of[n]].push_back(NodeId{static_cast<uint32_t>(n)});
  }
  std::erase_if(pieces, [](const auto& piece) { return piece.empty(); });
  const auto by_name = [&nodes](NodeId a, NodeId b) {
    return nodes[static_cast<size_t>(a)].name < nodes[static_cast<size_t>(b)].name;
  };
  for (auto& piece : pieces) std::sort(piece.begin(), piece.end(), by_name);
  std::sort(pieces.begin(), pieces.end(),
            [&by_name](const auto& a, const auto& b) { return by_name(a.front(), b.front()); });
  return pieces;
}

bool Topology::CanReach(NodeId from, NodeId to) const {
  if (from == to) return true;
  std::vector<LinkId> links;
  for (const auto& interface : description_.nodes[static_cast<size_t>(to)].interfaces) {
    if (link(interface.link).up) links.push_back(interface.link);
  }
  return CostsTo(links)[static_cast<size_t>(from)] != kUnreachable;
}

std::vector<Topology::Cost> Topology::CostsTo(const std::vector<LinkId>& links) const {
  const size_t count = boost::num_vertices(towards_);
  std::vector<Cost> costs(count);
  std::vector<size_t> predecessors(count);
  std::vector<size_t> sources;
  for (const LinkId id : links) sources.push_back(VertexOf(id));
  const auto index = boost::get(boost::vertex_index, towards_);
  boost::dijkstra_shortest_paths(towards_, sources.begin(), sources.end(),
                                 boost::make_iterator_property_map(predecessors.begin(), index),
                                 boost::make_iterator_property_map(costs.begin(), index),
                                 boost::get(boost::edge_weight, towards_), index, std::less<Cost>(),
                                 Sum(), kUnreachable, Cost{0}, boost::default_dijkstra_visitor());
  // Others send their own packets only: they are at the end of every way.
  for (size_t n = 0; n < description_.nodes.size(); ++n) {
    const TopologyDescription::Node& node = description_.nodes[n];
    if (node.forwarding) continue;
    for (const TopologyDescription::Interface& interface : node.interfaces) {
      if (link(interface.link).up) costs[n] = std::min(costs[n], costs[VertexOf(interface.link)]);
    }
  }
  costs.resize(description_.nodes.size());
  return costs;
}

}  // namespace dualsim::sim
