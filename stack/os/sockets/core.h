#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stack/application/network.h"
#include "stack/application/scheduler.h"
#include "stack/application/scope.h"
#include "stack/dns/resolver.h"
#include "stack/os/event_loop.h"
#include "stack/os/sockets/machine_addresses.h"
#include "stack/os/sockets/programs.h"
#include "stack/os/sockets/socket.h"
#include "stack/os/sockets/socket_network.h"
#include "stack/os/sockets/system_address.h"

namespace dualsim::os {

class SocketFlow;
class SocketListener;
class SocketUdp;

// Room for what was received and not taken yet, handed from flow to flow: one that
// waits has none.
class BufferPool {
 public:
  static constexpr size_t kSize = size_t{64} << 10;
  using Buffer = std::unique_ptr<uint8_t[]>;

  Buffer Take();
  void Give(Buffer buffer);

 private:
  static constexpr size_t kKept = 64;
  std::vector<Buffer> free_;
};

// What the programs of a host share.
class Programs::Core {
 public:
  Core(SocketsConfig config, EventLoop& loop, Observer& observer, const RandomSource& random,
       application::Settings settings);
  ~Core();

  Time now() const { return scheduler.now(); }
  // Programs run until all wait, or this turn's share is used up.
  void Run();

  // Why one can't send to the address at all.
  std::optional<application::Error> CheckDestination(const IpAddress& address, Port port) const;
  // Whether a program may say that it has the address.
  bool HasAddress(const IpAddress& address) const;
  std::vector<application::ConfiguredAddress> addresses() const;
  bool HasTentativeAddress(IpFamily family) const;

  // The machine's index of an interface that a program names, or 0.
  int IndexOf(std::optional<InterfaceId> interface) const;
  InterfaceId IdOf(int index) const;
  // The link of a link-local address or a group: that which is named, or the only one;
  // 0 where there is a choice, or no need.
  int LinkOf(const IpAddress& address, std::optional<InterfaceId> interface) const;
  // What a program is told of it.
  std::optional<InterfaceId> ToldLink(const IpAddress& address, int index) const;
  SystemAddress ToSystem(const application::SocketAddress& address) const {
    return {address.address, address.port, LinkOf(address.address, address.interface)};
  }
  application::SocketAddress FromSystem(const SystemAddress& address) const;

  // A socket of UDP whose route to the destination the kernel has looked up.
  application::Result<Socket> RouteTo(const IpAddress& destination,
                                      std::optional<InterfaceId> interface) const;
  application::Result<IpAddress> SourceFor(const IpAddress& destination,
                                           std::optional<InterfaceId> interface) const;

  // Whether one more call that may succeed again and again is in this turn's share:
  // no flow keeps others, signals and timers waiting. Otherwise the asker awaits
  // next_turn.
  bool SpendCall() { return calls_left_ > 0 && calls_left_-- > 0; }
  application::WaitList next_turn;

  // A file was closed: who lacked one may try again.
  void OnFileFreed();

  struct Running {
    Running(Core& core, std::string name, RandomStream random, application::Program program);
    application::Program program;  // Its coroutines may refer to it.
    SocketNetwork network;
    application::Scope scope;
  };
  // Of all programs; made when one asks for it. Their ends come first.
  struct SharedResolver {
    explicit SharedResolver(Core& core);
    SocketNetwork network;
    dns::Resolver resolver;
  };

  const SocketsConfig config;
  EventLoop& loop;
  Observer& observer;
  RandomSource random;
  application::Settings settings;
  application::Scheduler scheduler;
  application::WaitList configuration_changed;
  MachineAddresses machine;
  BufferPool buffers;
  Counters counters;
  std::vector<SocketFlow*> awaiting_source;  // In the order of their attempts.
  std::set<SocketListener*> awaiting_files;  // Woken all at once.
  std::map<Port, SocketUdp*> udp_ports;
  std::multiset<IpAddress> groups;  // That programs joined.
  std::set<uint16_t> echoes;        // Identifiers in use.
  uint16_t next_echo = 0;
  std::unique_ptr<SharedResolver> resolver;
  std::vector<std::unique_ptr<Running>> running;  // In the order of their start.
  std::map<std::string, uint32_t, std::less<>> started;

 private:
  static constexpr int kCallsPerTurn = 256;

  int calls_left_ = kCallsPerTurn;
  mutable std::vector<int> interfaces_;  // The machine's indices, by InterfaceId.
};

}  // namespace dualsim::os
