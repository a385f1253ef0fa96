#include "sim/engine/simulation.h"

#include <algorithm>
#include <utility>

namespace dualsim::sim {

Simulation::Simulation(uint64_t seed, std::vector<std::string> names)
    : seed_(seed), names_(std::move(names)), records_(names_.size()) {
  std::sort(names_.begin(), names_.end());
  const auto twice = std::adjacent_find(names_.begin(), names_.end());
  if (twice != names_.end()) Fail("two entities are called '" + *twice + "'");
}

std::optional<EntityId> Simulation::Find(std::string_view name) const {
  const auto at = std::lower_bound(names_.begin(), names_.end(), name);
  if (at == names_.end() || *at != name) return std::nullopt;
  return EntityId{static_cast<uint32_t>(at - names_.begin())};
}

void Simulation::Attach(EntityId id, Entity& entity) {
  Require(static_cast<size_t>(id) < records_.size(), "an entity is attached that has no name");
  record(id).entity = &entity;
}

void Simulation::Fail(std::string_view what, SourcePlace place) const {
  throw InvariantViolation(what, place, now_, seed_);
}

void Simulation::RefuseEvent(EntityId receiver, Time at) const {
  const std::string who = " is sent to '" + name(receiver) + "'";
  if (at < now_) Fail("an event in the past" + who);
  if (at.is_never()) Fail("an event that never happens" + who);
  Fail("an event with a tag that is not an entity's" + who);
}

void Simulation::MoveWakeUp(EntityId id, Record& record, Time at) {
  if (at < now_) Fail("a wake-up in the past is asked for by '" + name(id) + "'");
  if (record.wake_at.is_never()) ++armed_;
  if (at.is_never()) --armed_;
  record.wake_at = at;
  // A later one waits for the event that is there to come up.
  if (at < record.wake_event_at) PushWakeUp(id, record);
}

void Simulation::PushWakeUp(EntityId id, Record& record) {
  record.wake_event_at = record.wake_at;
  record.wake_event_count = Push(id, id, record.wake_at, 0, kWakeUpTag);
  ++wake_events_;
}

bool Simulation::WakeUp(const Event& event) {
  --wake_events_;
  Record& record = this->record(event.receiver);
  if (event.count != record.wake_event_count) {
    ++counters_.spurious;
    return false;
  }
  record.wake_event_at = Time::Never();
  if (record.wake_at > now_) {
    ++counters_.spurious;
    if (!record.wake_at.is_never()) PushWakeUp(event.receiver, record);
    return false;
  }
  record.wake_at = Time::Never();
  --armed_;
  record.wake_ups_at_one_time = record.last_wake_up == now_ ? record.wake_ups_at_one_time + 1 : 0;
  record.last_wake_up = now_;
  if (record.wake_ups_at_one_time > kWakeUpsAtOneTime) {
    Fail("time stands still: '" + name(event.receiver) + "' asks to be woken without end");
  }
  ++counters_.wake_ups;
  record.entity->OnWakeUp();
  return true;
}

bool Simulation::HandleUntil(Time limit) {
  Event event;
  do {
    if (counters_.longest_pending < events_.size()) counters_.longest_pending = events_.size();
    if (!events_.PopUntil(limit, event)) return false;
    now_ = event.time;
    if (event.tag != kWakeUpTag) {
      ++counters_.events;
      Entity* const entity = record(event.receiver).entity;
      if (entity == nullptr)
        Fail("an event for '" + name(event.receiver) + "', which is no entity");
      entity->OnEvent(event);
      return true;
    }
  } while (!WakeUp(event));
  return true;
}

bool Simulation::Step() { return !quiet() && HandleUntil(Time::Never()); }

void Simulation::RunUntil(Time end) {
  Require(end >= now_, "a run into the past is asked for");
  while (HandleUntil(end)) {
  }
  now_ = end;
}

void Simulation::RunBefore(Time end) {
  Require(end >= now_, "a run into the past is asked for");
  while (HandleUntil(end - Nanoseconds(1))) {
  }
  now_ = end;
}

bool Simulation::RunToQuiet(Time limit) {
  Require(limit >= now_, "a run into the past is asked for");
  while (!quiet()) {
    if (!HandleUntil(limit)) {
      now_ = limit;
      return false;
    }
  }
  return true;
}

void Simulation::Discard() {
  Event event;
  while (events_.PopUntil(Time::Never(), event)) {
    Entity* const entity = record(event.receiver).entity;
    if (event.tag != kWakeUpTag && entity != nullptr) entity->OnDiscard(event);
  }
  wake_events_ = 0;
  armed_ = 0;
  for (Record& record : records_) record.wake_at = record.wake_event_at = Time::Never();
}

}  // namespace dualsim::sim
