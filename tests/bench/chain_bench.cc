// The chain of shared workloads: a million echo requests of 512 bytes, 10 us
// apart, over eight routers. Items per second are packet-hops: nine per packet.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sim/record/capture_recorder.h"
#include "sim/record/frame_notes.h"
#include "sim/record/world_names.h"
#include "tests/bench/world.h"

namespace dualsim::sim::bench {
namespace {

// Counts what arrives on the last link, so that a run that loses packets shows.
class HopCounter final : public WorldObserver {
 public:
  void OnFrame(Time, const FrameEvent&) override { ++frames; }
  uint64_t frames = 0;
};

// Sends `packets` of them and lets the last one arrive.
void SendAll(Chain& chain, uint64_t packets) {
  for (uint64_t i = 0; i < packets; ++i) {
    chain.Send(512);
    chain.world.RunUntil(chain.world.network.now() + Microseconds(10));
  }
  chain.world.RunUntil(chain.world.network.now() + Seconds(1));
}

void SetHops(benchmark::State& state, uint64_t packets) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * packets * (kChainRouters + 1)));
}

void BM_Chain(benchmark::State& state) {
  const auto packets = static_cast<uint64_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    HopCounter counter;
    Chain chain(counter);
    const uint64_t before = counter.frames;
    state.ResumeTiming();
    SendAll(chain, packets);
    state.PauseTiming();
    if (counter.frames - before < packets * (kChainRouters + 1)) {
      state.SkipWithError("packets were lost on the way");
    }
    state.ResumeTiming();
  }
  SetHops(state, packets);
}
BENCHMARK(BM_Chain)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// The same with a full capture of every link, written to a file.
void BM_ChainCaptured(benchmark::State& state) {
  const auto packets = static_cast<uint64_t>(state.range(0));
  const char* folder = std::getenv("TMPDIR");
  const std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/chain_bench.pcapng";
  WorldNames names;
  for (int i = 0; i <= kChainRouters; ++i) names.links.push_back("link" + std::to_string(i));
  for (auto _ : state) {
    state.PauseTiming();
    FrameNotes notes(names);
    CaptureRecorder capture(path, names, notes);
    Chain chain(capture);
    state.ResumeTiming();
    SendAll(chain, packets);
    capture.Commit();
  }
  std::remove(path.c_str());
  SetHops(state, packets);
}
BENCHMARK(BM_ChainCaptured)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dualsim::sim::bench
