#pragma once

#include <optional>
#include <vector>

#include "stack/os/event_loop.h"
#include "stack/os/sockets/socket.h"
#include "stack/wire/ip_address.h"

namespace dualsim::os {

// An address that the machine has.
struct MachineAddress {
  IpAddress address;
  int prefix_length = 0;
  int interface = 0;       // The machine's index.
  bool tentative = false;  // Not verified to be unique yet.
  bool deprecated = false;
};

// The addresses of the machine, in the order in which the kernel tells them, and
// when they change: rtnetlink.
class MachineAddresses final : private EventHandler {
 public:
  // Where the kernel tells nothing there are none. `loop` outlives it.
  explicit MachineAddresses(EventLoop& loop);
  ~MachineAddresses() override;

  const std::vector<MachineAddress>& all() const { return all_; }
  // Looks again where something changed since the last call; whether it did.
  bool Refresh();

 private:
  void OnReady(bool readable, bool writable) override;

  EventLoop& loop_;
  Socket news_;
  bool stale_ = false;
  std::vector<MachineAddress> all_;
};

}  // namespace dualsim::os
