// A client for trying out name resolution: asks, and logs what comes back.

#include <array>
#include <string>
#include <utility>

#include "stack/application/registry.h"
#include "stack/application/scope.h"
#include "stack/dns/resolver.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using wire::DnsType;

constexpr std::array kTypes = {DnsType::kA,   DnsType::kAaaa, DnsType::kCname, DnsType::kMx,
                               DnsType::kNs,  DnsType::kPtr,  DnsType::kSoa,   DnsType::kSrv,
                               DnsType::kTxt, DnsType::kAny};

struct Options {
  std::string name;
  std::optional<DnsType> type;  // Default: the addresses of the families that the host runs.
  Duration delay;
};

Task<> Ask(Network& network, std::string name, DnsType type) {
  const dns::Resolution found = co_await network.resolver().Resolve(network, name, type);
  const std::string asked = found.outcome == dns::Outcome::kBadName ? name : found.name.ToString();
  network.Log(asked + " " + wire::DnsTypeName(type) + ": " +
              (found.outcome == dns::Outcome::kFound
                   ? found.AnswerText(type)
                   : std::string(dns::OutcomeText(found.outcome))));
}

Task<> Resolve(Network& network, const Options& options) {
  co_await network.Sleep(options.delay);
  application::Scope questions(network.scheduler());
  if (options.type) {
    questions.Start(Ask(network, options.name, *options.type));
  } else {
    if (network.runs(IpFamily::kIpv6)) {
      questions.Start(Ask(network, options.name, DnsType::kAaaa));
    }
    if (network.runs(IpFamily::kIpv4)) questions.Start(Ask(network, options.name, DnsType::kA));
  }
  co_await questions.Join();
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  const auto name = arguments.TakeString("name");
  if (!name) {
    arguments.Require("name", "a name, as www.example.com");
  } else if (!wire::DnsName::ParseHostName(*name)) {
    arguments.Refuse("name", *name, "a name, as www.example.com");
  }
  options.name = name.value_or("");
  std::string allowed;
  for (const DnsType type : kTypes) allowed += (allowed.empty() ? "" : ", ") + DnsTypeName(type);
  if (const auto type = arguments.TakeString("type")) {
    for (const DnsType known : kTypes) {
      if (DnsTypeName(known) == *type) options.type = known;
    }
    if (!options.type) arguments.Refuse("type", *type, "one of " + allowed);
  }
  options.delay = arguments.TakeDuration("delay").value_or(Duration());
  return application::Program([options](Network& network) { return Resolve(network, options); });
}

const application::Registration kResolve({.name = "resolve",
                                          .summary = "Resolves a name, and logs what it found.",
                                          .usage = "--name=NAME [--type=AAAA] [--delay=0s]",
                                          .make = Make});

}  // namespace
}  // namespace dualsim::apps
