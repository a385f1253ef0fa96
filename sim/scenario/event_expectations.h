#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/decision.h"
#include "sim/scenario/packet_watch.h"
#include "sim/scenario/ping_tracker.h"
#include "sim/scenario/plan.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Judges a plan's expectations on what happens: packets, drops, log lines, pings.
class EventExpectations final : public WorldObserver {
 public:
  // All outlive it.
  EventExpectations(const Plan& plan, const PingTracker& pings);

  void OnFrame(Time now, const FrameEvent& event) override;
  void OnFrameLoss(Time now, const FrameLossEvent& event) override;
  void OnDrop(Time now, NodeId node, const DropFact& fact) override;
  void OnLog(Time now, NodeId node, const LogFact& fact) override;
  void OnConnection(Time now, NodeId node, const ConnectionFact& fact) override;

  void OnQuery(Time now, NodeId node, const QueryFact& fact) override;
  void OnLease(Time now, NodeId node, const LeaseFact& fact) override;

  // The run is over, with all that happens at `end`. Puts the decisions to their
  // expectations' places; `decisions` has one for each of the plan's.
  void Finish(Time end, std::vector<Decision>* decisions);

 private:
  // An expectation that counts drops, lines or connections.
  struct Counter {
    size_t index = 0;  // In the plan.
    const Expectation* expectation = nullptr;
    CountRange count;
    uint64_t seen = 0;
    std::optional<Time> last;
    // Once it is clear before the end.
    std::optional<Decision> decision;
  };
  struct DropCounter : Counter {
    const DropsCondition* condition = nullptr;
  };
  struct LogCounter : Counter {
    const LogCondition* condition = nullptr;
    size_t met = 0;  // Lines of its sequence.
  };
  struct ConnectionCounter : Counter {
    const ConnectionCondition* condition = nullptr;
  };

  struct QueryCounter : Counter {
    const QueryCondition* condition = nullptr;
  };
  struct LeaseCounter : Counter {
    const LeaseCondition* condition = nullptr;
  };
  // A counter for an expectation of one of these kinds.
  template <typename CounterOf, typename Condition>
  static void AddCounter(std::vector<CounterOf>& counters, size_t index,
                         const Expectation& expectation, const Condition& condition) {
    CounterOf& counter = counters.emplace_back();
    counter.index = index;
    counter.expectation = &expectation;
    counter.count = condition.count;
    counter.condition = &condition;
  }

  void CountDrop(Time now, std::optional<LinkId> link, std::optional<NodeId> node,
                 DropReason reason);
  void Count(Time now, Counter& counter) const;
  Decision Finish(Time end, const Counter& counter) const;

  const Plan& plan_;
  const PingTracker& pings_;
  std::vector<PacketWatch> packets_;
  std::vector<std::vector<size_t>> packets_on_;  // By LinkId: places in packets_.
  std::vector<DropCounter> drops_;
  std::vector<LogCounter> logs_;
  std::vector<ConnectionCounter> connections_;
  std::vector<QueryCounter> queries_;
  std::vector<LeaseCounter> leases_;
};

// Judges one expectation on pings by what is known of them at `end`.
Decision JudgePing(const Expectation& expectation, const PingTracker& pings, Time end);

}  // namespace dualsim::sim
