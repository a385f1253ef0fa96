#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "stack/application/registry.h"
#include "stack/application/settings.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/os/event_loop.h"
#include "stack/os/sockets/sockets_config.h"

namespace dualsim::os {

// Programs of one host over the machine's sockets: the second implementation of
// application::Network, one for each program. The first, over our own stack, is
// host::Programs, and what a program sees is the same; docs/parity.md lists what
// can't be.
//
// One thread: programs run within Run() alone.
class Programs {
 public:
  // All outlive the programs. The observer is told of logs, of queries, and of
  // programs that begin and end.
  Programs(SocketsConfig config, EventLoop& loop, Observer& observer, const RandomSource& random,
           application::Settings settings);
  ~Programs();
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;

  // It begins with the next Run(). `name` stands in its log lines, and with how
  // many of that name came before it decides its random numbers.
  void Start(std::string_view name, application::Program program);
  // Cancels all where they wait, the newest first: what they had is closed.
  void StopAll();
  size_t count() const;

  // Lets programs run until all wait, or have had their share; then waits, until `until`
  // at most, for what they wait for, unless one has ended. Owners call it again and again.
  void Run(Time until);

  // What went through the sockets so far.
  struct Counters {
    uint64_t connections = 0;  // TCP's that came up.
    uint64_t failed = 0;       // Attempts, and connections that ended with an error.
    uint64_t bytes_read = 0;   // Of TCP.
    uint64_t bytes_written = 0;
    uint64_t datagrams_received = 0;
    uint64_t datagrams_sent = 0;
  };
  const Counters& counters() const;

  // What its parts share; theirs alone.
  class Core;

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace dualsim::os
