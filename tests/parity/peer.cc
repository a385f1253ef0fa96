// The other side of the calls: small services, each on a port of its own.

#include <string>
#include <utility>

#include "stack/application/registry.h"
#include "stack/apps/serve.h"
#include "tests/parity/subject.h"

namespace dualsim::parity {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;
using application::UdpArrival;
using application::UdpSocket;

Task<> SendBack(std::unique_ptr<TcpFlow> flow) {
  while (true) {
    const auto read = co_await flow->Peek();
    if (!read.data()) co_return;
    if (co_await flow->Write(flow->peeked().first(read.size))) co_return;
    flow->Consume(read.size);
  }
}

Task<> ResetAfterOneByte(std::unique_ptr<TcpFlow> flow) {
  std::array<uint8_t, 1> room;
  co_await flow->Read(room);
  flow->Abort();
}

Task<> Greet(std::unique_ptr<TcpFlow> flow) {
  co_await flow->Write(Bytes("welcome"));
  flow->ShutDownWrite();
  co_await ReadToEnd(*flow);
}

Task<> CountBytes(std::unique_ptr<TcpFlow> flow) {
  const std::string all = co_await ReadToEnd(*flow);
  const std::string answer = std::to_string(all.size());
  co_await flow->Write(Bytes(answer));
}

Task<> SayNothing(Network& network, std::unique_ptr<TcpFlow> flow) {
  // Longer than any call takes.
  co_await network.Sleep(Seconds(30));
  co_await ReadToEnd(*flow);
}

Task<> Serve(Network& network, Port port, Task<> (*handle)(std::unique_ptr<TcpFlow>)) {
  return apps::ServeTcp(network, {.port = port}, handle);
}

// What to answer to a datagram, and where.
using Answer = void (*)(UdpSocket& socket, const UdpArrival& arrival);

void AnswerSame(UdpSocket& socket, const UdpArrival& arrival) {
  (void)socket.Send({.destination = arrival.source, .data = arrival.data});
}

void AnswerWhatWasSeen(UdpSocket& socket, const UdpArrival& arrival) {
  const std::string text = "from " + arrival.source.address.ToString() + " to " +
                           arrival.destination.address.ToString() + ", TTL " +
                           std::to_string(arrival.ttl) + ", port " +
                           (Number(arrival.source.port) == 7777 ? "7777" : "another") + ", " +
                           std::to_string(arrival.data.size()) + " bytes";
  (void)socket.Send({.destination = arrival.source, .data = Bytes(text)});
}

void AnswerToGroup(UdpSocket& socket, const UdpArrival& arrival) {
  const auto group = IpAddress::Parse(Text(arrival.data));
  if (!group) return;
  (void)socket.Send({.destination = {*group, arrival.source.port}, .data = Bytes("to many")});
}

Task<> ServeUdp(Network& network, Port port, Answer answer) {
  auto socket = network.ListenUdp({.port = port});
  if (!socket) co_return;
  while (true) {
    const auto arrival = co_await (*socket)->Receive();
    if (!arrival) co_return;
    if (!arrival->icmp_error) answer(**socket, *arrival);
  }
}

Task<> RunPeer(Network& network) {
  application::Scope services(network.scheduler());
  services.Start(Serve(network, kEcho, SendBack));
  services.Start(Serve(network, kReset, ResetAfterOneByte));
  services.Start(Serve(network, kGreet, Greet));
  services.Start(Serve(network, kCount, CountBytes));
  services.Start(apps::ServeTcp(
      network, {.port = kSilent},
      [&network](std::unique_ptr<TcpFlow> flow) { return SayNothing(network, std::move(flow)); }));
  services.Start(ServeUdp(network, kUdpEcho, AnswerSame));
  services.Start(ServeUdp(network, kUdpTell, AnswerWhatWasSeen));
  services.Start(ServeUdp(network, kUdpGroup, AnswerToGroup));
  network.Log("ready");
  co_await services.Join();
}

application::ProgramOrErrors Make(application::Arguments&) { return application::Program(RunPeer); }

const application::Registration kPeer(
    {.name = "parity-peer", .summary = "Answers parity's calls.", .usage = "", .make = Make});

}  // namespace
}  // namespace dualsim::parity
