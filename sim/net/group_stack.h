#pragma once

#include <string>

#include "sim/net/network.h"
#include "sim/net/station.h"
#include "stack/application/settings.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/config.h"
#include "stack/host/stack.h"

namespace dualsim::sim {

// Another stack of a node beside its own: that of a group of boot arguments, on one of
// the node's cards. It knows that card alone, as its interface 0; the world knows the
// card, and facts about it, by the node's number.
class GroupStack final : private host::Device, private Observer {
 public:
  // `config` has one interface. All but the values outlive it.
  GroupStack(Network& network, Station& station, InterfaceId card, std::string name,
             host::StackConfig config, application::Settings settings, Observer& told);

  const std::string& name() const { return name_; }
  InterfaceId card() const { return card_; }
  const application::Settings& settings() const { return settings_; }
  const RandomSource& random() const { return random_; }
  host::Stack& stack() { return stack_; }
  const host::Stack& stack() const { return stack_; }

 private:
  // host::Device.
  void Transmit(InterfaceId, Packet frame) override { station_.Transmit(card_, std::move(frame)); }
  void JoinGroup(InterfaceId, MacAddress group) override { station_.JoinGroup(card_, group); }
  void LeaveGroup(InterfaceId, MacAddress group) override { station_.LeaveGroup(card_, group); }
  void HearAllGroups(InterfaceId, bool all) override { station_.HearAllGroups(card_, all); }
  void SetAddress(InterfaceId, MacAddress address) override { station_.SetAddress(card_, address); }

  // Observer.
  void OnAddress(Time now, const AddressFact& fact) override;
  void OnNeighbor(Time now, const NeighborFact& fact) override;
  void OnDefaultRouter(Time now, const DefaultRouterFact& fact) override;
  void OnPrefix(Time now, const PrefixFact& fact) override;
  void OnRoute(Time now, const RouteFact& fact) override;
  void OnResolver(Time now, const ResolverFact& fact) override;
  void OnDrop(Time now, const DropFact& fact) override;
  void OnLease(Time now, const LeaseFact& fact) override;
  void OnEcho(Time now, const EchoFact& fact) override { told_.OnEcho(now, fact); }
  void OnConnection(Time now, const ConnectionFact& fact) override {
    told_.OnConnection(now, fact);
  }
  void OnRetransmission(Time now, const RetransmissionFact& fact) override {
    told_.OnRetransmission(now, fact);
  }
  void OnPath(Time now, const PathFact& fact) override { told_.OnPath(now, fact); }
  void OnApplication(Time now, const ApplicationFact& fact) override {
    told_.OnApplication(now, fact);
  }
  void OnLog(Time now, const LogFact& fact) override { told_.OnLog(now, fact); }
  void OnQuery(Time now, const QueryFact& fact) override { told_.OnQuery(now, fact); }
  void OnNameServers(Time now) override { told_.OnNameServers(now); }

  Station& station_;
  const InterfaceId card_;
  const std::string name_;
  const std::string
      entity_;  // Whose random numbers it draws: "NODE/GROUP", which no node is named.
  const RandomSource random_;
  const application::Settings settings_;
  Observer& told_;
  host::Stack stack_;
};

}  // namespace dualsim::sim
