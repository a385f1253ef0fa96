#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/expectation.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"

namespace dualsim::sim {

// What one node has told of itself: the state that conditions speak of. Items
// are kept in order of (interface, address or prefix), so that what is said about
// them depends on nothing else.
class NodeState {
 public:
  void OnLifecycle(Time now, Lifecycle what);
  // Facts of a node that is off change nothing. They are the last words of a
  // shutdown.
  void OnAddress(Time now, const AddressFact& fact);
  void OnNeighbor(Time now, const NeighborFact& fact);
  void OnDefaultRouter(Time now, const DefaultRouterFact& fact);
  void OnResolver(Time now, const ResolverFact& fact);
  void OnPrefix(Time now, const PrefixFact& fact);
  void OnRoute(Time now, const RouteFact& fact);

  bool Satisfies(const AddressCondition& condition) const;
  bool Satisfies(const NeighborCondition& condition) const;
  bool Satisfies(const DefaultRouterCondition& condition) const;
  bool Satisfies(const ResolverCondition& condition) const;
  bool Satisfies(const PrefixCondition& condition) const;
  bool Satisfies(const RouteCondition& condition) const;
  bool Satisfies(const RunningCondition& condition) const { return running_ == condition.running; }

  // What is true instead, for people: the items that the condition could mean,
  // and since when they are so. Begins with "has" or "is".
  std::string Describe(const AddressCondition& condition) const;
  std::string Describe(const NeighborCondition& condition) const;
  std::string Describe(const DefaultRouterCondition& condition) const;
  std::string Describe(const ResolverCondition& condition) const;
  std::string Describe(const PrefixCondition& condition) const;
  std::string Describe(const RouteCondition& condition) const;
  std::string Describe(const RunningCondition& condition) const;

 private:
  template <typename Fact>
  struct Item {
    Fact fact;
    Time since;  // Since when it is in this state.
  };
  template <typename Fact>
  using Items = std::vector<Item<Fact>>;

  std::string WhetherOff() const;

  bool running_ = false;
  Time running_since_;
  Items<AddressFact> addresses_;
  Items<NeighborFact> neighbors_;
  Items<DefaultRouterFact> routers_;
  Items<ResolverFact> resolver_;
  Items<PrefixFact> prefixes_;
  Items<RouteFact> routes_;
};

}  // namespace dualsim::sim
