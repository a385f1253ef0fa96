#include "sim/scenario/node_state.h"

#include <tuple>

#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

// What tells one item from another, what its state is, and whether it is there.

auto KeyOf(const AddressFact& f) { return std::tuple(f.interface, f.address); }
auto KeyOf(const NeighborFact& f) { return std::tuple(f.interface, f.address); }
auto KeyOf(const DefaultRouterFact& f) { return std::tuple(f.interface, f.router); }
auto KeyOf(const ResolverFact& f) { return std::tuple(f.interface, f.kind, f.value); }
auto KeyOf(const PrefixFact& f) { return std::tuple(f.interface, f.prefix); }
auto KeyOf(const RouteFact& f) { return std::tuple(f.interface, f.prefix, f.next_hop); }

bool SameState(const AddressFact& a, const AddressFact& b) { return a.state == b.state; }
bool SameState(const NeighborFact& a, const NeighborFact& b) {
  return a.state == b.state && a.link_layer_address == b.link_layer_address &&
         a.is_router == b.is_router;
}
bool SameState(const DefaultRouterFact&, const DefaultRouterFact&) { return true; }
bool SameState(const ResolverFact&, const ResolverFact&) { return true; }
bool SameState(const PrefixFact&, const PrefixFact&) { return true; }
bool SameState(const RouteFact&, const RouteFact&) { return true; }

bool IsThere(const AddressFact& f) { return f.state != AddressState::kRemoved; }
bool IsThere(const NeighborFact& f) { return f.state != NeighborState::kNone; }
bool IsThere(const DefaultRouterFact& f) { return f.present; }
bool IsThere(const ResolverFact& f) { return f.present; }
bool IsThere(const PrefixFact& f) { return f.present; }
bool IsThere(const RouteFact& f) { return f.present; }

template <typename Items, typename Fact>
void Update(Time now, const Fact& fact, Items* items) {
  const auto at = std::lower_bound(
      items->begin(), items->end(), fact,
      [](const auto& item, const Fact& wanted) { return KeyOf(item.fact) < KeyOf(wanted); });
  const bool known = at != items->end() && KeyOf(at->fact) == KeyOf(fact);
  if (!IsThere(fact)) {
    if (known) items->erase(at);
  } else if (!known) {
    items->insert(at, {fact, now});
  } else {
    if (!SameState(at->fact, fact)) at->since = now;
    at->fact = fact;
  }
}

// Whether an item may be what a condition means, its state aside.

bool IsMeant(const AddressFact& f, const AddressCondition& c) {
  return (!c.interface || f.interface == *c.interface) && (!c.address || f.address == *c.address) &&
         (!c.within || c.within->Contains(f.address)) && (!c.origin || f.origin == *c.origin);
}
bool IsMeant(const NeighborFact& f, const NeighborCondition& c) {
  return (!c.interface || f.interface == *c.interface) && (!c.address || f.address == *c.address);
}
bool IsMeant(const DefaultRouterFact& f, const DefaultRouterCondition& c) {
  return (!c.interface || f.interface == *c.interface) && (!c.router || f.router == *c.router);
}
bool IsMeant(const ResolverFact& f, const ResolverCondition& c) {
  return (!c.interface || f.interface == *c.interface) && f.kind == c.kind &&
         (!c.value || f.value == *c.value);
}
bool IsMeant(const PrefixFact& f, const PrefixCondition& c) {
  return (!c.interface || f.interface == *c.interface) && (!c.prefix || f.prefix == *c.prefix);
}
bool IsMeant(const RouteFact& f, const RouteCondition& c) {
  return (!c.interface || f.interface == *c.interface) && (!c.prefix || f.prefix == *c.prefix) &&
         (!c.next_hop || f.next_hop == *c.next_hop);
}

// And its state with it. A condition for REMOVED or NONE counts whatever is there.

bool HasState(const AddressFact& f, const AddressCondition& c) {
  if (!c.state) return f.state != AddressState::kDuplicate;
  return *c.state == AddressState::kRemoved || f.state == *c.state;
}
bool HasState(const NeighborFact& f, const NeighborCondition& c) {
  return (!c.state || *c.state == NeighborState::kNone || f.state == *c.state) &&
         (!c.mac || f.link_layer_address == *c.mac) &&
         (!c.is_router || f.is_router == *c.is_router);
}
template <typename Fact, typename Condition>
bool HasState(const Fact&, const Condition&) {
  return true;
}

template <typename Items, typename Condition>
bool CountHolds(const Items& items, const Condition& condition) {
  uint64_t count = 0;
  for (const auto& item : items) {
    if (IsMeant(item.fact, condition) && HasState(item.fact, condition)) ++count;
  }
  return condition.count.Holds(count);
}

std::string Text(const AddressFact& f) {
  return f.address.ToString() + " " + std::string(AddressStateName(f.state));
}
std::string Text(const NeighborFact& f) {
  std::string text = f.address.ToString() + " " + std::string(NeighborStateName(f.state));
  if (!f.link_layer_address.is_zero()) text += " at " + f.link_layer_address.ToString();
  return text + (f.is_router ? ", a router" : "");
}
std::string Text(const DefaultRouterFact& f) { return f.router.ToString(); }
std::string Text(const ResolverFact& f) {
  return std::string(ResolverKindName(f.kind)) + " " + f.value;
}
std::string Text(const PrefixFact& f) { return f.prefix.ToString(); }
std::string Text(const RouteFact& f) {
  return f.prefix.ToString() +
         (f.next_hop.is_unspecified() ? " on link" : " via " + f.next_hop.ToString());
}

template <typename Items, typename IsShown>
std::string List(const Items& items, IsShown is_shown) {
  constexpr size_t kShown = 6;
  std::string text;
  size_t count = 0;
  for (const auto& item : items) {
    if (!is_shown(item.fact) || ++count > kShown) continue;
    text += (count == 1 ? "" : "; ") + Text(item.fact) + " since " + TimeText(item.since);
  }
  if (count > kShown) text += "; and " + std::to_string(count - kShown) + " more";
  return text;
}

// The items that are meant; where there are none, all of the kind.
template <typename Items, typename Condition>
std::string DescribeItems(const Items& items, const Condition& condition, const char* noun) {
  const std::string meant =
      List(items, [&condition](const auto& fact) { return IsMeant(fact, condition); });
  if (!meant.empty()) return "has " + meant;
  const std::string all = List(items, [](const auto&) { return true; });
  return all.empty() ? std::string("has no ") + noun + " at all"
                     : std::string("has no such ") + noun + "; it has " + all;
}

}  // namespace

void NodeState::OnLifecycle(Time now, Lifecycle what) {
  running_ = what == Lifecycle::kBoot;
  running_since_ = now;
  addresses_.clear();
  neighbors_.clear();
  routers_.clear();
  prefixes_.clear();
  routes_.clear();
}

void NodeState::OnAddress(Time now, const AddressFact& fact) {
  if (running_) Update(now, fact, &addresses_);
}
void NodeState::OnNeighbor(Time now, const NeighborFact& fact) {
  if (running_) Update(now, fact, &neighbors_);
}
void NodeState::OnDefaultRouter(Time now, const DefaultRouterFact& fact) {
  if (running_) Update(now, fact, &routers_);
}
void NodeState::OnResolver(Time now, const ResolverFact& fact) {
  if (running_) Update(now, fact, &resolver_);
}
void NodeState::OnPrefix(Time now, const PrefixFact& fact) {
  if (running_) Update(now, fact, &prefixes_);
}
void NodeState::OnRoute(Time now, const RouteFact& fact) {
  if (!running_) return;
  if (fact.present) {
    Update(now, fact, &routes_);
    return;
  }
  // Routes are taken away by their prefix; the fact may leave the rest out.
  std::erase_if(routes_, [&fact](const auto& item) { return item.fact.prefix == fact.prefix; });
}

bool NodeState::Satisfies(const AddressCondition& c) const { return CountHolds(addresses_, c); }
bool NodeState::Satisfies(const NeighborCondition& c) const { return CountHolds(neighbors_, c); }
bool NodeState::Satisfies(const DefaultRouterCondition& c) const { return CountHolds(routers_, c); }
bool NodeState::Satisfies(const ResolverCondition& c) const { return CountHolds(resolver_, c); }
bool NodeState::Satisfies(const PrefixCondition& c) const { return CountHolds(prefixes_, c); }
bool NodeState::Satisfies(const RouteCondition& c) const { return CountHolds(routes_, c); }

std::string NodeState::WhetherOff() const {
  if (running_) return "";
  return running_since_ == Time() ? "is off, and never ran"
                                  : "is off since " + TimeText(running_since_);
}

std::string NodeState::Describe(const AddressCondition& c) const {
  return running_ ? DescribeItems(addresses_, c, "address") : WhetherOff();
}
std::string NodeState::Describe(const NeighborCondition& c) const {
  return running_ ? DescribeItems(neighbors_, c, "neighbour") : WhetherOff();
}
std::string NodeState::Describe(const DefaultRouterCondition& c) const {
  return running_ ? DescribeItems(routers_, c, "default router") : WhetherOff();
}
std::string NodeState::Describe(const ResolverCondition& c) const {
  return running_ ? DescribeItems(resolver_, c, std::string(ResolverKindName(c.kind)).c_str())
                  : WhetherOff();
}
std::string NodeState::Describe(const PrefixCondition& c) const {
  return running_ ? DescribeItems(prefixes_, c, "on-link prefix") : WhetherOff();
}
std::string NodeState::Describe(const RouteCondition& c) const {
  return running_ ? DescribeItems(routes_, c, "route") : WhetherOff();
}
std::string NodeState::Describe(const RunningCondition&) const {
  return running_ ? "runs since " + TimeText(running_since_) : WhetherOff();
}

}  // namespace dualsim::sim
