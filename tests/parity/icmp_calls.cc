// Echo requests, and IP packets of other protocols.

#include "tests/parity/subject.h"

namespace dualsim::parity {
namespace {

using application::EchoOptions;
using application::Task;

// RFC 3692: for experiments.
constexpr uint8_t kExperimental = 253;

// Long enough for a machine that has much to do.
constexpr Duration kPatience = Seconds(10);

Task<> NoteEcho(Subject& s, std::string_view what, IpAddress to,
                EchoOptions options = {.timeout = kPatience}) {
  const auto reply = co_await s.network.Echo(to, options);
  s.Note(std::string(what) + ": " +
         (reply ? "from " + reply->from.ToString() : std::string(ErrorText(reply.error()))));
  if (reply && reply->rtt < Duration()) s.Note("a negative round trip");
}

Task<> Echo(Subject& s) {
  co_await NoteEcho(s, "the peer", s.peer);
  co_await NoteEcho(s, "itself", s.own);
}

Task<> Sizes(Subject& s) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1472}, size_t{1473}, size_t{20'000},
                            size_t{65'507}, size_t{65'508}, size_t{70'000}}) {
    co_await NoteEcho(s, std::to_string(size) + " bytes", s.peer,
                      {.size = size, .timeout = kPatience});
  }
}

Task<> Errors(Subject& s) {
  co_await NoteEcho(s, "nobody", s.NobodyNear(), {.timeout = Milliseconds(300)});
  co_await NoteEcho(s, "no route", s.Unroutable());
  co_await NoteEcho(s, "unspecified", IpAddress::Unspecified(s.own.family()));
  co_await NoteEcho(s, "not from its own", s.peer, {.source = s.NobodyNear()});
}

Task<> Options(Subject& s) {
  co_await NoteEcho(s, "from its own", s.peer, {.source = s.own, .timeout = kPatience});
  co_await NoteEcho(s, "one hop", s.peer, {.ttl = uint8_t{1}, .timeout = kPatience});
  co_await NoteEcho(s, "by its link", s.peer, {.interface = s.Link(), .timeout = kPatience});
}

Task<> NobodyThere(Subject& s) {
  return NoteEcho(s, "nobody there", s.NobodyNear(), {.timeout = Seconds(5)});
}

Task<> SeveralAtOnce(Subject& s) {
  application::Scope scope(s.scheduler());
  std::array<bool, 5> answered{};
  for (bool& one : answered) {
    scope.Start([](Subject& t, bool& into) -> Task<> {
      into = (co_await t.network.Echo(t.peer, {.timeout = kPatience})).ok();
    }(s, one));
  }
  co_await scope.Join();
  for (const bool one : answered) s.Note(one ? "answered" : "not answered");
}

Task<> GiveUp(Subject& s) {
  const auto ended = co_await application::WithTimeout(s.scheduler(), Milliseconds(50),
                                                       NoteEcho(s, "nobody", s.NobodyNear()));
  s.Note(ended ? "ended" : "given up");
  co_await NoteEcho(s, "the peer", s.peer);
}

Task<> SendIp(Subject& s) {
  const std::string much(3000, 'i');
  application::IpMessage message{
      .destination = s.peer, .protocol = kExperimental, .data = Bytes("hello")};
  s.Note("to the peer", s.network.SendIp(message));
  message.ttl = 3;
  s.Note("three hops", s.network.SendIp(message));
  message.data = Bytes(much);
  s.Note("in fragments", s.network.SendIp(message));
  message.fragment = false;
  s.Note("unfragmented", s.network.SendIp(message));
  message = {.destination = s.Unroutable(), .protocol = kExperimental, .data = Bytes("hello")};
  s.Note("no route", s.network.SendIp(message));
  message = {.destination = s.peer,
             .protocol = kExperimental,
             .data = Bytes("hello"),
             .source = s.NobodyNear()};
  s.Note("not from its own", s.network.SendIp(message));
  co_return;
}

constexpr Call kCalls[] = {
    {"icmp.echo", Echo},
    {"icmp.sizes", Sizes},
    {"icmp.errors", Errors},
    {"icmp.options", Options},
    {"icmp.nobody_there", NobodyThere},
    {"icmp.several_at_once", SeveralAtOnce},
    {"icmp.give_up", GiveUp},
    {"ip.send", SendIp},
};

}  // namespace

std::span<const Call> IcmpCalls() { return kCalls; }

}  // namespace dualsim::parity
