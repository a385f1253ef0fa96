#pragma once

#include "stack/base/packet.h"
#include "stack/facts/facts.h"
#include "stack/wire/mac_address.h"

namespace dualsim::host {

// The network cards below a stack: where its frames leave, and what their
// filters let in. A card passes up frames for its own address, for groups that
// were joined, and for the broadcast address. Joins count: a group that was
// joined twice is let in until it was left twice.
class Device {
 public:
  virtual ~Device() = default;
  // A whole Ethernet frame.
  virtual void Transmit(InterfaceId interface, Packet frame) = 0;
  virtual void JoinGroup(InterfaceId interface, MacAddress group) = 0;
  virtual void LeaveGroup(InterfaceId interface, MacAddress group) = 0;
  // Whether the card lets in frames for every group, as a multicast router needs
  // it. To a card that lets in everything it is nothing.
  virtual void HearAllGroups(InterfaceId, bool) {}
  // The card's own address from now on.
  virtual void SetAddress(InterfaceId interface, MacAddress address) = 0;
};

}  // namespace dualsim::host
