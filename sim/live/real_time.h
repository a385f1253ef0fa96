#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/runner.h"
#include "stack/base/time.h"
#include "stack/os/event_loop.h"
#include "stack/os/tap_device.h"

namespace dualsim::sim {

class TapPort;

// A tap device, and the node of the plan (NodePlan::outside) that stands for it.
struct TapAttachment {
  NodeId node{};
  os::TapDevice* tap = nullptr;
};

struct RealTimeOptions {
  std::vector<TapAttachment> taps;
  // Whether the run is to end; asked after each wait.
  std::function<bool()> interrupted;
  // Called before each wait: what was written so far may be looked at.
  std::function<void()> idle;
};

// Lets the time of a world pass as the machine's does, and carries frames between
// its links and tap devices. Where the world needs more time than there is, it
// lags, and says so with OnAction(), once a second.
class RealTime final : public Pace {
 public:
  // What `options` names outlives it. Throws std::system_error.
  explicit RealTime(RealTimeOptions options);
  ~RealTime() override;

  // What the clock shows when the world begins, since 1970.
  Duration epoch() const { return epoch_; }
  // Why the run ended early: the tap that is gone; "" where none is.
  const std::string& failure() const { return failure_; }
  // How far behind the clock the world was at most.
  Duration most_behind() const { return most_behind_; }
  // Frames that the kernel didn't take, of all taps.
  uint64_t refused() const;

  // Pace.
  void Begin(World& world) override;
  bool RunBefore(World& world, Time time) override;
  void End(World& world) override;

 private:
  void Step(World& world, Time time);
  void HandleTaps(World& world, Time time);
  void Watch(World& world, Time clock);

  RealTimeOptions options_;
  os::EventLoop loop_;
  Duration epoch_;
  std::vector<std::unique_ptr<TapPort>> ports_;
  std::string failure_;
  Duration most_behind_;
  Duration behind_;  // The most since it was last told.
  Time tell_at_;
};

}  // namespace dualsim::sim
