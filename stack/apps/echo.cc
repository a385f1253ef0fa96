// The echo service, RFC 862, over TCP and UDP.

#include <optional>
#include <string>
#include <utility>

#include "stack/application/registry.h"
#include "stack/application/scope.h"
#include "stack/apps/serve.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;

constexpr Port kDefaultPort{7};

// Sends everything back in place, as it lies in the flow's buffer.
Task<> EchoTcp(Network& network, std::unique_ptr<TcpFlow> flow) {
  while (true) {
    const application::ReadResult read = co_await flow->Peek();
    if (!read.data()) {
      if (!read.end()) network.Log(flow->peer().ToString() + ": " + std::string(read.text()));
      break;
    }
    if (co_await flow->Write(flow->peeked().first(read.size))) break;
    flow->Consume(read.size);
  }
}

Task<> EchoUdp(Network& network, Port port) {
  auto socket = network.ListenUdp({.port = port});
  if (!socket) {
    network.Log("cannot listen on UDP port " + std::to_string(Number(port)) + ": " +
                std::string(ErrorText(socket.error())));
    co_return;
  }
  while (true) {
    const auto arrival = co_await (*socket)->Receive();
    if (!arrival) break;
    // Not to what may be an echo service itself: two of them would never end.
    if (arrival->icmp_error || arrival->source.port == port) continue;
    application::UdpMessage reply{.destination = arrival->source, .data = arrival->data};
    // From the address that was asked, where it is one of ours.
    for (const application::ConfiguredAddress& own : network.addresses()) {
      if (own.address == arrival->destination.address) reply.source = own.address;
    }
    if (const auto failed = (*socket)->Send(reply)) {
      network.Log("no answer to " + arrival->source.ToString() + ": " +
                  std::string(ErrorText(*failed)));
    }
  }
}

struct Options {
  Port port;
  bool tcp = true;
  bool udp = true;
  std::optional<application::KeepaliveOptions> keepalive;
};

Task<> Echo(Network& network, const Options& options) {
  application::Scope services(network.scheduler());
  if (options.udp) services.Start(EchoUdp(network, options.port));
  if (options.tcp) {
    services.Start(ServeTcp(
        network, {.port = options.port, .keepalive = options.keepalive},
        [&network](std::unique_ptr<TcpFlow> flow) { return EchoTcp(network, std::move(flow)); }));
  }
  co_await services.Join();
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  options.port = arguments.TakePort("port").value_or(kDefaultPort);
  options.tcp = arguments.TakeFlag("tcp").value_or(true);
  options.udp = arguments.TakeFlag("udp").value_or(true);
  if (!options.tcp && !options.udp) {
    arguments.Error("--tcp=false and --udp=false leave nothing to do");
  }
  const auto idle = arguments.TakeDuration("keepalive-idle");
  const auto interval = arguments.TakeDuration("keepalive-interval");
  const auto count = arguments.TakeNumber("keepalive-count", 1, 100);
  if (idle || interval || count) {
    application::KeepaliveOptions& keepalive = options.keepalive.emplace();
    keepalive.idle = idle.value_or(keepalive.idle);
    keepalive.interval = interval.value_or(keepalive.interval);
    keepalive.count = static_cast<int>(count.value_or(static_cast<uint64_t>(keepalive.count)));
  }
  return application::Program([options](Network& network) { return Echo(network, options); });
}

const application::Registration kEcho(
    {.name = "echo",
     .summary = "Sends back what it gets, over TCP and UDP.",
     .usage = "[--port=7] [--tcp=true] [--udp=true] [--keepalive-idle=2h] "
              "[--keepalive-interval=75s] [--keepalive-count=9]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
