#include "stack/ndp/served_addresses.h"

#include <algorithm>

namespace dualsim::ndp {

bool ServedAddresses::Add(const Ipv6Address& address, Kind kind) {
  for (Entry& entry : entries_) {
    if (entry.address != address) continue;
    ++entry.count;
    return false;
  }
  entries_.push_back({address, kind, 1});
  return true;
}

bool ServedAddresses::Remove(const Ipv6Address& address) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.address == address; });
  if (found == entries_.end() || --found->count > 0) return false;
  entries_.erase(found);
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.answer.target == address; });
  return true;
}

std::optional<ServedAddresses::Kind> ServedAddresses::Find(const Ipv6Address& address) const {
  for (const Entry& entry : entries_) {
    if (entry.address == address) return entry.kind;
  }
  return std::nullopt;
}

std::optional<ServedAddresses::Answer> ServedAddresses::Schedule(Time at, const Answer& answer) {
  const bool waits = std::any_of(waiting_.begin(), waiting_.end(),
                                 [&](const Waiting& waiting) { return waiting.answer == answer; });
  if (waits) return std::nullopt;
  const auto later = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Waiting& waiting) { return waiting.at > at; });
  waiting_.insert(later, {at, answer});
  if (waiting_.size() <= kMaxAnswers) return std::nullopt;
  return TakeFirst();
}

Time ServedAddresses::deadline() const {
  return waiting_.empty() ? Time::Never() : waiting_.front().at;
}

std::optional<ServedAddresses::Answer> ServedAddresses::NextAnswer(Time now) {
  if (waiting_.empty() || waiting_.front().at > now) return std::nullopt;
  return TakeFirst();
}

ServedAddresses::Answer ServedAddresses::TakeFirst() {
  const Answer answer = waiting_.front().answer;
  waiting_.erase(waiting_.begin());
  return answer;
}

}  // namespace dualsim::ndp
