// The storm of shared workloads: N hosts and a router on one switch boot at once
// and ping the router, 30 simulated seconds.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>

#include "tests/bench/world.h"

namespace dualsim::sim::bench {
namespace {

class ReplyCounter final : public WorldObserver {
 public:
  void OnEcho(Time, NodeId, const EchoFact& fact) override { replies += fact.reply ? 1 : 0; }
  int64_t replies = 0;
};

void BM_Storm(benchmark::State& state) {
  const auto hosts = static_cast<int>(state.range(0));
  for (auto _ : state) {
    ReplyCounter counter;
    Storm storm(hosts, counter);
    storm.Run(Seconds(30));
    if (counter.replies != hosts) state.SkipWithError("not every host had its answer");
  }
  state.SetItemsProcessed(state.iterations() * hosts);
}
BENCHMARK(BM_Storm)->Arg(10)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

// Bytes of heap per host that booted, had its answer and waits.
void BM_IdleHostMemory(benchmark::State& state) {
  const auto hosts = static_cast<int>(state.range(0));
  double bytes_per_host = 0;
  for (auto _ : state) {
    const size_t before = mallinfo2().uordblks;
    ReplyCounter counter;
    Storm storm(hosts, counter);
    storm.Run(Seconds(30));
    bytes_per_host = static_cast<double>(mallinfo2().uordblks - before) / hosts;
  }
  state.counters["bytes_per_host"] = bytes_per_host;
}
BENCHMARK(BM_IdleHostMemory)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dualsim::sim::bench
