#pragma once

#include <cstdint>

#include "sim/net/receiver.h"
#include "sim/net/station.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/os/event_loop.h"
#include "stack/os/tap_device.h"

namespace dualsim::sim {

// A tap device as a station's one card: what the kernel sends goes to the link,
// and what the link carries to the card goes to the kernel.
class TapPort final : public Receiver, public os::EventHandler {
 public:
  // All outlive the port.
  TapPort(os::TapDevice& tap, Station& station, PacketPool& packets);

  // Whether the kernel may have frames.
  bool ready() const { return ready_; }
  // Sends up to `limit` of the kernel's frames to the link, at its time. Throws
  // os::TapError.
  void Transmit(int limit);
  // Frames that the kernel didn't take.
  uint64_t refused() const { return refused_; }

  // Receiver.
  void Receive(Time now, InterfaceId interface, Packet frame) override;
  // os::EventHandler.
  void OnReady(bool readable, bool writable) override;

 private:
  os::TapDevice& tap_;
  Station& station_;
  PacketPool& packets_;
  bool ready_ = false;
  uint64_t refused_ = 0;
};

}  // namespace dualsim::sim
