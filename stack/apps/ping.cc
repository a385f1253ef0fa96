// Echo requests, of one size or of many, one after the other.

#include <algorithm>
#include <string>
#include <utility>

#include "stack/application/registry.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;

struct Options {
  IpAddress to;
  application::EchoOptions echo;
  uint64_t count = 1;      // Of each size.
  uint64_t last_size = 0;  // From echo.size on.
  uint64_t step = 1;
  Duration interval;
  Duration delay;
};

// What the requests came to.
struct Tally {
  uint64_t sent = 0;
  uint64_t answered = 0;
  Duration least = Duration::Infinite();
  Duration most;
};

Task<> Request(Network& network, const Options& options, size_t size, Tally& tally) {
  application::EchoOptions echo = options.echo;
  echo.size = size;
  ++tally.sent;
  const auto reply = co_await network.Echo(options.to, echo);
  if (!reply) {
    network.Log("no answer from " + options.to.ToString() + " to " + std::to_string(size) +
                " bytes: " + std::string(ErrorText(reply.error())));
    co_return;
  }
  ++tally.answered;
  tally.least = std::min(tally.least, reply->rtt);
  tally.most = std::max(tally.most, reply->rtt);
}

std::string Microseconds(Duration duration) {
  return std::to_string(duration.nanoseconds() / 1000) + " us";
}

Task<> Ping(Network& network, const Options& options) {
  co_await network.Sleep(options.delay);
  Tally tally;
  for (uint64_t size = options.echo.size; size <= options.last_size; size += options.step) {
    for (uint64_t i = 0; i < options.count; ++i) {
      if (tally.sent > 0) co_await network.Sleep(options.interval);
      co_await Request(network, options, size, tally);
    }
  }
  std::string text = options.to.ToString() + ": " + std::to_string(tally.sent) + " sent, " +
                     std::to_string(tally.answered) + " answered";
  if (tally.answered > 0) {
    text += ", in " + Microseconds(tally.least) + " to " + Microseconds(tally.most);
  }
  network.Log(text);
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  // What IPv4's Total Length leaves.
  constexpr uint64_t kMost = 65'507;
  Options options;
  const auto to = arguments.TakeAddress("to");
  if (to) options.to = *to;
  options.echo.size = arguments.TakeNumber("size", 0, kMost).value_or(56);
  options.last_size = arguments.TakeNumber("last-size", 0, kMost).value_or(options.echo.size);
  options.step = arguments.TakeNumber("step", 1, kMost).value_or(1);
  options.count = arguments.TakeNumber("count", 1, 1'000'000'000).value_or(1);
  options.interval = arguments.TakeDuration("interval").value_or(Duration());
  options.delay = arguments.TakeDuration("delay").value_or(Duration());
  if (const auto timeout = arguments.TakeDuration("timeout")) options.echo.timeout = *timeout;
  options.echo.source = arguments.TakeAddress("from");
  if (!to) arguments.Require("to", "an address");
  return application::Program([options](Network& network) { return Ping(network, options); });
}

const application::Registration kPing(
    {.name = "ping",
     .summary = "Sends echo requests, the next after the last was answered, and counts answers.",
     .usage = "--to=ADDRESS [--size=56] [--last-size=SIZE] [--step=1] [--count=1] "
              "[--interval=0s] [--delay=0s] [--timeout=1s] [--from=ADDRESS]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
