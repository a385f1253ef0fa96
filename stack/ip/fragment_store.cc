#include "stack/ip/fragment_store.h"

#include <algorithm>
#include <utility>

namespace dualsim::ip {

bool Fragment::SameAs(const Fragment& other) const {
  const ByteView mine = bytes();
  const ByteView theirs = other.bytes();
  return offset == other.offset && more == other.more &&
         std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end());
}

const PendingPacket* FragmentStore::Add(Time now, const FragmentedPacket& key, Fragment fragment,
                                        FragmentStoreOutput& output) {
  const size_t index = FindOrAdd(now, key, output);
  if (!Insert(index, std::move(fragment), output)) return nullptr;
  return pending_[index].complete() ? &pending_[index] : nullptr;
}

void FragmentStore::Finish(const PendingPacket* packet) {
  Remove(static_cast<size_t>(packet - pending_.data()));
}

size_t FragmentStore::FindOrAdd(Time now, const FragmentedPacket& key,
                                FragmentStoreOutput& output) {
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (pending_[i].key == key) return i;
  }
  if (pending_.size() >= limits_.packets) {
    const size_t victim = FindVictim(key.source, 1, std::nullopt);
    DropFragments(pending_[victim], rules_.limit, output);
    Remove(victim);
  }
  PendingPacket& added = pending_.emplace_back();
  added.key = key;
  added.deadline = now + rules_.timeout;
  return pending_.size() - 1;
}

bool FragmentStore::Insert(size_t index, Fragment fragment, FragmentStoreOutput& output) {
  PendingPacket& pending = pending_[index];
  const auto refuse = [&](DropReason reason) {
    output.DropFragment(reason, fragment.packet.bytes(), fragment.arrival.interface);
    return false;
  };
  if (pending.abandoned) return refuse(*pending.abandoned);
  std::vector<Fragment>& fragments = pending.fragments;
  const auto at =
      std::lower_bound(fragments.begin(), fragments.end(), fragment,
                       [](const Fragment& a, const Fragment& b) { return a.offset < b.offset; });
  if (at != fragments.end() && at->SameAs(fragment)) return refuse(rules_.duplicate);
  const bool overlaps = (at != fragments.begin() && std::prev(at)->end() > fragment.offset) ||
                        (at != fragments.end() && at->offset < fragment.end());
  const bool past_the_end =
      (pending.total && fragment.end() > *pending.total) ||
      (!fragment.more && ((pending.total && fragment.end() != *pending.total) ||
                          (!fragments.empty() && fragments.back().end() > fragment.end())));
  if (overlaps || past_the_end || fragments.size() >= limits_.fragments_per_packet) {
    const bool contradicts = overlaps || past_the_end;
    Abandon(pending, contradicts ? rules_.overlap : rules_.limit, output);
    return refuse(*pending.abandoned);
  }
  if (!MakeRoom(index, fragment.size, output)) return refuse(*pending.abandoned);
  if (!fragment.more) pending.total = fragment.end();
  pending.bytes += fragment.size;
  bytes_ += fragment.size;
  fragments.insert(at, std::move(fragment));
  return true;
}

bool FragmentStore::MakeRoom(size_t index, size_t bytes, FragmentStoreOutput& output) {
  while (bytes_ + bytes > limits_.bytes) {
    const size_t victim = FindVictim(pending_[index].key.source, bytes, index);
    Abandon(pending_[victim], rules_.limit, output);
    if (victim == index) return false;
  }
  return true;
}

size_t FragmentStore::FindVictim(const IpAddress& source, size_t more,
                                 std::optional<size_t> for_bytes_of) const {
  // Few wait at a time, so that counting anew costs less than keeping counts.
  const auto held = [&](size_t i) { return for_bytes_of ? pending_[i].bytes : size_t{1}; };
  size_t victim = 0;
  size_t most = 0;
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (held(i) == 0 && i != for_bytes_of) continue;
    const IpAddress& candidate = pending_[i].key.source;
    size_t sum = candidate == source ? more : 0;
    for (size_t j = 0; j < pending_.size(); ++j) {
      if (pending_[j].key.source == candidate) sum += held(j);
    }
    if (sum > most) {
      most = sum;
      victim = i;
    }
  }
  return victim;
}

void FragmentStore::Advance(Time now, FragmentStoreOutput& output) {
  while (!pending_.empty() && pending_.front().deadline <= now) {
    const PendingPacket& oldest = pending_.front();
    DropFragments(oldest, rules_.timed_out, output);
    if (!oldest.fragments.empty() && oldest.fragments.front().offset == 0) {
      const Fragment& first = oldest.fragments.front();
      output.OnReassemblyTimeout(first.packet.bytes(), first.arrival);
    }
    Remove(0);
  }
}

void FragmentStore::DropFragments(const PendingPacket& pending, DropReason reason,
                                  FragmentStoreOutput& output) {
  for (const Fragment& fragment : pending.fragments) {
    output.DropFragment(reason, fragment.packet.bytes(), fragment.arrival.interface);
  }
}

void FragmentStore::Abandon(PendingPacket& pending, DropReason reason,
                            FragmentStoreOutput& output) {
  DropFragments(pending, reason, output);
  pending.abandoned = reason;
  bytes_ -= std::exchange(pending.bytes, 0);
  pending.fragments = {};
}

void FragmentStore::Remove(size_t index) {
  bytes_ -= pending_[index].bytes;
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
  if (pending_.empty()) pending_.shrink_to_fit();
}

void FragmentStore::Clear() {
  pending_ = {};
  bytes_ = 0;
}

}  // namespace dualsim::ip
