// The program that makes every call of the application interface, and logs what it saw.

#include "tests/parity/subject.h"

#include <algorithm>

#include "stack/application/registry.h"

namespace dualsim::parity {
namespace {

using application::Network;
using application::Task;

const IpAddress kOwn4 = *IpAddress::Parse("192.0.2.2");
const IpAddress kOwn6 = *IpAddress::Parse("2001:db8::2");
const IpAddress kPeer4 = *IpAddress::Parse("192.0.2.1");
const IpAddress kPeer6 = *IpAddress::Parse("2001:db8::1");

bool IsReady(Network& network) {
  const auto all = network.addresses();
  const auto has = [&](const IpAddress& wanted) {
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& one) { return one.address == wanted; });
  };
  return has(kOwn4) && has(kOwn6);
}

Task<> Try(Network& network, const Call& call, IpFamily family) {
  const bool ipv4 = family == IpFamily::kIpv4;
  Subject subject{
      .network = network,
      .call = std::string(call.name) + (!call.each_family ? "" : (ipv4 ? "/IPv4" : "/IPv6")),
      .own = ipv4 ? kOwn4 : kOwn6,
      .peer = ipv4 ? kPeer4 : kPeer6};
  // A call that never ends is a difference, too.
  constexpr Duration kPatience = Seconds(100);
  const auto ended =
      co_await application::WithTimeout(network.scheduler(), kPatience, call.run(subject));
  if (!ended) subject.Note("never ends");
}

Task<> TryAll(Network& network, const std::string& only) {
  co_await application::WaitUntil(network, [&network] { return IsReady(network); });
  // The peer's program begins at the same time.
  co_await network.Sleep(Milliseconds(500));
  for (const auto& calls : {HostCalls(), TcpCalls(), TcpDataCalls(), UdpCalls(), IcmpCalls()}) {
    for (const Call& call : calls) {
      if (call.name.find(only) == call.name.npos) continue;
      co_await Try(network, call, IpFamily::kIpv4);
      if (call.each_family) co_await Try(network, call, IpFamily::kIpv6);
    }
  }
  network.Log("all calls were made");
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  const std::string only = arguments.TakeString("only").value_or("");
  return application::Program([only](Network& network) { return TryAll(network, only); });
}

const application::Registration kSubject({.name = "parity",
                                          .summary = "Makes every call of the interface.",
                                          .usage = "[--only=TEXT]",
                                          .make = Make});

}  // namespace
}  // namespace dualsim::parity
