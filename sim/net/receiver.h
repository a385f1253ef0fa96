#pragma once

#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"

namespace dualsim::sim {

// What sits on the cards of a station: a node's stack, or a test.
class Receiver {
 public:
  virtual ~Receiver() = default;
  // A frame that the card's filter let in.
  virtual void Receive(Time now, InterfaceId interface, Packet frame) = 0;
  // The link below went down or came up.
  virtual void SetCarrier(Time, InterfaceId, bool) {}
  // The wake-up that was asked for is due.
  virtual void WakeUp(Time) {}
};

}  // namespace dualsim::sim
