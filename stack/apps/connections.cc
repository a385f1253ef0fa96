// Many connections, one after another or several at once: each sends a text, reads to
// the end, and is counted.

#include <algorithm>
#include <string>
#include <utility>

#include "stack/application/registry.h"
#include "stack/application/scope.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;

constexpr uint64_t kMostConnections = 10'000'000;
constexpr uint64_t kMostParallel = 100'000;

struct Options {
  application::SocketAddress to;
  application::TcpConnectOptions connect;
  uint64_t count = 0;
  uint64_t parallel = 0;
  std::string text;
  Duration hold;
  Duration delay;
};

struct Tally {
  uint64_t begun = 0;
  uint64_t ended = 0;    // As they should.
  uint64_t refused = 0;  // Never came up.
  uint64_t broken = 0;   // Came up, and ended with an error.
  Duration slowest;      // To come up.
};

Task<> One(Network& network, const Options& options, Tally& tally) {
  const Time start = network.now();
  auto connected = co_await network.ConnectTcp(options.to, options.connect);
  if (!connected) {
    ++tally.refused;
    co_return;
  }
  tally.slowest = std::max(tally.slowest, network.now() - start);
  application::TcpFlow& flow = **connected;
  const ByteView text(reinterpret_cast<const uint8_t*>(options.text.data()), options.text.size());
  bool failed = (co_await flow.Write(text)).has_value();
  if (!failed && options.hold > Duration()) co_await network.Sleep(options.hold);
  flow.ShutDownWrite();
  while (!failed) {
    const application::ReadResult read = co_await flow.Peek();
    if (read.end()) break;
    failed = !read.data();
    if (!failed) flow.Consume(read.size);
  }
  ++(failed ? tally.broken : tally.ended);
}

// One after another, as long as there are any to begin.
Task<> Work(Network& network, const Options& options, Tally& tally) {
  while (tally.begun < options.count) {
    ++tally.begun;
    co_await One(network, options, tally);
  }
}

std::string Milliseconds3(Duration d) {
  const std::string fraction = std::to_string(1000 + d.nanoseconds() / 1000 % 1000).substr(1);
  return std::to_string(d.nanoseconds() / 1'000'000) + "." + fraction + " ms";
}

Task<> Connections(Network& network, const Options& options) {
  co_await network.Sleep(options.delay);
  Tally tally;
  {
    application::Scope workers(network.scheduler());
    for (uint64_t i = 0; i < options.parallel; ++i) {
      workers.Start(Work(network, options, tally));
    }
    co_await workers.Join();
  }
  network.Log(std::to_string(tally.begun) + " connections to " + options.to.ToString() + ": " +
              std::to_string(tally.ended) + " ended well, " + std::to_string(tally.broken) +
              " broke, " + std::to_string(tally.refused) + " did not come up; the slowest took " +
              Milliseconds3(tally.slowest));
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  const auto to = arguments.TakeSocketAddress("to");
  if (to) options.to = *to;
  options.count = arguments.TakeNumber("count", 1, kMostConnections).value_or(100);
  options.parallel = arguments.TakeNumber("parallel", 1, kMostParallel).value_or(1);
  options.text = arguments.TakeString("text").value_or("");
  options.hold = arguments.TakeDuration("hold").value_or(Duration());
  options.delay = arguments.TakeDuration("delay").value_or(Duration());
  options.connect.timeout = arguments.TakeDuration("timeout");
  if (!to) arguments.Require("to", "the server's address and port");
  return application::Program(
      [options](Network& network) { return Connections(network, options); });
}

const application::Registration kConnections(
    {.name = "connections",
     .summary = "Opens many connections, and reports how they went.",
     .usage = "--to=ADDRESS:PORT [--count=100] [--parallel=1] [--text=TEXT] [--hold=0s] "
              "[--delay=0s] [--timeout=DURATION]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
