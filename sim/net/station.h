#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/entity.h"
#include "sim/engine/simulation.h"
#include "sim/net/receiver.h"
#include "sim/net/world_observer.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/device.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {

class Link;

// A place in the network that has a name: an entity with network cards, each
// plugged into a link. What it does with frames is its Receiver's business.
//
// A card passes up frames for its own address, for groups that were joined (or
// all groups), and broadcasts; nothing else, and never says so. While the station is off, what a
// card would have passed up is lost (RECEIVER_OFF); its groups are forgotten.
class Station final : public Entity, public host::Device {
 public:
  Station(Simulation& simulation, EntityId entity, NodeId id);

  EntityId entity() const { return entity_; }
  NodeId id() const { return id_; }
  const std::string& name() const { return simulation_.name(entity_); }

  // Adds a card and plugs it in, before the world runs. Stations of one link
  // are plugged in in the order of their names.
  InterfaceId AddCard(MacAddress mac, Link& link);

  // Says who gets the frames; `receiver` outlives the run. Without one the
  // station is off.
  void SetReceiver(Receiver* receiver) { receiver_ = receiver; }
  // Switches the cards on (the state at first) or off.
  void SetPower(bool on);
  bool powered() const { return powered_ && receiver_ != nullptr; }

  size_t card_count() const { return cards_.size(); }
  MacAddress mac(InterfaceId interface) const { return card(interface).mac; }
  Link& link(InterfaceId interface) const { return *card(interface).link; }
  uint32_t port(InterfaceId interface) const { return card(interface).port; }
  // Whether the cable is in and the link is up.
  bool carrier(InterfaceId interface) const;

  // When the receiver's WakeUp is next called; Never(): not at all.
  void SetWakeUp(Time at) { simulation_.SetWakeUp(entity_, at); }

  // host::Device.
  void Transmit(InterfaceId interface, Packet frame) override;
  void JoinGroup(InterfaceId interface, MacAddress group) override;
  void LeaveGroup(InterfaceId interface, MacAddress group) override;
  void HearAllGroups(InterfaceId interface, bool all) override;
  // The card lets in every frame that the link carries to it, and a LAN's switch
  // floods to it: what stands behind is more than one address. Before the world runs.
  void LetInEverything(InterfaceId interface);
  void SetAddress(InterfaceId interface, MacAddress address) override;

  // As Transmit, for a frame that the scenario made.
  void Inject(InterfaceId interface, Packet frame);

  // The link's: the carrier changed, and with it the epoch of the card's port.
  void OnCarrier(InterfaceId interface, bool up, uint16_t epoch);

  // Entity.
  void OnEvent(const Event& event) override;
  void OnWakeUp() override;
  void OnDiscard(const Event& event) override;

 private:
  struct Group {
    MacAddress address;
    uint32_t joins = 0;
    static bool Before(const Group& group, const MacAddress& address) {
      return group.address < address;
    }
  };
  struct Card {
    MacAddress mac;
    Link* link = nullptr;
    uint32_t port = 0;   // Its number on the link.
    uint16_t epoch = 0;  // Of that port, see Link.
    bool all_groups = false;
    bool everything = false;
    std::vector<Group> groups;  // In order of the address.
  };

  const Card& card(InterfaceId interface) const { return cards_[static_cast<size_t>(interface)]; }
  Card& card(InterfaceId interface) { return cards_[static_cast<size_t>(interface)]; }
  static bool LetsIn(const Card& card, ByteView frame);

  Simulation& simulation_;
  EntityId entity_;
  NodeId id_;
  bool powered_ = true;
  Receiver* receiver_ = nullptr;
  std::vector<Card> cards_;
};

}  // namespace dualsim::sim
