#pragma once

#include <cstdint>
#include <queue>
#include <string>
#include <vector>

#include "sim/scenario/address_book.h"
#include "sim/scenario/ping_tracker.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/world.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Plays what a plan says to happen: the boots of its nodes and its actions, each
// repetition and each request of a ping at its time. At one time nodes boot
// first, in the order of their names, then actions follow in the order of the
// text.
class Timeline {
 public:
  // All outlive the timeline.
  Timeline(const Plan& plan, World& world, PingTracker& pings, AddressBook& book);

  // When something is next due; Never() where nothing is left.
  Time next() const { return due_.empty() ? Time::Never() : due_.top().time; }
  // Does all that is due now. Requires that the world's clock stands at next().
  void Play();
  // Does action `index` of the plan at `now`, which is the world's time, whenever
  // the plan says it happens.
  void PlayNow(size_t index, Time now);

 private:
  enum class Step : uint8_t { kBoot, kAction, kPingRequest, kBootAgain };
  struct Due {
    Time time;
    // The place in the text, from 1; 0 for the boots of the plan's nodes.
    uint64_t rank = 0;
    uint64_t index = 0;  // Of the action, or of the node that boots.
    Step step{};
    uint64_t left = 0;  // Repetitions, or requests, after this one.

    friend bool operator>(const Due& a, const Due& b) {
      if (a.time != b.time) return a.time > b.time;
      if (a.rank != b.rank) return a.rank > b.rank;
      if (a.index != b.index) return a.index > b.index;
      return a.step > b.step;
    }
  };

  void Do(const Due& due);
  // Now, or when the node's pause before it is over.
  void Boot(NodeId node);
  void Do(const action::Boot& boot);
  void Do(const action::ShutDown& shut_down);
  void Do(const action::Crash& crash);
  void Do(const action::Reboot& reboot);
  void Do(const action::ChangeLink& change);
  void Do(const action::ChangeCarrier& change);
  void Do(const action::Partition& partition);
  void Do(const action::Heal& heal);
  void Do(const action::DropFrames& drop);
  void Do(const action::AddAddress& add);
  void Do(const action::RemoveAddress& remove);
  void Do(const action::SetMac& set);
  void Do(const action::Listen& listen);
  void Do(const action::AddRoute& add);
  void Do(const action::RemoveRoute& remove);
  void Do(const action::Advertise& advertise);
  void Do(const action::Ping& ping);
  void Do(const action::Inject& inject);
  void Do(const action::StartApplication& start);
  void Do(const action::StopApplication& stop);
  void SendRequest(const action::Ping& ping);
  // Tells the observers what is being done.
  void Tell(const Action& action);
  // Tells what is being done, asks the stack that has the card by `use(stack, now, card)`, and
  // tells why not where it refuses. A node that is off refuses everything.
  template <typename Use>
  void Ask(const Action& action, NodeId node, InterfaceId card, Use use);

  const Plan& plan_;
  World& world_;
  PingTracker& pings_;
  AddressBook& book_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  Due current_;
};

}  // namespace dualsim::sim
