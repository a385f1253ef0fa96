// The echo service, RFC 862, over TCP and UDP.

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
Task<> EchoTcp(std::unique_ptr<TcpFlow> flow) {
  while (true) {
    const application::ReadResult read = co_await flow->Peek();
    if (!read.data()) break;
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

Task<> Echo(Network& network, Port port, bool tcp, bool udp) {
  application::Scope services(network.scheduler());
  if (udp) services.Start(EchoUdp(network, port));
  if (tcp) services.Start(ServeTcp(network, {.port = port}, EchoTcp));
  co_await services.Join();
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  const Port port = arguments.TakePort("port").value_or(kDefaultPort);
  const bool tcp = arguments.TakeFlag("tcp").value_or(true);
  const bool udp = arguments.TakeFlag("udp").value_or(true);
  if (!tcp && !udp) arguments.Error("--tcp=false and --udp=false leave nothing to do");
  return application::Program(
      [port, tcp, udp](Network& network) { return Echo(network, port, tcp, udp); });
}

const application::Registration kEcho({.name = "echo",
                                       .summary = "Sends back what it gets, over TCP and UDP.",
                                       .usage = "[--port=7] [--tcp=true] [--udp=true]",
                                       .make = Make});

}  // namespace
}  // namespace dualsim::apps
