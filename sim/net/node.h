#pragma once

#include <type_traits>

#include "sim/net/network.h"
#include "sim/net/receiver.h"
#include "sim/net/station.h"
#include "sim/net/world_observer.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/config.h"
#include "stack/host/stack.h"

namespace dualsim::sim {

// A stack on a station: gives it frames and the time, keeps the station's one
// wake-up at the stack's deadline, and passes its facts on with the node's id.
// The stack is off at first.
class Node final : public Receiver, private Observer {
 public:
  // The station's cards and config.interfaces agree in number and addresses.
  // `network` outlives the node; from then on it takes no more events.
  Node(Network& network, NodeId id, host::StackConfig config);

  NodeId id() const { return station_.id(); }
  bool running() const { return stack_.running(); }

  // Told to the observer. Booting a node that runs, or ending one that doesn't,
  // changes nothing and is told to nobody. False: that was the case.
  bool Boot();
  bool ShutDown();
  bool Crash();

  // Calls `use(stack, now)` and returns what it returns. Everything that is
  // asked of the stack from outside goes this way, because it may move the
  // stack's deadline.
  template <typename Use>
  auto WithStack(Use use) {
    if constexpr (std::is_void_v<decltype(use(stack_, Time()))>) {
      use(stack_, network_.now());
      ArmWakeUp();
    } else {
      auto result = use(stack_, network_.now());
      ArmWakeUp();
      return result;
    }
  }
  const host::Stack& stack() const { return stack_; }

  // Receiver.
  void Receive(Time now, InterfaceId interface, Packet frame) override;
  void SetCarrier(Time now, InterfaceId interface, bool up) override;
  void WakeUp(Time now) override;

 private:
  void ArmWakeUp();
  void Tell(Lifecycle what);

  void OnAddress(Time now, const AddressFact& fact) override;
  void OnNeighbor(Time now, const NeighborFact& fact) override;
  void OnDefaultRouter(Time now, const DefaultRouterFact& fact) override;
  void OnPrefix(Time now, const PrefixFact& fact) override;
  void OnRoute(Time now, const RouteFact& fact) override;
  void OnEcho(Time now, const EchoFact& fact) override;
  void OnDrop(Time now, const DropFact& fact) override;
  void OnLog(Time now, const LogFact& fact) override;

  Network& network_;
  Station& station_;
  WorldObserver& observer_;
  host::Stack stack_;
};

}  // namespace dualsim::sim
