#include "stack/ipv6/destination_cache.h"

#include <utility>

namespace dualsim::ipv6 {

Destination* DestinationCache::Find(const Ipv6Address& destination) {
  const uint32_t* at = index_.Find(destination);
  if (at == nullptr) return nullptr;
  entries_[*at].used = true;
  return &entries_[*at];
}

Destination& DestinationCache::FindOrAdd(const Ipv6Address& destination) {
  if (Destination* found = Find(destination)) return *found;
  size_t at = entries_.size();
  if (at < kMaxEntries) {
    entries_.emplace_back();
  } else {
    at = FindVictim();
    index_.Erase(entries_[at].address);
    entries_[at] = Destination();
  }
  entries_[at].address = destination;
  index_.Insert(destination, static_cast<uint32_t>(at));
  return entries_[at];
}

size_t DestinationCache::FindVictim() {
  // A round at most takes every mark of use away.
  for (;;) {
    const size_t at = hand_;
    hand_ = (hand_ + 1) % entries_.size();
    if (!std::exchange(entries_[at].used, false)) return at;
  }
}

void DestinationCache::Clear() {
  entries_ = {};
  index_.Clear();
  hand_ = 0;
}

}  // namespace dualsim::ipv6
