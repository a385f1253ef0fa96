#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/event.h"
#include "sim/engine/simulation.h"
#include "sim/net/frame_faults.h"
#include "sim/net/link_config.h"
#include "sim/net/transmitter.h"
#include "sim/net/world_observer.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {

class Station;

// A link: the ports that cards are plugged into, and what happens to a frame
// from a card's queue up to the far end of its cable. This class is a whole
// point-to-point link; SwitchedLan puts a switch at the far end.
//
// A frame's way costs one event: queues are reckoned with (Transmitter), and an
// event is the arrival at the far end. Its payload is the detached packet, its
// tag says which port and which epoch. A port's epoch changes whenever its
// carrier does, so that frames on the way are known to be lost when they would
// have arrived; then their loss is told.
class Link {
 public:
  using Port = uint32_t;
  // What one link may have: a port's number has 16 bits in a tag.
  static constexpr size_t kMaxPorts = 65'000;
  // The port of frames that no card sends.
  static constexpr Port kNowhere = 65'534;

  Link(Simulation& simulation, EntityId entity, LinkId id, WorldObserver& observer,
       const LinkParameters& parameters, const LinkFaults& faults);
  virtual ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  LinkId id() const { return id_; }
  const std::string& name() const { return simulation_.name(entity_); }

  // Plugs a card in, before the world runs. Cards come in the order of their
  // stations' names.
  virtual Port AddPort(Station& station, InterfaceId interface);

  // Takes a frame of a port's card, or from kNowhere, tells of it, and carries
  // it. Requires a handle whose bytes nobody changes while it is on the way.
  void Transmit(Port from, Packet frame, bool injected);

  // What a card lets in beside its own address and broadcasts.
  virtual void JoinGroup(Port, MacAddress) {}
  virtual void LeaveGroup(Port, MacAddress) {}
  virtual void HearAllGroups(Port, bool) {}
  // The port gets every group's frames, and those for stations that nobody knows.
  virtual void FloodTo(Port) {}
  // A port's card has another address from now on.
  virtual void OnCardAddress(Port, MacAddress) {}

  const LinkParameters& parameters() const { return parameters_; }
  virtual void SetParameters(const LinkParameters& parameters);
  const LinkFaults& faults() const { return faults_; }
  void SetFaults(const LinkFaults& faults);
  DropRules& drop_rules() { return drop_rules_; }

  void SetUp(bool up);
  bool up() const { return up_; }
  void SetPlugged(Port port, bool plugged);
  bool carrier(Port port) const { return port_at(port).carrier; }

  // Nodes of different groups don't hear each other. Only a LAN can be divided.
  virtual void Partition(const std::vector<std::vector<NodeId>>& groups);

  // Tells that `receiver` didn't get a frame that this link carried.
  void TellLoss(NodeId receiver, DropReason reason, const Packet& frame) const;

  // The two halves of a tag.
  static uint32_t MakeTag(uint32_t port, uint16_t epoch) { return uint32_t{epoch} << 16 | port; }
  static uint32_t PortOfTag(uint32_t tag) { return tag & 0xffff; }
  static uint16_t EpochOfTag(uint32_t tag) { return static_cast<uint16_t>(tag >> 16); }

 protected:
  struct PortState {
    EntityId sender{};       // Whose events the port's frames are: the station, or the link itself.
    EntityId far_end{};      // Who gets them,
    uint16_t far_port = 0;   // and by which number it knows the cable.
    bool connected = false;  // There is a far end.
    bool carrier = true;
    bool plugged = true;
    uint16_t epoch = 0;
    InterfaceId interface {};
    NodeId node = kNoNode;
    uint32_t group = 0;  // Of a divided LAN.
    Transmitter up;      // From the card.
    Transmitter down;    // To the card: a LAN's switch has one for each port.
    Station* station = nullptr;
    std::unique_ptr<FaultDice> dice;  // Made with the first fault.
  };

  PortState& port_at(Port port) { return port == kNowhere ? nowhere_ : ports_[port]; }
  const PortState& port_at(Port port) const { return port == kNowhere ? nowhere_ : ports_[port]; }
  // A port's carrier changed.
  virtual void OnCarrier(Port) {}
  bool switched() const { return switched_; }

  Simulation& simulation_;
  EntityId entity_;
  std::vector<PortState> ports_;
  PortState nowhere_;
  LinkParameters parameters_;
  LineRate rate_;
  Duration first_delay_;   // From a card to the far end of its cable,
  Duration second_delay_;  // and from there to a receiver: on a LAN alone.
  bool switched_ = false;

 private:
  // Whether the frame enters the cable, and then when it is at the far end but
  // for faults; else why not.
  std::optional<DropReason> Enter(PortState& port, size_t size, Time& arrival);
  void CarryWithFaults(Port from, Packet frame, Time arrival, FrameEvent& told);
  void Send(const PortState& port, Time arrival, Packet frame);
  FaultDice& DiceOf(PortState& port);
  void UpdateCarriers();

  LinkId id_;
  WorldObserver& observer_;
  LinkFaults faults_;
  DropRules drop_rules_;
  bool random_faults_ = false;  // Whether faults_ does anything.
  bool up_ = true;
};

}  // namespace dualsim::sim
