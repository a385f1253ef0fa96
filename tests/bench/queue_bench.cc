// The hold model: a queue that holds N events; each round takes out the first
// and puts in one that is later by a random increment. Items per second are
// rounds. The standard library's binary heap runs in the same process, for
// comparison on the machine at hand.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <queue>
#include <vector>

#include "sim/engine/event.h"
#include "sim/engine/event_queue.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"

namespace dualsim::sim {
namespace {

constexpr uint64_t kSpread = 1'000'000;  // Increments are uniform below 1 ms.
constexpr uint32_t kEntities = 1000;

struct Later {
  bool operator()(const Event& a, const Event& b) const { return b < a; }
};

class BinaryHeap {
 public:
  void Push(const Event& event) { heap_.push(event); }
  bool PopUntil(Time limit, Event& out) {
    if (heap_.empty() || heap_.top().time > limit) return false;
    out = heap_.top();
    heap_.pop();
    return true;
  }

 private:
  std::priority_queue<Event, std::vector<Event>, Later> heap_;
};

// Increments drawn beforehand, so that the generator is not what is measured.
std::vector<Duration> Increments() {
  RandomStream random(1, "queue", "increments");
  std::vector<Duration> increments(1 << 16);
  for (Duration& d : increments) d = Nanoseconds(static_cast<int64_t>(random.Below(kSpread)));
  return increments;
}

template <typename Queue>
void Hold(benchmark::State& state) {
  const std::vector<Duration> increments = Increments();
  size_t draw = 0;
  Queue queue;
  uint64_t count = 0;
  for (int64_t i = 0; i < state.range(0); ++i) {
    Event event;
    event.time = Time() + increments[draw++ & 0xffff];
    event.receiver = EntityId{static_cast<uint32_t>(i % kEntities)};
    event.count = count++;
    queue.Push(event);
  }
  for (auto _ : state) {
    Event event;
    queue.PopUntil(Time::Never(), event);
    event.sender = event.receiver;
    event.time = event.time + increments[draw++ & 0xffff];
    event.count = count++;
    queue.Push(event);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_TEMPLATE(Hold, EventQueue)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(Hold, BinaryHeap)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace dualsim::sim
