#include "stack/host/programs/core.h"

#include <utility>

#include "stack/host/programs/direct_tcp.h"

namespace dualsim::host {

using application::Error;

Programs::Core::Core(Stack& stack, Observer& observer, const RandomSource& random,
                     application::Settings settings, Core* node)
    : stack(stack),
      observer(observer),
      random(random),
      settings(std::move(settings)),
      scheduler(node != nullptr ? node->scheduler : own_scheduler),
      echoes(node != nullptr ? node->echoes : own_echoes) {}

Programs::Core::~Core() = default;

Programs::Core::SharedResolver::SharedResolver(Core& core)
    : network(core, "resolver", core.random.Stream("resolver")),
      resolver(network, dns::ResolverConfig::From(core.settings)) {}

Programs::Core::Running::Running(Core& core, ProgramId id, std::string name, RandomStream random,
                                 application::Program program)
    : id(id),
      program(std::move(program)),
      network(core, std::move(name), random),
      scope(core.scheduler) {}

void Programs::Core::Know(tcp::ConnectionId id, DirectFlow& flow) {
  if (flows.size() <= id.slot) flows.resize(id.slot + 1);
  flows[id.slot] = &flow;
}

void Programs::Core::Forget(tcp::ConnectionId id) { flows[id.slot] = nullptr; }

bool Programs::Core::TakeEvents() {
  tcp::Endpoint* const endpoint = running_on() ? stack.existing_tcp() : nullptr;
  if (endpoint == nullptr) return false;
  bool any = false;
  while (const auto event = endpoint->TakeEvent()) {
    any = true;
    if (event->acceptable) {
      const auto found = listeners.find(*event->acceptable);
      if (found != listeners.end()) found->second->OnAcceptable();
      continue;
    }
    const uint32_t slot = event->connection.slot;
    if (slot < flows.size() && flows[slot] != nullptr) flows[slot]->OnEvents(event->events);
  }
  return any;
}

void Programs::Core::Run(Time now) {
  if (in_run) return;
  in_run = true;
  scheduler.SetNow(now);
  if (std::exchange(configuration_is_new, false)) {
    ForEach([](Core& core) {
      core.configuration_changed.WakeAll(core.scheduler);
      for (DirectFlow* flow : core.awaiting_source) flow->OnConfigurationChange();
    });
  }
  const auto take_events = [this] {
    bool any = false;
    ForEach([&any](Core& core) { any = core.TakeEvents() || any; });
    return any;
  };
  do {
    take_events();
    scheduler.Run(now);
    // A call of theirs may have made events for others, or for themselves.
  } while (take_events() || !scheduler.idle());
  in_run = false;
}

void Programs::Core::Abandon() {
  ForEach([](Core& core) { core.abandoned = true; });
}

Error ErrorOf(tcp::Error error) {
  switch (error) {
    case tcp::Error::kTimeout:
      return Error::kTimeout;
    case tcp::Error::kRefused:
      return Error::kRefused;
    case tcp::Error::kReset:
      return Error::kReset;
    case tcp::Error::kUnreachable:
      return Error::kUnreachable;
    case tcp::Error::kAborted:
      return Error::kAborted;
    case tcp::Error::kClosed:
      break;
  }
  return Error::kClosed;
}

Error ErrorOf(tcp::Refusal refusal) {
  switch (refusal) {
    case tcp::Refusal::kPortInUse:
      return Error::kPortInUse;
    case tcp::Refusal::kNoPortLeft:
      return Error::kNoPortLeft;
    case tcp::Refusal::kConnectionLimit:
      return Error::kLimitReached;
    case tcp::Refusal::kBadAddress:
      break;
  }
  return Error::kBadAddress;
}

Error ErrorOf(DropReason reason) {
  switch (reason) {
    case DropReason::NO_ROUTE:
    case DropReason::IPV4_NOT_CONFIGURED:
      return Error::kNoRoute;
    case DropReason::NO_SOURCE_ADDRESS:
      return Error::kNoSourceAddress;
    case DropReason::PACKET_TOO_BIG:
      return Error::kTooLarge;
    case DropReason::INTERFACE_DOWN:
      return Error::kHostDown;
    default:
      return Error::kUnreachable;
  }
}

std::optional<Error> CheckDestination(const Stack& stack, const IpAddress& address, Port port) {
  if (address.is_unspecified() || port == Port::kAny) return Error::kBadAddress;
  if (!stack.runs(address.family())) return Error::kFamilyDisabled;
  return std::nullopt;
}

}  // namespace dualsim::host
