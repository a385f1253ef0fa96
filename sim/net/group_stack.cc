#include "sim/net/group_stack.h"

#include <utility>

namespace dualsim::sim {
namespace {

template <typename Fact>
Fact OnCard(Fact fact, InterfaceId card) {
  fact.interface = card;
  return fact;
}

}  // namespace

GroupStack::GroupStack(Network& network, Station& station, InterfaceId card, std::string name,
                       host::StackConfig config, application::Settings settings, Observer& told)
    : station_(station),
      card_(card),
      name_(std::move(name)),
      entity_(station.name() + "/" + name_),
      random_(network.simulation().seed(), entity_),
      settings_(std::move(settings)),
      told_(told),
      stack_(std::move(config), host::Environment{network.packets(), static_cast<Device&>(*this),
                                                  static_cast<Observer&>(*this), random_}) {}

void GroupStack::OnAddress(Time now, const AddressFact& fact) {
  told_.OnAddress(now, OnCard(fact, card_));
}
void GroupStack::OnNeighbor(Time now, const NeighborFact& fact) {
  told_.OnNeighbor(now, OnCard(fact, card_));
}
void GroupStack::OnDefaultRouter(Time now, const DefaultRouterFact& fact) {
  told_.OnDefaultRouter(now, OnCard(fact, card_));
}
void GroupStack::OnPrefix(Time now, const PrefixFact& fact) {
  told_.OnPrefix(now, OnCard(fact, card_));
}
void GroupStack::OnRoute(Time now, const RouteFact& fact) {
  told_.OnRoute(now, OnCard(fact, card_));
}
void GroupStack::OnResolver(Time now, const ResolverFact& fact) {
  told_.OnResolver(now, OnCard(fact, card_));
}
void GroupStack::OnDrop(Time now, const DropFact& fact) { told_.OnDrop(now, OnCard(fact, card_)); }
void GroupStack::OnLease(Time now, const LeaseFact& fact) {
  told_.OnLease(now, OnCard(fact, card_));
}

}  // namespace dualsim::sim
