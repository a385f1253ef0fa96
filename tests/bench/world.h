#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/net/network.h"
#include "sim/net/node.h"
#include "sim/net/world_observer.h"
#include "stack/host/config.h"

namespace dualsim::sim::bench {

// A world of stacks, built in code: what the workloads of the benchmarks run in.
class World {
 public:
  // nodes[i] is node number i of `description`, in the order of the names.
  World(const NetworkDescription& description, const std::vector<host::StackConfig>& nodes,
        WorldObserver& observer)
      : network(1, description, observer) {
    for (const host::StackConfig& config : nodes) {
      const NodeId id = *network.FindNode(config.name);
      this->nodes.push_back(std::make_unique<Node>(network, id, config));
    }
  }

  void BootAll() {
    for (const auto& node : nodes) node->Boot();
  }
  void RunUntil(Time end) { network.simulation().RunUntil(end); }

  Network network;
  std::vector<std::unique_ptr<Node>> nodes;
};

// H1 - R1 ... R8 - H2 on point-to-point links of 1 Gbit/s and 1 ms; nodes in that
// order. Addresses are static and not probed; H2 answers no echo request.
struct Chain {
  explicit Chain(WorldObserver& observer);
  // Sends one echo request of `size` bytes of data from H1 to H2.
  void Send(size_t size);

  Ipv6Address destination;
  World world;
};
inline constexpr int kChainRouters = 8;

// N hosts and an advertising router on one switch. Every host pings the router
// once, ten to twenty seconds after the start.
struct Storm {
  Storm(int hosts, WorldObserver& observer);
  void Run(Duration duration);

  int hosts;
  World world;
};

}  // namespace dualsim::sim::bench
