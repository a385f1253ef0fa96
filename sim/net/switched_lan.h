#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/engine/entity.h"
#include "sim/net/link.h"
#include "sim/net/mac_map.h"
#include "sim/net/mac_table.h"
#include "sim/net/mld_snooping.h"

namespace dualsim::sim {

// A LAN: cables around one learning switch (IEEE 802.1D-2004 §7.7 to §7.9) that
// stores and forwards. A frame costs one event on its way to the switch and one
// for each receiver.
//
// - Broadcasts leave by every other port.
// - A group's frames leave by the other ports whose card listens to the group
//   when the switch forwards the frame; of these, where the switch snoops
//   (LinkParameters::mld_snooping), by those that it knows of.
// - Frames for a station that was learned leave by its port, or not at all where
//   they came in by it.
// - Frames for others are flooded. A flood is carried only to the cards that let
//   it in, and occupies their cables alone: no other station can tell, and the
//   frame does not cost what the LAN holds. All cards that share an address get
//   it.
//
// Each port has a drop-tail queue (LinkParameters::queue_bytes) and sends down
// its cable as fast as the card sends up.
class SwitchedLan final : public Link, public Entity {
 public:
  SwitchedLan(Simulation& simulation, EntityId entity, LinkId id, WorldObserver& observer,
              const LinkParameters& parameters, const LinkFaults& faults);

  // Link.
  Port AddPort(Station& station, InterfaceId interface) override;
  void JoinGroup(Port port, MacAddress group) override;
  void LeaveGroup(Port port, MacAddress group) override;
  void HearAllGroups(Port port, bool all) override;
  void FloodTo(Port port) override;
  void OnCardAddress(Port port, MacAddress address) override;
  void SetParameters(const LinkParameters& parameters) override;
  void Partition(const std::vector<std::vector<NodeId>>& groups) override;

  // Entity.
  void OnEvent(const Event& event) override;
  void OnDiscard(const Event& event) override;

  const MacTable& mac_table() const { return mac_table_; }

 private:
  // A frame at the switch.
  struct Arrived {
    Port from = 0;
    bool lost = false;  // It did not come through: its receivers are only told of.
    Duration duration;  // What it takes on a cable.
    const Packet& frame;
  };

  void OnCarrier(Port port) override;
  // Divisions share a switch but not what it learned.
  static uint64_t TableKey(uint64_t mac, uint32_t group) { return uint64_t{group} << 48 | mac; }
  void Learn(const Arrived& arrived, uint64_t source);
  void ForwardToGroup(const Arrived& arrived, uint64_t destination);
  void ForwardBySnooping(const Arrived& arrived, uint64_t destination);
  void ForwardToStation(const Arrived& arrived, uint64_t destination, uint32_t group);
  void Flood(const Arrived& arrived, uint64_t destination, uint32_t group);
  void Deliver(const Arrived& arrived, Port to);
  // Whether a division lies between the two ports.
  bool Divided(Port from, Port to) const {
    return from != kNowhere && ports_[from].group != ports_[to].group;
  }

  MacTable mac_table_;
  uint32_t group_count_ = 1;  // 1: not divided.

  std::vector<std::pair<uint64_t, Port>> cards_;  // By address and port.
  bool cards_sorted_ = true;

  MacMap listening_;                          // Group address to place in listeners_.
  std::vector<std::vector<Port>> listeners_;  // In order; empty ones are free.
  std::vector<uint32_t> free_listeners_;
  std::unique_ptr<MldSnooping> snooping_;
  std::vector<Port> all_groups_;  // Whose cards listen to every group; in order.
  std::vector<Port> flooded_;     // Whose cards let in everything.
};

}  // namespace dualsim::sim
