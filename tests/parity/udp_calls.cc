// What goes over UDP, and why it doesn't.

#include "tests/parity/subject.h"

namespace dualsim::parity {
namespace {

using application::Error;
using application::Task;
using application::UdpArrival;
using application::UdpMessage;
using application::UdpSocket;
using application::WithTimeout;

// A socket, or nullptr and a note.
std::unique_ptr<UdpSocket> Open(Subject& s, const application::UdpListenOptions& options = {}) {
  auto socket = s.network.ListenUdp(options);
  if (!socket) s.Note("listen", socket);
  return socket ? *std::move(socket) : nullptr;
}

Task<application::Result<UdpArrival>> Receive(UdpSocket& socket) {
  co_return co_await socket.Receive();
}

// What arrives in time, in words.
Task<std::string> Next(Subject& s, UdpSocket& socket, Duration patience = Seconds(10)) {
  const auto arrived = co_await WithTimeout(s.scheduler(), patience, Receive(socket));
  if (!arrived) co_return "nothing";
  if (!*arrived) co_return std::string(ErrorText(arrived->error()));
  const UdpArrival& one = **arrived;
  if (one.icmp_error) {
    co_return std::string(ErrorText(*one.icmp_error)) + ", by " + one.source.address.ToString() +
        ", about " + one.destination.ToString();
  }
  const std::string what = one.data.size() > 100 ? std::to_string(one.data.size()) + " bytes"
                                                 : "'" + Text(one.data) + "'";
  co_return what + " from " + one.source.ToString() + " to " + one.destination.address.ToString();
}

Task<> Listen(Subject& s) {
  const auto any = Open(s);
  if (!any) co_return;
  s.Note(any->port() != Port::kAny ? "a port" : "no port");
  const auto first = Open(s, {.port = Port{7200}});
  s.Note("port " + std::to_string(Number(first->port())));
  s.Note("again", s.network.ListenUdp({.port = Port{7200}}));
  s.Note("again on one address", s.network.ListenUdp({.port = Port{7200}, .address = s.own}));
  s.Note("not its own", s.network.ListenUdp({.port = Port{7201}, .address = s.NobodyNear()}));
  s.Note("a group", s.network.ListenUdp({.port = Port{7201}, .address = s.Group()}));
  first->Unlisten();
  s.Note("free again", s.network.ListenUdp({.port = Port{7200}}));
}

Task<> SendErrors(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  const auto try_to = [&](std::string_view what, UdpMessage message) {
    s.Note(what, socket->Send(message));
    s.Note(std::string(what) + ", without a port", s.network.SendUdp(message));
  };
  const ByteView x = Bytes("x");
  try_to("to the peer", {.destination = {s.peer, kUdpEcho}, .data = x});
  try_to("unspecified", {.destination = {IpAddress::Unspecified(s.own.family()), kEcho}});
  try_to("port 0", {.destination = {s.peer, Port::kAny}, .data = x});
  try_to("no route", {.destination = {s.Unroutable(), kUdpEcho}, .data = x});
  try_to("from its own", {.destination = {s.peer, kUdpEcho}, .data = x, .source = s.own});
  try_to("from another", {.destination = {s.peer, kUdpEcho}, .data = x, .source = s.NobodyNear()});
  try_to("from the other family",
         {.destination = {s.peer, kUdpEcho}, .data = x, .source = s.OtherOwn()});
}

Task<> Sizes(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1472}, size_t{20'000}, size_t{65'507}}) {
    const std::string data(size, 'd');
    s.Note(std::to_string(size) + " bytes",
           socket->Send({.destination = {s.peer, kUdpEcho}, .data = Bytes(data)}));
    s.Note(co_await Next(s, *socket));
  }
  for (const size_t size : {size_t{65'508}, size_t{65'527}, size_t{65'528}, size_t{70'000}}) {
    const std::string data(size, 'd');
    s.Note(std::to_string(size) + " bytes",
           socket->Send({.destination = {s.peer, kNobody}, .data = Bytes(data)}));
  }
}

Task<> Echo(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  s.Note("send", socket->Send({.destination = {s.peer, kUdpEcho}, .data = Bytes("hello")}));
  s.Note(co_await Next(s, *socket));
}

Task<> Tell(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  const application::SocketAddress to{s.peer, kUdpTell};
  for (const UdpMessage& message :
       {UdpMessage{.destination = to, .data = Bytes("x")},
        UdpMessage{.destination = to, .data = Bytes("x"), .ttl = uint8_t{33}},
        UdpMessage{.destination = to, .data = Bytes("x"), .source = s.own}}) {
    s.Note("send", socket->Send(message));
    s.Note(co_await Next(s, *socket));
  }
}

Task<> SourcePort(Subject& s) {
  const auto socket = Open(s, {.port = Port{7777}});
  const auto other = Open(s);
  if (!socket || !other) co_return;
  const UdpMessage message{
      .destination = {s.peer, kUdpTell}, .data = Bytes("x"), .source_port = Port{7777}};
  s.Note("from another socket", other->Send(message));
  s.Note(co_await Next(s, *socket));
  s.Note("without a socket", s.network.SendUdp(message));
  s.Note(co_await Next(s, *socket));
}

Task<> OnOneAddress(Subject& s) {
  const auto socket = Open(s, {.address = s.own});
  if (!socket) co_return;
  s.Note("send", socket->Send({.destination = {s.peer, kUdpEcho}, .data = Bytes("hello")}));
  s.Note(co_await Next(s, *socket));
  const IpAddress other = *IpAddress::Parse(s.ipv4() ? "2001:db8::1" : "192.0.2.1");
  s.Note("to the other family",
         socket->Send({.destination = {other, kUdpEcho}, .data = Bytes("hello")}));
}

Task<> IcmpError(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  s.Note("send", socket->Send({.destination = {s.peer, kNobody}, .data = Bytes("x")}));
  s.Note(co_await Next(s, *socket));
  s.Note("send again", socket->Send({.destination = {s.peer, kUdpEcho}, .data = Bytes("y")}));
  s.Note(co_await Next(s, *socket));
}

Task<> NobodyThere(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  s.Note("send", socket->Send({.destination = {s.NobodyNear(), kUdpEcho}, .data = Bytes("x")}));
  s.Note(co_await Next(s, *socket));
}

Task<> Itself(Subject& s) {
  const auto one = Open(s, {.port = Port{7200}});
  const auto two = Open(s);
  if (!one || !two) co_return;
  s.Note("send", two->Send({.destination = {s.own, Port{7200}}, .data = Bytes("to myself")}));
  const auto arrived = co_await one->Receive();
  s.Note(arrived->source.address.ToString() + " to " + arrived->destination.ToString());
  s.Note(arrived->source.port == two->port() ? "the same port" : "another port");
}

Task<> InOrder(Subject& s) {
  const auto one = Open(s, {.port = Port{7200}});
  const auto two = Open(s);
  if (!one || !two) co_return;
  for (const char* text : {"a", "b", "c"}) {
    (void)two->Send({.destination = {s.own, Port{7200}}, .data = Bytes(text)});
  }
  for (int i = 0; i < 3; ++i) {
    const auto arrived = co_await one->Receive();
    s.Note(Text(arrived->data));
  }
}

Task<> Unlisten(Subject& s) {
  const auto one = Open(s, {.port = Port{7200}});
  const auto two = Open(s);
  if (!one || !two) co_return;
  (void)two->Send({.destination = {s.own, Port{7200}}, .data = Bytes("before the end")});
  co_await s.network.Sleep(Milliseconds(20));
  one->Unlisten();
  // What had come can still be received.
  const auto first = co_await one->Receive();
  s.Note(first ? Text(first->data) : std::string(ErrorText(first.error())));
  s.Note("receive", co_await one->Receive());
  s.Note("send", one->Send({.destination = {s.peer, kUdpEcho}, .data = Bytes("x")}));
  s.Note("join", one->JoinGroup(s.Group(), s.Link()));
}

Task<> UnlistenWhileReceiving(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  application::Scope scope(s.scheduler());
  scope.Start([](Subject& t, UdpSocket& at) -> Task<> { t.Note("receive", co_await at.Receive()); }(
                                                s, *socket));
  co_await s.network.Sleep(Milliseconds(20));
  socket->Unlisten();
  co_await scope.Join();
}

Task<> Groups(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  const auto ask = [&] {
    return socket->Send({.destination = {s.peer, kUdpGroup}, .data = Bytes(s.Group().ToString())});
  };
  s.Note("ask", ask());
  s.Note("not joined: " + co_await Next(s, *socket, Milliseconds(500)));
  s.Note("join no group", socket->JoinGroup(s.peer, s.Link()));
  s.Note("join", socket->JoinGroup(s.Group(), s.Link()));
  s.Note("join twice", socket->JoinGroup(s.Group(), s.Link()));
  // The switch, or the router, has to learn of it.
  co_await s.network.Sleep(Milliseconds(200));
  s.Note("ask", ask());
  s.Note("joined: " + co_await Next(s, *socket));
}

Task<> SendToGroup(Subject& s) {
  const auto socket = Open(s);
  if (!socket) co_return;
  const IpAddress all = *IpAddress::Parse(s.ipv4() ? "224.0.0.1" : "ff02::1");
  s.Note("send", socket->Send({.destination = {all, kUdpTell, s.Link()}, .data = Bytes("x")}));
  const std::string said = co_await Next(s, *socket);
  s.Note(said);
}

Task<> Broadcast(Subject& s) {
  if (!s.ipv4()) co_return;
  const auto socket = Open(s);
  if (!socket) co_return;
  for (const char* to : {"192.0.2.255", "255.255.255.255"}) {
    s.Note("send", socket->Send({.destination = {*IpAddress::Parse(to), kUdpTell, s.Link()},
                                 .data = Bytes("x")}));
    s.Note(co_await Next(s, *socket));
    // And the other way.
    s.Note("ask", socket->Send({.destination = {s.peer, kUdpGroup}, .data = Bytes(to)}));
    s.Note(co_await Next(s, *socket));
  }
}

constexpr Call kCalls[] = {
    {"udp.listen", Listen},
    {"udp.send_errors", SendErrors},
    {"udp.sizes", Sizes},
    {"udp.echo", Echo},
    {"udp.tell", Tell},
    {"udp.source_port", SourcePort},
    {"udp.on_one_address", OnOneAddress},
    {"udp.icmp_error", IcmpError},
    {"udp.nobody_there", NobodyThere},
    {"udp.itself", Itself},
    {"udp.in_order", InOrder},
    {"udp.unlisten", Unlisten},
    {"udp.unlisten_while_receiving", UnlistenWhileReceiving},
    {"udp.groups", Groups},
    {"udp.send_to_group", SendToGroup},
    {"udp.broadcast", Broadcast},
};

}  // namespace

std::span<const Call> UdpCalls() { return kCalls; }

}  // namespace dualsim::parity
