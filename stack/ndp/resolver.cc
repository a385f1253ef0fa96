// What is told of the configuration for resolvers that routers advertise: RFC 8106,
// RFC 8781.

#include <algorithm>
#include <utility>

#include "stack/ndp/neighbor_discovery.h"

namespace dualsim::ndp {

void NeighborDiscovery::ReportResolver(Time now) {
  if (resolver_.empty() && dns_.servers().empty() && dns_.search_domains().empty() &&
      pref64s_.entries().empty()) {
    return;
  }
  std::vector<ResolverFact> current;
  const auto add = [&](ResolverKind kind, std::string value, Time until) {
    current.push_back({.interface = config_.interface,
                       .kind = kind,
                       .value = std::move(value),
                       .present = true,
                       .until = until});
  };
  for (const auto& entry : dns_.servers()) {
    add(ResolverKind::kDnsServer, entry.value.ToString(), entry.until());
  }
  for (const auto& entry : dns_.search_domains()) {
    add(ResolverKind::kSearchDomain, entry.value, entry.until());
  }
  for (const auto& entry : pref64s_.entries()) {
    add(ResolverKind::kPref64, entry.prefix.ToString(), entry.until);
  }
  const auto has = [](const std::vector<ResolverFact>& facts, const ResolverFact& wanted) {
    return std::any_of(facts.begin(), facts.end(), [&](const ResolverFact& fact) {
      return fact.kind == wanted.kind && fact.value == wanted.value;
    });
  };
  for (ResolverFact& fact : resolver_) {
    if (has(current, fact)) continue;
    fact.present = false;
    output_.OnResolverChange(now, fact);
  }
  for (const ResolverFact& fact : current) {
    if (!has(resolver_, fact)) output_.OnResolverChange(now, fact);
  }
  resolver_ = std::move(current);
}

}  // namespace dualsim::ndp
