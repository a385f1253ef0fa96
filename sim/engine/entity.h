#pragma once

#include "sim/engine/event.h"

namespace dualsim::sim {

// Something in a world that events happen to: a node, a switch. It acts only
// while it is called, and owns whatever an event's payload refers to from the
// moment at which the event is handed over.
class Entity {
 public:
  virtual ~Entity() = default;
  // The simulation's now() is event.time.
  virtual void OnEvent(const Event& event) = 0;
  // The wake-up that was asked for is due; it is spent.
  virtual void OnWakeUp() {}
  // The world ends before the event's time: let go of what its payload owns.
  virtual void OnDiscard(const Event&) {}
};

}  // namespace dualsim::sim
