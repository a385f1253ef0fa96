// Bulk transfer: a client sends bytes whose content both ends can check, the server
// answers with how many came and with their SHA-256, and the client reports.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stack/application/registry.h"
#include "stack/apps/serve.h"
#include "stack/apps/sha256.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::ReadResult;
using application::Task;
using application::TcpFlow;

constexpr Port kDefaultPort{5001};
constexpr size_t kChunk = size_t{64} << 10;
// What the server answers: the count of bytes, then their digest (zeros where it
// was told not to make one).
constexpr size_t kAnswer = 8 + 32;

struct ClientOptions {
  application::SocketAddress to;
  uint64_t bytes = 0;
  uint64_t seed = 1;
  bool hash = true;
  Duration delay;
  std::optional<Duration> timeout;
};

// The content from `offset` on: words of a counter, mixed (SplitMix64's mixer).
void Fill(MutableByteView out, uint64_t seed, uint64_t offset) {
  for (size_t i = 0; i + 8 <= out.size(); i += 8) {
    uint64_t z = seed + (offset + i) / 8 * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    StoreBig64(out.data() + i, z ^ (z >> 31));
  }
}

// "12.345": thousandths of `unit`.
std::string Decimal(uint64_t value, uint64_t unit) {
  const uint64_t thousandths =
      static_cast<uint64_t>(static_cast<unsigned __int128>(value) * 1000 / unit);
  std::string fraction = std::to_string(1000 + thousandths % 1000).substr(1);
  return std::to_string(thousandths / 1000) + "." + fraction;
}

std::string Seconds3(Duration d) {
  return Decimal(static_cast<uint64_t>(d.nanoseconds()), 1'000'000'000) + " s";
}
std::string Milliseconds3(Duration d) {
  return Decimal(static_cast<uint64_t>(d.nanoseconds()), 1'000'000) + " ms";
}

std::string Goodput(uint64_t bytes, Duration took) {
  const auto ns = static_cast<uint64_t>(std::max<int64_t>(took.nanoseconds(), 1));
  const auto bits = static_cast<unsigned __int128>(bytes) * 8 * 1'000'000'000 / ns;
  return Decimal(static_cast<uint64_t>(bits), 1'000'000) + " Mbit/s";
}

// Reads exactly what `into` holds; false where the connection ended before.
Task<bool> ReadAll(TcpFlow& flow, MutableByteView into) {
  while (!into.empty()) {
    const ReadResult read = co_await flow.Read(into);
    if (!read.data()) co_return false;
    into = into.subspan(read.size);
  }
  co_return true;
}

Task<> Receive(Network& network, bool hash, Duration pause, std::unique_ptr<TcpFlow> flow) {
  uint64_t count = 0;
  Sha256 digest;
  const Time start = network.now();
  while (true) {
    const ReadResult read = co_await flow->Peek();
    if (read.end()) break;
    if (!read.data()) {
      network.Log("received " + std::to_string(count) + " bytes from " + flow->peer().ToString() +
                  ", then: " + std::string(read.text()));
      co_return;
    }
    if (hash) digest.Add(flow->peeked().first(read.size));
    flow->Consume(read.size);
    count += read.size;
    if (pause > Duration()) co_await network.Sleep(pause);
  }
  const Duration took = network.now() - start;
  std::array<uint8_t, kAnswer> answer{};
  StoreBig64(answer.data(), count);
  std::string line = "received " + std::to_string(count) + " bytes from " +
                     flow->peer().ToString() + " in " + Seconds3(took);
  if (hash) {
    const Sha256::Digest value = digest.Finish();
    std::copy(value.begin(), value.end(), answer.begin() + 8);
    line += ", SHA-256 " + Sha256::ToHex(value);
  }
  network.Log(line);
  co_await flow->Write(answer, application::Delay::kNone);
}

// Sends it all; nullopt, or why not.
Task<application::Status> SendContent(TcpFlow& flow, const ClientOptions& options, Sha256& digest) {
  std::vector<uint8_t> chunk(kChunk);
  for (uint64_t sent = 0; sent < options.bytes;) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(kChunk, options.bytes - sent));
    Fill(chunk, options.seed, sent);
    const ByteView bytes = ByteView(chunk).first(size);
    if (options.hash) digest.Add(bytes);
    if (const auto failed = co_await flow.Write(bytes)) co_return failed;
    sent += size;
  }
  flow.ShutDownWrite();
  co_return std::nullopt;
}

std::string Compare(const std::array<uint8_t, kAnswer>& answer, const ClientOptions& options,
                    Sha256& digest) {
  if (LoadBig64(answer.data()) != options.bytes) {
    return "the other side received " + std::to_string(LoadBig64(answer.data())) + " bytes";
  }
  if (!options.hash) return "all received";
  const Sha256::Digest mine = digest.Finish();
  if (!std::equal(mine.begin(), mine.end(), answer.begin() + 8)) return "SHA-256 differs";
  return "SHA-256 " + Sha256::ToHex(mine) + " on both sides";
}

Task<> Send(Network& network, ClientOptions options) {
  co_await network.Sleep(options.delay);
  const Time start = network.now();
  auto connected = co_await network.ConnectTcp(options.to, {.timeout = options.timeout});
  if (!connected) {
    network.Log("cannot connect to " + options.to.ToString() + ": " +
                std::string(ErrorText(connected.error())));
    co_return;
  }
  TcpFlow& flow = **connected;
  const Time begun = network.now();
  network.Log("connected to " + options.to.ToString() + " in " + Milliseconds3(begun - start));
  Sha256 digest;
  std::array<uint8_t, kAnswer> answer;
  application::Status failed = co_await SendContent(flow, options, digest);
  if (!failed && !co_await ReadAll(flow, answer)) {
    const ReadResult last = co_await flow.Read(answer);
    failed = last.end() ? application::Error::kClosed : last.error;
  }
  const Duration took = network.now() - begun;
  if (failed) {
    network.Log("transfer to " + options.to.ToString() + " failed after " + Seconds3(took) + ": " +
                std::string(ErrorText(*failed)));
    co_return;
  }
  const application::TcpStatistics path = flow.statistics();
  network.Log("sent " + std::to_string(options.bytes) + " bytes to " + options.to.ToString() +
              " in " + Seconds3(took) + ": " + Goodput(options.bytes, took) + ", " +
              std::to_string(path.retransmissions) + " of " + std::to_string(path.segments_sent) +
              " segments again, RTT " + Milliseconds3(path.smoothed_rtt) + " (at least " +
              Milliseconds3(path.min_rtt) + "); " + Compare(answer, options, digest));
}

application::ProgramOrErrors MakeClient(application::Arguments& arguments) {
  constexpr uint64_t kMost = uint64_t{1} << 50;
  ClientOptions options;
  const auto to = arguments.TakeSocketAddress("to", kDefaultPort);
  const auto bytes = arguments.TakeSize("bytes", 0, kMost);
  if (to) options.to = *to;
  options.bytes = bytes.value_or(1'000'000);
  options.seed = arguments.TakeNumber("seed", 0, ~uint64_t{0}).value_or(1);
  options.hash = arguments.TakeFlag("hash").value_or(true);
  options.delay = arguments.TakeDuration("delay").value_or(Duration());
  options.timeout = arguments.TakeDuration("timeout");
  if (!to) arguments.Require("to", "the server's address, with a port or without");
  return application::Program([options](Network& network) { return Send(network, options); });
}

application::ProgramOrErrors MakeServer(application::Arguments& arguments) {
  const Port port = arguments.TakePort("port").value_or(kDefaultPort);
  const bool hash = arguments.TakeFlag("hash").value_or(true);
  const Duration pause = arguments.TakeDuration("pause").value_or(Duration());
  return application::Program([port, hash, pause](Network& network) {
    return ServeTcp(network, {.port = port},
                    [&network, hash, pause](std::unique_ptr<TcpFlow> flow) {
                      return Receive(network, hash, pause, std::move(flow));
                    });
  });
}

const application::Registration kClient(
    {.name = "bulk",
     .summary = "Sends bytes to a bulk-server, and reports goodput, retransmissions and RTT.",
     .usage = "--to=ADDRESS[:5001] [--bytes=1MB] [--seed=1] [--hash=true] [--delay=0s] "
              "[--timeout=DURATION]",
     .make = MakeClient});
const application::Registration kServer(
    {.name = "bulk-server",
     .summary = "Takes what bulk sends, and answers with its SHA-256.",
     .usage = "[--port=5001] [--hash=true] [--pause=0s]",
     .make = MakeServer});

}  // namespace
}  // namespace dualsim::apps
