#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/entity.h"
#include "sim/engine/event.h"
#include "sim/engine/event_queue.h"
#include "sim/engine/invariant.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// The clock of a world, its entities and what is pending for them. One thread.
//
// The order of events is Event's operator<, so that a run depends on the seed,
// the names and what the entities do, and on nothing else.
class Simulation {
 public:
  // `names` are those of all entities, in any order. Throws InvariantViolation
  // where two are equal.
  Simulation(uint64_t seed, std::vector<std::string> names);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  uint64_t seed() const { return seed_; }
  Time now() const { return now_; }

  size_t entity_count() const { return names_.size(); }
  std::optional<EntityId> Find(std::string_view name) const;
  const std::string& name(EntityId id) const { return names_[static_cast<size_t>(id)]; }
  // Says who gets the events of `id`; `entity` outlives the run.
  void Attach(EntityId id, Entity& entity);

  // The entity's own random stream for one purpose, always from its start.
  RandomStream Stream(EntityId id, std::string_view purpose) const {
    return RandomStream(seed_, name(id), purpose);
  }

  // An event for `receiver` at `at`, which is not before now(). At Time::Never()
  // it would not happen: that is refused, because its payload would be lost.
  void Schedule(EntityId sender, EntityId receiver, Time at, uint64_t payload, uint32_t tag) {
    if (at < now_ || at.is_never() || tag == kWakeUpTag) RefuseEvent(receiver, at);
    Push(sender, receiver, at, payload, tag);
  }
  // Tags are the entities' own, but for this one.
  static constexpr uint32_t kWakeUpTag = ~uint32_t{0};

  // Sets the entity's one wake-up to `at`, which is not before now(); Never():
  // none. Moving it later costs nothing until its old time comes; setting it
  // where it is costs nothing at all.
  void SetWakeUp(EntityId id, Time at) {
    Record& record = records_[static_cast<size_t>(id)];
    if (record.wake_at != at) MoveWakeUp(id, record, at);
  }

  // Handles the next event, whenever it is. False: nothing is pending.
  bool Step();
  // Handles all events up to and including `end`; then now() is `end`.
  void RunUntil(Time end);
  // Handles all events before `end`; then now() is `end`, and what is to happen
  // at `end` is still to come. For whoever has to act first at a time.
  void RunBefore(Time end);
  // Runs until nothing is pending, or past `limit`. True: it became quiet, and
  // now() is the time of the last event. False: now() is `limit`.
  bool RunToQuiet(Time limit);

  // Whether nothing is pending.
  bool quiet() const { return events_.size() == wake_events_ && armed_ == 0; }
  // At or before the time of the next event; Never() where nothing is pending.
  Time next() const { return quiet() ? Time::Never() : events_.next(); }

  // Hands each pending event to its receiver's OnDiscard and forgets it, and
  // every wake-up. The end of a world.
  void Discard();

  struct Counters {
    uint64_t events = 0;           // handed to OnEvent
    uint64_t wake_ups = 0;         // calls of OnWakeUp
    uint64_t spurious = 0;         // wake-ups that came up after they had been moved
    uint64_t longest_pending = 0;  // most that were ever pending at once
  };
  const Counters& counters() const { return counters_; }

  // Stops the program by InvariantViolation, with the time and the seed.
  [[noreturn]] void Fail(std::string_view what, SourcePlace place = SourcePlace::Here()) const;
  void Require(bool holds, std::string_view what, SourcePlace place = SourcePlace::Here()) const {
    if (!holds) Fail(what, place);
  }

 private:
  // An entity that is woken more often than this at one time makes no progress.
  static constexpr uint32_t kWakeUpsAtOneTime = 100'000;

  struct Record {
    Entity* entity = nullptr;
    uint64_t count = 0;                  // Events sent so far.
    Time wake_at = Time::Never();        // What was asked for.
    Time wake_event_at = Time::Never();  // When the event that stands for it comes up.
    uint64_t wake_event_count = 0;       // That event's count; others are stale.
    Time last_wake_up = Time::Never();
    uint32_t wake_ups_at_one_time = 0;
  };

  Record& record(EntityId id) { return records_[static_cast<size_t>(id)]; }
  uint64_t Push(EntityId sender, EntityId receiver, Time at, uint64_t payload, uint32_t tag) {
    Event event;
    event.time = at;
    event.sender = sender;
    event.receiver = receiver;
    event.count = ++record(sender).count;
    event.payload = payload;
    event.tag = tag;
    events_.Push(event);
    return event.count;
  }
  [[noreturn]] void RefuseEvent(EntityId receiver, Time at) const;
  void MoveWakeUp(EntityId id, Record& record, Time at);
  void PushWakeUp(EntityId id, Record& record);
  // False: it was stale or had moved, and nothing happened.
  bool WakeUp(const Event& event);
  // Handles the next event up to `limit`, if there is one.
  bool HandleUntil(Time limit);

  uint64_t seed_;
  Time now_;
  std::vector<std::string> names_;  // Sorted: an EntityId is an index.
  std::vector<Record> records_;     // By EntityId.
  EventQueue events_;
  size_t wake_events_ = 0;  // Of those pending, how many stand for wake-ups.
  size_t armed_ = 0;        // Entities that have asked for a wake-up.
  Counters counters_;
};

}  // namespace dualsim::sim
