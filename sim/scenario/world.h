#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/net/network.h"
#include "sim/net/node.h"
#include "sim/net/receiver.h"
#include "sim/scenario/plan.h"

namespace dualsim::sim {

// The network of a plan with a stack on every station, all off: what a run
// begins with. NodeId and LinkId are the plan's.
class World {
 public:
  // `plan` and `observer` outlive the world.
  World(const Plan& plan, uint64_t seed, WorldObserver& observer);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Network& network() { return network_; }
  Simulation& simulation() { return network_.simulation(); }
  // Not of a tester or a port to the outside: they have no stack.
  Node& node(NodeId id) { return *nodes_[static_cast<size_t>(id)]; }
  // Likewise; nullptr for those.
  Node* FindNode(NodeId id) { return nodes_[static_cast<size_t>(id)].get(); }

 private:
  // What is on a tester's card: nothing, it only sends. Likewise at first on the outside's.
  class Deaf final : public Receiver {
    void Receive(Time, InterfaceId, Packet) override {}
  };

  Deaf deaf_;
  Network network_;
  std::vector<std::unique_ptr<Node>> nodes_;  // By NodeId; null for testers.
};

}  // namespace dualsim::sim
