#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace dualsim::sim {

// An entity of a world: the rank of its name among all names, so that entities
// compare as their names do and adding one changes no relative order. A number
// is good for one world only and never reaches an output.
enum class EntityId : uint32_t {};

// Something that happens to an entity at a time. Plain words: whoever sends it
// and whoever receives it agree on what `payload` and `tag` mean.
struct Event {
  Time time;
  EntityId sender{};
  EntityId receiver{};
  uint64_t count = 0;  // How many events the sender had sent before this one.
  uint64_t payload = 0;
  uint32_t tag = 0;
};
static_assert(sizeof(Event) <= 40);

// The order of a run: (time, receiver, sender, the sender's count). It is total,
// because a sender never uses a count twice, and depends neither on memory nor
// on the order of insertion.
constexpr bool operator<(const Event& a, const Event& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.receiver != b.receiver) return a.receiver < b.receiver;
  if (a.sender != b.sender) return a.sender < b.sender;
  return a.count < b.count;
}

}  // namespace dualsim::sim
