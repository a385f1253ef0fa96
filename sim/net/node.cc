#include "sim/net/node.h"

#include <algorithm>
#include <utility>

#include "sim/net/group_stack.h"

namespace dualsim::sim {

Node::Node(Network& network, NodeId id, host::StackConfig config)
    : network_(network),
      station_(network.station(id)),
      observer_(network.observer()),
      first_group_card_(config.interfaces.size()),
      stack_(std::move(config),
             host::Environment{network.packets(), station_, *this,
                               RandomSource(network.simulation().seed(), station_.name())}) {
  station_.SetReceiver(this);
  station_.SetPower(false);
}

Node::~Node() = default;

void Node::AddGroup(std::string name, host::StackConfig config, application::Settings settings) {
  const auto card = static_cast<InterfaceId>(first_group_card_ + groups_.size());
  groups_.push_back(std::make_unique<GroupStack>(network_, station_, card, std::move(name),
                                                 std::move(config), std::move(settings),
                                                 static_cast<Observer&>(*this)));
}

GroupStack* Node::GroupOf(InterfaceId card) const {
  const auto index = static_cast<size_t>(card);
  if (index < first_group_card_ || index - first_group_card_ >= groups_.size()) return nullptr;
  return groups_[index - first_group_card_].get();
}

host::Stack& Node::StackOf(InterfaceId card) {
  GroupStack* const group = GroupOf(card);
  return group != nullptr ? group->stack() : stack_;
}

InterfaceId Node::OwnNumber(InterfaceId card) const {
  return GroupOf(card) != nullptr ? InterfaceId{0} : card;
}

bool Node::Boot() {
  if (running()) return false;
  Tell(Lifecycle::kBoot);
  station_.SetPower(true);
  const Time now = network_.now();
  stack_.Boot(now);
  for (const auto& group : groups_) group->stack().Boot(now);
  for (size_t i = 0; i < station_.card_count(); ++i) {
    const auto card = InterfaceId{static_cast<uint16_t>(i)};
    if (network_.carrier(id(), card)) continue;
    StackOf(card).SetCarrier(now, OwnNumber(card), false);
  }
  for (const BootProgram& boot : boot_programs_) {
    MakePrograms().Start(now, boot.name, boot.program);
  }
  Settle();
  return true;
}

bool Node::ShutDown() {
  if (!running()) return false;
  Tell(Lifecycle::kShutDown);
  // While they still have a network, on which to close what they have.
  if (programs_ != nullptr) programs_->StopAll(network_.now());
  stack_.ShutDown(network_.now());
  for (const auto& group : groups_) group->stack().ShutDown(network_.now());
  programs_.reset();
  station_.SetPower(false);
  ArmWakeUp();
  return true;
}

bool Node::Crash() {
  if (!running()) return false;
  Tell(Lifecycle::kCrash);
  if (programs_ != nullptr) programs_->Crash(network_.now());
  programs_.reset();
  stack_.Crash(network_.now());
  for (const auto& group : groups_) group->stack().Crash(network_.now());
  station_.SetPower(false);
  ArmWakeUp();
  return true;
}

void Node::Receive(Time now, InterfaceId interface, Packet frame) {
  StackOf(interface).Receive(now, OwnNumber(interface), std::move(frame));
  Settle();
}

void Node::SetCarrier(Time now, InterfaceId interface, bool up) {
  if (!running()) return;
  StackOf(interface).SetCarrier(now, OwnNumber(interface), up);
  Settle();
}

void Node::WakeUp(Time now) {
  stack_.Advance(now);
  for (const auto& group : groups_) group->stack().Advance(now);
  Settle();
}

void Node::AddBootProgram(std::string name, application::Program program) {
  boot_programs_.push_back({std::move(name), std::move(program)});
}

host::Programs& Node::MakePrograms() {
  if (programs_ == nullptr) {
    programs_ = std::make_unique<host::Programs>(
        stack_, static_cast<Observer&>(*this),
        RandomSource(network_.simulation().seed(), station_.name()), settings_);
    for (const auto& group : groups_) {
      programs_->AddGroup(group->name(), group->stack(), group->random(), group->settings());
    }
  }
  return *programs_;
}

host::ProgramId Node::StartProgram(std::string_view name, application::Program program) {
  const host::ProgramId id = MakePrograms().Start(network_.now(), name, std::move(program));
  Settle();
  return id;
}

void Node::StopProgram(host::ProgramId program) {
  if (programs_ == nullptr) return;
  programs_->Stop(network_.now(), program);
  Settle();
}

void Node::StopPrograms(std::string_view name) {
  if (programs_ == nullptr) return;
  programs_->StopAll(network_.now(), name);
  Settle();
}

void Node::Settle() {
  if (programs_ != nullptr) programs_->Run(network_.now());
  ArmWakeUp();
}

void Node::ArmWakeUp() {
  Time deadline = running() ? stack_.deadline() : Time::Never();
  if (running()) {
    for (const auto& group : groups_) deadline = std::min(deadline, group->stack().deadline());
  }
  if (programs_ != nullptr) deadline = std::min(deadline, programs_->deadline());
  station_.SetWakeUp(std::max(deadline, network_.now()));
}

void Node::Tell(Lifecycle what) { observer_.OnLifecycle(network_.now(), id(), what); }

void Node::OnAddress(Time now, const AddressFact& fact) {
  if (programs_ != nullptr) programs_->OnAddressChange();
  observer_.OnAddress(now, id(), fact);
}
void Node::OnNeighbor(Time now, const NeighborFact& fact) { observer_.OnNeighbor(now, id(), fact); }
void Node::OnDefaultRouter(Time now, const DefaultRouterFact& fact) {
  observer_.OnDefaultRouter(now, id(), fact);
}
void Node::OnResolver(Time now, const ResolverFact& fact) { observer_.OnResolver(now, id(), fact); }
void Node::OnPrefix(Time now, const PrefixFact& fact) { observer_.OnPrefix(now, id(), fact); }
void Node::OnRoute(Time now, const RouteFact& fact) { observer_.OnRoute(now, id(), fact); }
void Node::OnEcho(Time now, const EchoFact& fact) {
  if (programs_ != nullptr) programs_->OnEcho(now, fact);
  observer_.OnEcho(now, id(), fact);
}
void Node::OnDrop(Time now, const DropFact& fact) { observer_.OnDrop(now, id(), fact); }
void Node::OnConnection(Time now, const ConnectionFact& fact) {
  observer_.OnConnection(now, id(), fact);
}
void Node::OnRetransmission(Time now, const RetransmissionFact& fact) {
  observer_.OnRetransmission(now, id(), fact);
}
void Node::OnPath(Time now, const PathFact& fact) { observer_.OnPath(now, id(), fact); }
void Node::OnApplication(Time now, const ApplicationFact& fact) {
  observer_.OnApplication(now, id(), fact);
}
void Node::OnLog(Time now, const LogFact& fact) { observer_.OnLog(now, id(), fact); }
void Node::OnQuery(Time now, const QueryFact& fact) { observer_.OnQuery(now, id(), fact); }
void Node::OnLease(Time now, const LeaseFact& fact) { observer_.OnLease(now, id(), fact); }
void Node::OnNameServers(Time) {
  if (programs_ != nullptr) programs_->OnNameServers();
}

}  // namespace dualsim::sim
