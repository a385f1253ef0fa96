// The chain of shared workloads: a million echo requests of 512 bytes, 10 us
// apart, over eight routers. Items per second are packet-hops: nine per packet.

#include <benchmark/benchmark.h>

#include <cstdint>

#include "tests/bench/world.h"

namespace dualsim::sim::bench {
namespace {

// Counts what arrives on the last link, so that a run that loses packets shows.
class HopCounter final : public WorldObserver {
 public:
  void OnFrame(Time, const FrameEvent&) override { ++frames; }
  uint64_t frames = 0;
};

void BM_Chain(benchmark::State& state) {
  const auto packets = static_cast<uint64_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    HopCounter counter;
    Chain chain(counter);
    const uint64_t before = counter.frames;
    state.ResumeTiming();
    for (uint64_t i = 0; i < packets; ++i) {
      chain.Send(512);
      chain.world.RunUntil(chain.world.network.now() + Microseconds(10));
    }
    chain.world.RunUntil(chain.world.network.now() + Seconds(1));
    state.PauseTiming();
    if (counter.frames - before < packets * (kChainRouters + 1)) {
      state.SkipWithError("packets were lost on the way");
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * packets * (kChainRouters + 1)));
}
BENCHMARK(BM_Chain)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dualsim::sim::bench
