// What recording costs per frame:
//   bazel run -c opt //tests/bench:record_bench
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "sim/record/capture_recorder.h"
#include "sim/record/database_recorder.h"
#include "sim/record/trace_digest.h"
#include "sim/record/trace_file.h"
#include "tests/sim/record/events.h"

namespace dualsim::sim {
namespace {

// Echo requests of 574 bytes: the chain's workload.
std::vector<uint8_t> ChainFrame() {
  std::vector<uint8_t> frame = ClaimFrame(128, Address("2001:db8::1"), Address("2001:db8::2"));
  frame.resize(574);
  frame[18] = static_cast<uint8_t>((574 - 54) >> 8);
  frame[19] = static_cast<uint8_t>((574 - 54) & 0xff);
  return frame;
}

void Capture(benchmark::State& state) {
  const WorldNames names = SmallWorld();
  FrameNotes notes(names);
  // Into memory's own bin: the disk is not what is measured.
  CaptureRecorder recorder("/dev/null", names, notes);
  const auto frame = ChainFrame();
  const FrameEvent event = EventOf(frame, kLan, kA);
  Time now;
  for (auto _ : state) recorder.OnFrame(now = now + Microseconds(10), event);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Capture);

void Trace(benchmark::State& state) {
  const WorldNames names = SmallWorld();
  FrameNotes notes(names);
  TraceFile file("/dev/null", "bench", 1);
  TraceDigest digest;
  TraceText text(names, notes, {state.range(0) == 0 ? static_cast<LineSink*>(&file) : &digest});
  const auto frame = ChainFrame();
  const FrameEvent event = EventOf(frame, kLan, kA);
  Time now;
  for (auto _ : state) text.OnFrame(now = now + Microseconds(10), event);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Trace)->Arg(0)->Arg(1)->ArgName("digest");

void Database(benchmark::State& state) {
  const WorldNames names = SmallWorld();
  FrameNotes notes(names);
  const char* folder = std::getenv("TMPDIR");
  DatabaseRecorder recorder(std::string(folder != nullptr ? folder : "/tmp") + "/bench.db", names,
                            notes, true);
  const auto frame = ChainFrame();
  const FrameEvent event = EventOf(frame, kLan, kA);
  Time now;
  for (auto _ : state) recorder.OnFrame(now = now + Microseconds(10), event);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Database);

}  // namespace
}  // namespace dualsim::sim
