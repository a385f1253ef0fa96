#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/net/network.h"
#include "sim/net/receiver.h"
#include "sim/net/station.h"
#include "sim/net/world_observer.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/config.h"
#include "stack/host/programs/programs.h"
#include "stack/host/stack.h"

namespace dualsim::sim {

class GroupStack;

// A stack on a station: gives it frames and the time, keeps the station's one
// wake-up at the stack's deadline, and passes its facts on with the node's id.
// The stack is off at first.
//
// Boot arguments may give a node further stacks, a group each: they have a card each,
// live and end with the node, and programs reach them by Network::group().
class Node final : public Receiver, private Observer {
 public:
  // The station's cards and config.interfaces, with those of groups behind them, agree
  // in number and addresses. `network` outlives the node; from then on it takes no more
  // events.
  Node(Network& network, NodeId id, host::StackConfig config);
  ~Node() override;
  // The stack of a group, on the next card; to be said before the first boot.
  void AddGroup(std::string name, host::StackConfig config, application::Settings settings);

  NodeId id() const { return station_.id(); }
  bool running() const { return stack_.running(); }

  // Told to the observer. Booting a node that runs, or ending one that doesn't,
  // changes nothing and is told to nobody. False: that was the case.
  bool Boot();
  bool ShutDown();
  bool Crash();

  // A program that begins with each boot; to be said before the first.
  void AddBootProgram(std::string name, application::Program program);
  // What its programs are told of the node's boot arguments; likewise.
  void SetSettings(application::Settings settings) { settings_ = std::move(settings); }
  // Requires running(). A program ends with the node.
  host::ProgramId StartProgram(std::string_view name, application::Program program);
  void StopProgram(host::ProgramId program);
  void StopPrograms(std::string_view name);  // All of that name.
  // nullptr while the node has run none since it booted.
  const host::Programs* programs() const { return programs_.get(); }

  // Calls `use(stack, now)` and returns what it returns. Everything that is
  // asked of the stack from outside goes this way, because it may move the
  // stack's deadline.
  template <typename Use>
  auto WithStack(Use use) {
    if constexpr (std::is_void_v<decltype(use(stack_, Time()))>) {
      use(stack_, network_.now());
      Settle();
    } else {
      auto result = use(stack_, network_.now());
      Settle();
      return result;
    }
  }
  const host::Stack& stack() const { return stack_; }
  // Likewise of the stack that has a card, whose own number for it is told too.
  template <typename Use>
  auto WithStackOf(InterfaceId card, Use use) {
    auto result = use(StackOf(card), network_.now(), OwnNumber(card));
    Settle();
    return result;
  }

  // Receiver.
  void Receive(Time now, InterfaceId interface, Packet frame) override;
  void SetCarrier(Time now, InterfaceId interface, bool up) override;
  void WakeUp(Time now) override;

 private:
  // After every call of the stack: programs go on, and the next wake-up is set.
  void Settle();
  void ArmWakeUp();
  host::Programs& MakePrograms();
  GroupStack* GroupOf(InterfaceId card) const;  // nullptr: the node's own stack has it.
  host::Stack& StackOf(InterfaceId card);
  InterfaceId OwnNumber(InterfaceId card) const;
  void Tell(Lifecycle what);

  void OnAddress(Time now, const AddressFact& fact) override;
  void OnNeighbor(Time now, const NeighborFact& fact) override;
  void OnDefaultRouter(Time now, const DefaultRouterFact& fact) override;
  void OnResolver(Time now, const ResolverFact& fact) override;
  void OnPrefix(Time now, const PrefixFact& fact) override;
  void OnRoute(Time now, const RouteFact& fact) override;
  void OnEcho(Time now, const EchoFact& fact) override;
  void OnDrop(Time now, const DropFact& fact) override;
  void OnConnection(Time now, const ConnectionFact& fact) override;
  void OnRetransmission(Time now, const RetransmissionFact& fact) override;
  void OnPath(Time now, const PathFact& fact) override;
  void OnApplication(Time now, const ApplicationFact& fact) override;
  void OnLog(Time now, const LogFact& fact) override;
  void OnQuery(Time now, const QueryFact& fact) override;
  void OnLease(Time now, const LeaseFact& fact) override;
  void OnNameServers(Time now) override;

  Network& network_;
  Station& station_;
  WorldObserver& observer_;
  struct BootProgram {
    std::string name;
    application::Program program;
  };

  const size_t first_group_card_;
  host::Stack stack_;
  std::vector<std::unique_ptr<GroupStack>> groups_;  // By their cards.
  application::Settings settings_;
  std::vector<BootProgram> boot_programs_;
  // Made when the first program starts: most nodes of a large network run none.
  std::unique_ptr<host::Programs> programs_;
};

}  // namespace dualsim::sim
