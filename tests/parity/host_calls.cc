// What a program asks of its host: time, settings, addresses, routes.

#include <algorithm>

#include "tests/parity/subject.h"

namespace dualsim::parity {
namespace {

using application::Task;

Task<> Runs(Subject& s) {
  s.Note(s.network.runs(s.own.family()) ? "yes" : "no");
  co_return;
}

Task<> Addresses(Subject& s) {
  for (const auto& one : s.network.addresses()) {
    const bool shown = one.address.family() == s.own.family() && !one.address.is_link_local() &&
                       !one.address.is_loopback();
    if (!shown) continue;
    s.Note(one.address.ToString() + "/" + std::to_string(one.prefix_length) +
           (one.preferred ? ", preferred" : ""));
  }
  co_return;
}

Task<> Loopback(Subject& s) {
  const IpAddress loopback = *IpAddress::Parse(s.ipv4() ? "127.0.0.1" : "::1");
  const auto all = s.network.addresses();
  const bool listed =
      std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.address == loopback; });
  s.Note(listed ? "is listed" : "is not listed");
  s.Note("listen", s.network.ListenTcp({.port = kEcho, .address = loopback}));
  co_return;
}

Task<> Settings(Subject& s) {
  const application::Settings& said = s.network.settings();
  s.Note("name " + said.host_name);
  const auto milliseconds = [](const std::optional<Duration>& duration) {
    return duration ? std::to_string(duration->nanoseconds() / 1'000'000) + " ms" : "default";
  };
  s.Note("connect delay " + milliseconds(said.he_connect_delay));
  s.Note("resolve timeout " + milliseconds(said.he_resolve_timeout));
  s.Note("DNS timeout " + milliseconds(said.dns_timeout));
  co_return;
}

Task<> NameServers(Subject& s) {
  const auto known = s.network.name_servers();
  // Those of the boot arguments come first; the machine's own follow.
  if (!known.servers.empty()) s.Note(known.servers.front().ToString());
  co_return;
}

Task<> Group(Subject& s) {
  s.Note(s.network.group("private") == nullptr ? "none" : "there");
  co_return;
}

Task<> Random(Subject& s) {
  const uint64_t first = s.network.random()();
  s.Note(first != s.network.random()() ? "two draws differ" : "two draws are one");
  co_return;
}

Task<> Sleep(Subject& s) {
  const Time begin = s.network.now();
  co_await s.network.Sleep(Milliseconds(20));
  s.Note(s.network.now() - begin >= Milliseconds(20) ? "not early" : "early");
}

Task<> SourceFor(Subject& s) {
  const auto note = [&s](std::string_view what, const IpAddress& to) {
    const auto source = s.network.SourceFor(to);
    s.Note(std::string(what) + ": " +
           (source ? source->ToString() : std::string(ErrorText(source.error()))));
  };
  note("the peer", s.peer);
  note("its own", s.own);
  note("nobody", s.NobodyNear());
  note("without a route", s.Unroutable());
  note("unspecified", IpAddress::Unspecified(s.own.family()));
  co_return;
}

Task<> Mtu(Subject& s) {
  const auto note = [&s](std::string_view what, const IpAddress& to) {
    const auto mtu = s.network.Mtu(to);
    s.Note(std::string(what) + ": " +
           (mtu ? std::to_string(*mtu) : std::string(ErrorText(mtu.error()))));
  };
  note("the peer", s.peer);
  note("its own", s.own);
  note("without a route", s.Unroutable());
  co_return;
}

Task<> Resolver(Subject& s) {
  const bool one = &s.network.resolver() == &s.network.resolver();
  s.Note(one ? "one for all" : "several");
  co_return;
}

constexpr Call kCalls[] = {
    {"host.runs", Runs},
    {"host.addresses", Addresses},
    {"host.loopback", Loopback},
    {"host.settings", Settings, false},
    {"host.name_servers", NameServers, false},
    {"host.group", Group, false},
    {"host.random", Random, false},
    {"host.sleep", Sleep, false},
    {"host.source_for", SourceFor},
    {"host.mtu", Mtu},
    {"host.resolver", Resolver, false},
};

}  // namespace

std::span<const Call> HostCalls() { return kCalls; }

}  // namespace dualsim::parity
