// How connections and listeners come to be, and why they don't.

#include "tests/parity/subject.h"

namespace dualsim::parity {
namespace {

using application::Task;
using application::TcpConnectOptions;
using application::WithTimeout;

Task<> NoteConnect(Subject& s, std::string_view what, application::SocketAddress to,
                   TcpConnectOptions options = {}) {
  const auto flow = co_await s.network.ConnectTcp(to, options);
  s.Note(what, flow);
}

Task<> Connect(Subject& s) {
  const auto flow = co_await s.network.ConnectTcp({s.peer, kEcho});
  s.Note("connect", flow);
  if (!flow) co_return;
  s.Note("peer " + (*flow)->peer().ToString());
  s.Note("local " + (*flow)->local().address.ToString());
  s.Note((*flow)->local().port != Port::kAny ? "a port" : "no port");
}

Task<> Refused(Subject& s) { return NoteConnect(s, "nobody listens", {s.peer, kNobody}); }

Task<> RefusedByItself(Subject& s) { return NoteConnect(s, "nobody listens", {s.own, kNobody}); }

Task<> BadAddress(Subject& s) {
  co_await NoteConnect(s, "unspecified", {IpAddress::Unspecified(s.own.family()), kEcho});
  co_await NoteConnect(s, "a group", {s.Group(), kEcho});
  co_await NoteConnect(s, "port 0", {s.peer, Port::kAny});
  if (s.ipv4()) {
    co_await NoteConnect(s, "broadcast", {*IpAddress::Parse("255.255.255.255"), kEcho});
    co_await NoteConnect(s, "the link's broadcast", {*IpAddress::Parse("192.0.2.255"), kEcho});
  }
}

Task<> NoRoute(Subject& s) { return NoteConnect(s, "no route", {s.Unroutable(), kEcho}); }

Task<> Source(Subject& s) {
  co_await NoteConnect(s, "its own", {s.peer, kEcho}, {.source = s.own});
  co_await NoteConnect(s, "not its own", {s.peer, kEcho}, {.source = s.NobodyNear()});
  co_await NoteConnect(s, "the peer's", {s.peer, kEcho}, {.source = s.peer});
  co_await NoteConnect(s, "of the other family", {s.peer, kEcho}, {.source = s.OtherOwn()});
}

Task<> SourcePort(Subject& s) {
  const TcpConnectOptions options{.source_port = Port{7777}};
  const auto first = co_await s.network.ConnectTcp({s.peer, kEcho}, options);
  s.Note("the first", first);
  if (first) s.Note("port " + std::to_string(Number((*first)->local().port)));
  co_await NoteConnect(s, "the same flow again", {s.peer, kEcho}, options);
  co_await NoteConnect(s, "the same port to another", {s.peer, kCount}, options);
}

Task<> FromListenersPort(Subject& s) {
  const auto listener = s.network.ListenTcp({.port = Port{7778}});
  s.Note("listen", listener);
  co_await NoteConnect(s, "connect", {s.peer, kEcho}, {.source_port = Port{7778}});
}

Task<> Timeout(Subject& s) {
  return NoteConnect(s, "nobody there", {s.NobodyNear(), kEcho}, {.timeout = Milliseconds(200)});
}

Task<> NobodyThere(Subject& s) {
  return NoteConnect(s, "nobody there", {s.NobodyNear(), kEcho}, {.timeout = Seconds(12)});
}

Task<> GiveUp(Subject& s) {
  const auto flow = co_await WithTimeout(s.scheduler(), Milliseconds(50),
                                         NoteConnect(s, "came up", {s.NobodyNear(), kEcho}));
  s.Note(flow ? "ended" : "given up");
}

Task<> ListenTwice(Subject& s) {
  auto first = s.network.ListenTcp({.port = Port{7100}});
  s.Note("first", first);
  s.Note("second", s.network.ListenTcp({.port = Port{7100}}));
  if (!first) co_return;
  (*first)->Unlisten();
  s.Note("at once again", s.network.ListenTcp({.port = Port{7100}}));
}

Task<> ListenWhere(Subject& s) {
  s.Note("port 0", s.network.ListenTcp({.port = Port::kAny}));
  s.Note("its own", s.network.ListenTcp({.port = Port{7100}, .address = s.own}));
  s.Note("not its own", s.network.ListenTcp({.port = Port{7100}, .address = s.NobodyNear()}));
  s.Note("a group", s.network.ListenTcp({.port = Port{7100}, .address = s.Group()}));
  const auto everywhere = s.network.ListenTcp({.port = Port{7100}});
  s.Note("everywhere", everywhere);
  s.Note("there too", s.network.ListenTcp({.port = Port{7100}, .address = s.own}));
  co_return;
}

Task<> ListenOnOne(Subject& s) {
  const auto listener = s.network.ListenTcp({.port = Port{7100}, .address = s.own});
  co_await NoteConnect(s, "there", {s.own, Port{7100}});
  co_await NoteConnect(s, "in the other family", {s.OtherOwn(), Port{7100}});
}

Task<> Accept(Subject& s) {
  auto listener = s.network.ListenTcp({.port = Port{7100}});
  if (!listener) co_return;
  s.Note("port " + std::to_string(Number((*listener)->port())));
  auto ours = co_await s.network.ConnectTcp({s.own, Port{7100}});
  s.Note("connect", ours);
  auto theirs = co_await (*listener)->Accept();
  s.Note("accept", theirs);
  if (!ours || !theirs) co_return;
  s.Note("from " + (*theirs)->peer().address.ToString() + " to " + (*theirs)->local().ToString());
  s.Note((*theirs)->peer().port == (*ours)->local().port ? "the same port" : "another port");
  co_await (*theirs)->Write(Bytes("over here"));
  (*theirs)->Close();
  s.Note(co_await ReadToEnd(**ours));
}

Task<> UnlistenWhileAccepting(Subject& s) {
  auto listener = s.network.ListenTcp({.port = Port{7100}});
  if (!listener) co_return;
  const auto none = co_await WithTimeout(s.scheduler(), Milliseconds(20),
                                         [](application::TcpListener& at) -> Task<bool> {
                                           co_return (co_await at.Accept()).ok();
                                         }(**listener));
  s.Note(none ? "somebody came" : "nobody came");
  // This one nobody accepts: it is reset.
  auto waiting = co_await s.network.ConnectTcp({s.own, Port{7100}});
  s.Note("connect", waiting);
  (*listener)->Unlisten();
  s.Note("accept", co_await (*listener)->Accept());
  if (waiting) s.Note("not accepted: " + co_await ReadToEnd(**waiting));
  co_await NoteConnect(s, "connect again", {s.own, Port{7100}});
}

constexpr Call kCalls[] = {
    {"tcp.connect", Connect},
    {"tcp.refused", Refused},
    {"tcp.refused_by_itself", RefusedByItself},
    {"tcp.bad_address", BadAddress},
    {"tcp.no_route", NoRoute},
    {"tcp.source", Source},
    {"tcp.source_port", SourcePort},
    {"tcp.from_listeners_port", FromListenersPort},
    {"tcp.timeout", Timeout},
    {"tcp.nobody_there", NobodyThere},
    {"tcp.give_up", GiveUp},
    {"tcp.listen_twice", ListenTwice},
    {"tcp.listen_where", ListenWhere},
    {"tcp.listen_on_one", ListenOnOne},
    {"tcp.accept", Accept},
    {"tcp.unlisten", UnlistenWhileAccepting},
};

}  // namespace

std::span<const Call> TcpCalls() { return kCalls; }

}  // namespace dualsim::parity
