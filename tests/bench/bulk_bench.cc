// The bulk transfer of shared workloads: a gigabyte by TCP over one router, 1 Gbit/s
// links of 5 ms each, 3 MB buffers, CUBIC, real payload and verified checksums. Bytes per
// second are of processor time; beside it, in the same run, what it takes to copy and
// checksum the same bytes in segments as often as such a transfer has to: once into the
// sender's buffer, then written into a frame, verified, and read out.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "stack/application/registry.h"
#include "stack/base/checksum.h"
#include "tests/sim/programs/routed_hosts.h"

namespace dualsim::sim::bench {
namespace {

constexpr uint32_t kBuffer = 3'000'000;

application::Program Program(std::string_view name, const std::string& arguments) {
  auto made = application::Registry::Make(name, arguments);
  return std::get<application::Program>(std::move(made));
}

void Transfer(benchmark::State& state, const char* server) {
  const auto bytes = static_cast<uint64_t>(state.range(0));
  tcp::EndpointConfig tcp;
  tcp.connection.receive_buffer = kBuffer;
  tcp.connection.send_buffer = kBuffer;
  const LinkParameters link{
      .delay = Milliseconds(5), .bandwidth = 1'000'000'000, .queue_bytes = kBuffer};
  for (auto _ : state) {
    RoutedHosts world(1, link, tcp, {}, true);
    world.Boot();
    world.node(RoutedHosts::kB).StartProgram("server", Program("bulk-server", "--hash=false"));
    world.node(RoutedHosts::kA)
        .StartProgram("client", Program("bulk", "--hash=false --to=" + std::string(server) +
                                                    " --bytes=" + std::to_string(bytes)));
    world.RunFor(Seconds(120));
    if (!world.log.Has("all received")) state.SkipWithError("the transfer did not end");
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}

void BM_BulkIpv6(benchmark::State& state) { Transfer(state, "2001:db8:b::2"); }
void BM_BulkIpv4(benchmark::State& state) { Transfer(state, "192.0.2.130"); }
BENCHMARK(BM_BulkIpv6)->Arg(100'000'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_BulkIpv4)->Arg(100'000'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

void BM_CopyAndChecksum(benchmark::State& state) {
  constexpr size_t kSegment = 1428;
  std::vector<uint8_t> source(kBuffer), frame(kSegment), sink(kBuffer);
  const auto bytes = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    for (size_t done = 0; done < bytes; done += kSegment) {
      const size_t offset = done % (kBuffer - kSegment);
      std::memcpy(frame.data(), source.data() + offset, kSegment);
      benchmark::DoNotOptimize(InternetChecksum().Add(frame).Value());
      benchmark::DoNotOptimize(InternetChecksum().Add(frame).Value());
      std::memcpy(sink.data() + offset, frame.data(), kSegment);
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}
BENCHMARK(BM_CopyAndChecksum)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dualsim::sim::bench
