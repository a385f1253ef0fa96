#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "stack/tcp/config.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/port.h"

namespace dualsim::tcp {

// Names a connection of an endpoint: a slot, and which of the connections that
// have been in it. One that is gone is never taken for another.
struct ConnectionId {
  uint32_t slot = 0;
  uint32_t generation = 0;
  friend bool operator==(const ConnectionId&, const ConnectionId&) = default;
};

enum class ListenerId : uint32_t {};

struct ListenOptions {
  std::optional<IpAddress> address{};  // None: every address,
  std::optional<IpFamily> family{};    // of this family, or of both.
  Port port{};
  int backlog = 128;        // Connections that wait to be accepted.
  int max_half_open = 256;  // Handshakes under way; beyond them come SYN cookies.
  bool syn_cookies = true;  // Otherwise SYNs beyond are dropped.
  // A connection is to be accepted once data came on it, or it ended, or so long after the
  // handshake; it counts as half open until then.
  std::optional<Duration> defer_accept{};
  ConnectionOptions connection{};
};

// A port on which connections are taken: the LISTEN state of RFC 9293.
struct Listener {
  ListenerId id{};
  ListenOptions options;
  int half_open = 0;
  std::deque<ConnectionId> waiting;  // To be accepted, oldest first.

  bool backlog_full() const { return waiting.size() >= static_cast<size_t>(options.backlog); }
};

// The listeners of an endpoint; they are few.
class ListenerTable {
 public:
  // nullopt: the port is taken, for this address or for all.
  std::optional<ListenerId> Add(const ListenOptions& options);
  void Remove(ListenerId id);

  Listener* Find(ListenerId id);
  const Listener* Find(ListenerId id) const;
  // Who listens for this destination: for the address itself before all addresses.
  Listener* Match(const IpAddress& address, Port port);
  bool HasPort(Port port) const;
  size_t size() const { return listeners_.size(); }

 private:
  std::vector<Listener> listeners_;
  uint32_t next_id_ = 1;
};

}  // namespace dualsim::tcp
