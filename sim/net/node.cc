#include "sim/net/node.h"

#include <algorithm>
#include <utility>

namespace dualsim::sim {

Node::Node(Network& network, NodeId id, host::StackConfig config)
    : network_(network),
      station_(network.station(id)),
      observer_(network.observer()),
      stack_(std::move(config),
             host::Environment{network.packets(), station_, *this,
                               RandomSource(network.simulation().seed(), station_.name())}) {
  station_.SetReceiver(this);
  station_.SetPower(false);
}

bool Node::Boot() {
  if (running()) return false;
  Tell(Lifecycle::kBoot);
  station_.SetPower(true);
  const Time now = network_.now();
  stack_.Boot(now);
  for (size_t i = 0; i < station_.card_count(); ++i) {
    const auto interface = InterfaceId{static_cast<uint16_t>(i)};
    if (!network_.carrier(id(), interface)) stack_.SetCarrier(now, interface, false);
  }
  ArmWakeUp();
  return true;
}

bool Node::ShutDown() {
  if (!running()) return false;
  Tell(Lifecycle::kShutDown);
  stack_.ShutDown(network_.now());
  station_.SetPower(false);
  ArmWakeUp();
  return true;
}

bool Node::Crash() {
  if (!running()) return false;
  Tell(Lifecycle::kCrash);
  stack_.Crash(network_.now());
  station_.SetPower(false);
  ArmWakeUp();
  return true;
}

void Node::Receive(Time now, InterfaceId interface, Packet frame) {
  stack_.Receive(now, interface, std::move(frame));
  ArmWakeUp();
}

void Node::SetCarrier(Time now, InterfaceId interface, bool up) {
  if (!running()) return;
  stack_.SetCarrier(now, interface, up);
  ArmWakeUp();
}

void Node::WakeUp(Time now) {
  stack_.Advance(now);
  ArmWakeUp();
}

void Node::ArmWakeUp() {
  const Time deadline = running() ? stack_.deadline() : Time::Never();
  station_.SetWakeUp(std::max(deadline, network_.now()));
}

void Node::Tell(Lifecycle what) { observer_.OnLifecycle(network_.now(), id(), what); }

void Node::OnAddress(Time now, const AddressFact& fact) { observer_.OnAddress(now, id(), fact); }
void Node::OnNeighbor(Time now, const NeighborFact& fact) { observer_.OnNeighbor(now, id(), fact); }
void Node::OnDefaultRouter(Time now, const DefaultRouterFact& fact) {
  observer_.OnDefaultRouter(now, id(), fact);
}
void Node::OnPrefix(Time now, const PrefixFact& fact) { observer_.OnPrefix(now, id(), fact); }
void Node::OnRoute(Time now, const RouteFact& fact) { observer_.OnRoute(now, id(), fact); }
void Node::OnEcho(Time now, const EchoFact& fact) { observer_.OnEcho(now, id(), fact); }
void Node::OnDrop(Time now, const DropFact& fact) { observer_.OnDrop(now, id(), fact); }
void Node::OnLog(Time now, const LogFact& fact) { observer_.OnLog(now, id(), fact); }

}  // namespace dualsim::sim
