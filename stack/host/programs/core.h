#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stack/application/network.h"
#include "stack/application/scheduler.h"
#include "stack/application/scope.h"
#include "stack/dns/resolver.h"
#include "stack/host/programs/direct_network.h"
#include "stack/host/programs/programs.h"
#include "stack/tcp/endpoint.h"

namespace dualsim::host {

class DirectEcho;
class DirectFlow;
class DirectListener;

// What the programs of a node share: their turns, and who waits for what of the
// stack. One more for each further stack of the node, a group's: it has no turns and no
// programs, but stands behind the networks by which programs reach that stack.
class Programs::Core {
 public:
  // `node`: the node's own, of a group's; else nullptr.
  Core(Stack& stack, Observer& observer, const RandomSource& random, application::Settings settings,
       Core* node);
  ~Core();

  Time now() const { return scheduler.now(); }
  // nullptr while the node is off.
  tcp::Endpoint* tcp() { return running_on() ? stack.tcp(now()) : nullptr; }
  // Whether there is a stack to call: the node is on, and not about to be taken apart.
  bool running_on() const { return !abandoned && stack.running(); }

  void Run(Time now);
  // Nothing more is asked of any stack.
  void Abandon();
  // Of this one and of the groups.
  template <typename Use>
  void ForEach(Use use) {
    use(*this);
    for (Group& group : groups) use(*group.core);
  }

  // Flows and listeners hear of their events while they are known here.
  void Know(tcp::ConnectionId id, DirectFlow& flow);
  void Forget(tcp::ConnectionId id);
  void Know(tcp::ListenerId id, DirectListener& listener) { listeners[id] = &listener; }
  void Forget(tcp::ListenerId id) { listeners.erase(id); }

  struct Running {
    Running(Core& core, ProgramId id, std::string name, RandomStream random,
            application::Program program);
    ProgramId id;
    application::Program program;  // Its coroutines may refer to it.
    DirectNetwork network;
    application::Scope scope;
  };

  Stack& stack;
  Observer& observer;
  RandomSource random;
  application::Settings settings;
  application::Scheduler own_scheduler;  // Of no use to a group.
  application::Scheduler& scheduler;
  application::WaitList configuration_changed;
  bool configuration_is_new = false;
  std::vector<DirectFlow*> flows;  // By the slots of the endpoint's connections.
  std::map<tcp::ListenerId, DirectListener*> listeners;
  std::vector<DirectFlow*> awaiting_source;  // In the order of their attempts.
  // Those of echo requests are the node's, whichever stack sends them.
  struct Echoes {
    std::map<uint16_t, DirectEcho*> waiting;  // By their identifiers.
    uint16_t next = 0;
  };
  Echoes own_echoes;
  Echoes& echoes;
  struct Group {
    std::string name;
    std::unique_ptr<Core> core;
  };
  std::vector<Group> groups;
  // Of all programs; made when one asks for it. Their ends come first.
  struct SharedResolver {
    explicit SharedResolver(Core& core);
    DirectNetwork network;
    dns::Resolver resolver;
  };
  std::unique_ptr<SharedResolver> resolver;
  std::vector<std::unique_ptr<Running>> running;  // In the order of their start.
  std::map<std::string, uint32_t, std::less<>> started;
  uint32_t next_id = 0;
  bool in_run = false;
  bool abandoned = false;

 private:
  bool TakeEvents();
};

// What the interface says for what the stack says.
application::Error ErrorOf(tcp::Error error);
application::Error ErrorOf(tcp::Refusal refusal);
application::Error ErrorOf(DropReason reason);
// Why one can't send to the address at all.
std::optional<application::Error> CheckDestination(const Stack& stack, const IpAddress& address,
                                                   Port port);

}  // namespace dualsim::host
