#pragma once

#include <vector>

#include "sim/topology/topology.h"
#include "stack/host/config.h"

namespace dualsim::sim {

// One family's routes of every node that forwards, by shortest paths over the costs of
// the links: for each prefix of the network that is not on link at one of the
// node's own interfaces, and that can be reached. By NodeId; other nodes have
// none. A node's routes are in the order of their prefixes.
//
// Of several ways that cost the same, that by the neighbour whose name comes
// first is taken; then that by the lower interface of the node's own, then that
// to the lower interface of the neighbour's. A prefix that is on several links
// is routed to the nearest.
//
// Where a node is on the prefix's link and the prefix is not configured on its
// interface there, the route says that it is on link.
std::vector<std::vector<host::RouteConfig>> ComputeRoutes(const Topology& topology);

}  // namespace dualsim::sim
