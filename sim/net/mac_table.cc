#include "sim/net/mac_table.h"

#include <utility>

namespace dualsim::sim {

void MacTable::SetLimits(size_t capacity, Duration ageing) {
  capacity_ = capacity;
  ageing_ = ageing;
  while (index_.size() > capacity_) Forget(oldest_);
}

void MacTable::Learn(uint64_t key, Port port, Time now) {
  uint32_t at = index_.Find(key);
  if (at == kNone) {
    if (capacity_ == 0) return;
    if (index_.size() == capacity_) Forget(oldest_);
    at = Take();
    entries_[at].key = key;
    index_.Insert(key, at);
    LinkNewest(at);
  } else if (at != newest_) {
    Unlink(at);
    LinkNewest(at);
  }
  entries_[at].port = port;
  entries_[at].heard = now;
}

std::optional<MacTable::Port> MacTable::Find(uint64_t key, Time now) const {
  const uint32_t at = index_.Find(key);
  if (at == kNone || now - entries_[at].heard >= ageing_) return std::nullopt;
  return entries_[at].port;
}

void MacTable::ForgetPort(Port port) {
  for (uint32_t at = oldest_; at != kNone;) {
    const uint32_t newer = entries_[at].newer;
    if (entries_[at].port == port) Forget(at);
    at = newer;
  }
}

void MacTable::Clear() {
  while (oldest_ != kNone) Forget(oldest_);
}

uint32_t MacTable::Take() {
  if (free_ != kNone) return std::exchange(free_, entries_[free_].newer);
  entries_.emplace_back();
  return static_cast<uint32_t>(entries_.size() - 1);
}

void MacTable::Unlink(uint32_t at) {
  const Entry& entry = entries_[at];
  (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
  (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
}

void MacTable::LinkNewest(uint32_t at) {
  entries_[at].older = newest_;
  entries_[at].newer = kNone;
  (newest_ == kNone ? oldest_ : entries_[newest_].newer) = at;
  newest_ = at;
}

void MacTable::Forget(uint32_t at) {
  Unlink(at);
  index_.Erase(entries_[at].key);
  entries_[at].newer = std::exchange(free_, at);
}

}  // namespace dualsim::sim
