#include "sim/live/real_time.h"

#include <time.h>

#include <algorithm>
#include <utility>

#include "sim/live/tap_port.h"
#include "sim/net/network.h"
#include "sim/net/node.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/units.h"
#include "sim/scenario/world.h"

namespace dualsim::sim {
namespace {

// How much of its time a world that lags gets through before devices are looked at.
constexpr Duration kSlice = Milliseconds(10);
// Frames of a tap's before the world goes on.
constexpr int kFramesAtOnce = 64;
// A lag that people notice; a machine's own hiccups are shorter.
constexpr Duration kNotable = Milliseconds(100);
constexpr Duration kTellEvery = Seconds(1);

// How far the world may go before devices are looked at: what is quiet costs nothing.
Time Reachable(const Simulation& simulation) {
  return std::max(simulation.now(), simulation.next()) + kSlice;
}

Duration SinceEpoch() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return Seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

}  // namespace

RealTime::RealTime(RealTimeOptions options)
    : options_(std::move(options)), epoch_(SinceEpoch() - (loop_.now() - Time())) {}

RealTime::~RealTime() = default;

uint64_t RealTime::refused() const {
  uint64_t all = 0;
  for (const auto& port : ports_) all += port->refused();
  return all;
}

void RealTime::Begin(World& world) {
  for (const TapAttachment& attachment : options_.taps) {
    Network& network = world.network();
    TapPort& port = *ports_.emplace_back(std::make_unique<TapPort>(
        *attachment.tap, network.station(attachment.node), network.packets()));
    loop_.Add(attachment.tap->file_descriptor(), os::Trigger::kReadable, port);
  }
}

bool RealTime::RunBefore(World& world, Time time) {
  Simulation& simulation = world.simulation();
  try {
    while (simulation.now() < time) {
      Step(world, time);
      if (options_.interrupted()) return false;
    }
  } catch (const os::TapError& error) {
    failure_ = error.what();
    return false;
  }
  return true;
}

void RealTime::Step(World& world, Time time) {
  Simulation& simulation = world.simulation();
  const Time clock = loop_.now();
  Watch(world, clock);
  const Time target = std::min({clock, Reachable(simulation), time});
  if (target == time) {
    simulation.RunBefore(time);
    return;
  }
  if (target > simulation.now()) simulation.RunUntil(target);
  HandleTaps(world, time);
  const bool ready =
      std::any_of(ports_.begin(), ports_.end(), [](const auto& port) { return port->ready(); });
  if (ready || simulation.now() < clock) {
    loop_.Wait(Time());
    return;
  }
  const Time next = std::min(simulation.next(), time);
  if (next > loop_.now()) options_.idle();
  loop_.Wait(next);
}

// What came in meanwhile arrives now: the world's time is brought up to the clock
// first, as far as it can be.
void RealTime::HandleTaps(World& world, Time time) {
  Simulation& simulation = world.simulation();
  for (const auto& port : ports_) {
    if (!port->ready()) continue;
    const Time now = std::min({loop_.now(), Reachable(simulation), time - Nanoseconds(1)});
    if (now > simulation.now()) simulation.RunUntil(now);
    port->Transmit(kFramesAtOnce);
    simulation.RunUntil(simulation.now());
  }
}

void RealTime::Watch(World& world, Time clock) {
  Simulation& simulation = world.simulation();
  const Time next = simulation.next();
  const Duration behind = next < clock ? clock - next : Duration();
  behind_ = std::max(behind_, behind);
  most_behind_ = std::max(most_behind_, behind);
  if (clock < tell_at_) return;
  if (behind_ >= kNotable) {
    const Duration shown = Milliseconds(behind_.nanoseconds() / 1'000'000);
    world.network().observer().OnAction(simulation.now(),
                                        "behind the clock by " + DurationText(shown));
  }
  behind_ = Duration();
  tell_at_ = clock + kTellEvery;
}

void RealTime::End(World& world) {
  Simulation& simulation = world.simulation();
  for (size_t i = 0; i < world.network().node_count(); ++i) {
    Node* const node = world.FindNode(NodeId{static_cast<uint32_t>(i)});
    if (node != nullptr) node->ShutDown();
  }
  simulation.RunUntil(simulation.now());
  for (const TapAttachment& attachment : options_.taps) {
    loop_.Remove(attachment.tap->file_descriptor());
  }
  options_.idle();
}

}  // namespace dualsim::sim
