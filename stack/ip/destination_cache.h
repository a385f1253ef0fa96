#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "stack/wire/address_map.h"

namespace dualsim::ip {

// What a node knows of destinations, bounded. `Entry` has the members `address`,
// its key, and `used`, which is the cache's own.
template <typename Entry, typename AddressType>
class DestinationCache {
 public:
  // When a new entry does not fit, one not recently used makes room. One that was
  // looked up only once goes before those that are in use, so that a scan of many
  // destinations pushes out its own.
  static constexpr size_t kMaxEntries = 4096;

  Entry* Find(const AddressType& destination) {
    const uint32_t* at = index_.Find(destination);
    if (at == nullptr) return nullptr;
    entries_[*at].used = true;
    return &entries_[*at];
  }

  // The entry, added where there is none. The reference holds until the next call.
  Entry& FindOrAdd(const AddressType& destination) {
    if (Entry* found = Find(destination)) return *found;
    size_t at = entries_.size();
    if (at < kMaxEntries) {
      entries_.emplace_back();
    } else {
      at = FindVictim();
      index_.Erase(entries_[at].address);
      entries_[at] = Entry();
    }
    entries_[at].address = destination;
    index_.Insert(destination, static_cast<uint32_t>(at));
    return entries_[at];
  }

  void Clear() {
    entries_ = {};
    index_.Clear();
    hand_ = 0;
  }
  size_t size() const { return entries_.size(); }

 private:
  size_t FindVictim() {
    // A round at most takes every mark of use away.
    for (;;) {
      const size_t at = hand_;
      hand_ = (hand_ + 1) % entries_.size();
      if (!std::exchange(entries_[at].used, false)) return at;
    }
  }

  std::vector<Entry> entries_;
  AddressMap<uint32_t, AddressType> index_;
  size_t hand_ = 0;
};

}  // namespace dualsim::ip
