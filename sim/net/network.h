#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/simulation.h"
#include "sim/net/link_config.h"
#include "sim/net/network_description.h"
#include "sim/net/world_observer.h"
#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/facts/facts.h"

namespace dualsim::sim {

class Link;
class Station;

// The stations and links of a world, plugged together, and the clock that they
// run by. It knows frames and cards; stacks are put on its stations (Node).
//
// Two descriptions that differ in order alone make the same network. Throws
// InvariantViolation where a description contradicts itself (a name twice, a
// link that is not there, three cards on a point-to-point link): scenarios are
// checked before they come here.
class Network {
 public:
  // `observer` outlives the network.
  Network(uint64_t seed, const NetworkDescription& description, WorldObserver& observer);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  Simulation& simulation() { return simulation_; }
  PacketPool& packets() { return packets_; }
  WorldObserver& observer() { return observer_; }
  Time now() const { return simulation_.now(); }

  // Ids run from 0 in the order of the names.
  size_t node_count() const { return stations_.size(); }
  size_t link_count() const { return links_.size(); }
  std::optional<NodeId> FindNode(std::string_view name) const;
  std::optional<LinkId> FindLink(std::string_view name) const;
  const std::string& node_name(NodeId id) const;
  const std::string& link_name(LinkId id) const;
  Station& station(NodeId id) { return *stations_[static_cast<size_t>(id)]; }

  // Changes while the world runs; for frames sent from now on.
  const LinkParameters& parameters(LinkId id) const;
  void SetParameters(LinkId id, const LinkParameters& parameters);
  const LinkFaults& faults(LinkId id) const;
  void SetFaults(LinkId id, const LinkFaults& faults);
  DropRuleId AddDropRule(LinkId id, DropRule rule);
  // False: there is no such rule (any more).
  bool RemoveDropRule(LinkId id, DropRuleId rule);

  // Down: frames on the way are lost, those sent are dropped (LINK_DOWN), and
  // all stations on the link lose their carrier. A switch forgets what it
  // learned. Setting what is set already does nothing.
  void SetLinkUp(LinkId id, bool up);
  bool link_up(LinkId id) const;

  // Pulls the cable of one card, or puts it in again: as SetLinkUp, for that
  // card alone, and on a point-to-point link for the other end too.
  void SetCarrier(NodeId node, InterfaceId interface, bool up);
  // Whether the card has a carrier: its cable is in and the link is up.
  bool carrier(NodeId node, InterfaceId interface) const;

  // Divides a LAN: a frame reaches only stations of its sender's group. Nodes
  // that no group names form one more together. The switch forgets what it
  // learned, as switches do when the cable between them is cut. Replaces an
  // earlier division; with no groups at all it heals the LAN.
  void Partition(LinkId id, const std::vector<std::vector<NodeId>>& groups);
  void Heal(LinkId id) { Partition(id, {}); }

  // Sends a frame as if a card of the node had: the link treats it like any
  // other of the card's.
  void InjectFromNode(NodeId node, InterfaceId interface, ByteView frame);
  // Sends a frame from nowhere: to both ends of a point-to-point link, or from a
  // port of a LAN's switch where nothing else is plugged in and that a division
  // does not concern. Its sender is kNoNode.
  void InjectOnLink(LinkId link, ByteView frame);

 private:
  Link& link(LinkId id) const { return *links_[static_cast<size_t>(id)]; }
  void MakeLinks(const NetworkDescription& description);
  void MakeStations(const NetworkDescription& description);

  PacketPool packets_;  // Outlives the events in simulation_.
  Simulation simulation_;
  WorldObserver& observer_;
  std::vector<std::unique_ptr<Link>> links_;        // By LinkId.
  std::vector<std::unique_ptr<Station>> stations_;  // By NodeId.
};

}  // namespace dualsim::sim
