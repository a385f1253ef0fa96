#include "stack/ndp/neighbor_cache.h"

#include <algorithm>
#include <utility>

#include "stack/ndp/constants.h"

namespace dualsim::ndp {

NeighborCache::NeighborCache(const LinkParameters& parameters, NeighborCacheOutput& output,
                             NeighborCacheLimits limits)
    : parameters_(parameters), output_(output), limits_(limits) {}

const Neighbor* NeighborCache::Find(const Ipv6Address& neighbor) const {
  const Slot* slot = index_.Find(neighbor);
  return slot == nullptr ? nullptr : &slots_[*slot];
}

void NeighborCache::Send(Time now, const Ipv6Address& address, Packet packet) {
  const Slot* found = index_.Find(address);
  if (found == nullptr) {
    const std::optional<Slot> created = Create(now, address);
    if (!created) {
      output_.OnUndeliverable(now, DropReason::NEIGHBOR_CACHE_FULL, std::move(packet));
      return;
    }
    Enqueue(now, slots_[*created], std::move(packet));
    Enter(now, *created, NeighborState::kIncomplete);
    Solicit(now, *created);
    return;
  }
  const Slot slot = *found;
  Neighbor& neighbor = slots_[slot];
  neighbor.used = true;
  if (neighbor.state == NeighborState::kIncomplete) {
    Enqueue(now, neighbor, std::move(packet));
    return;
  }
  // §7.3.3: the first packet to a STALE neighbour is sent at once and starts the
  // delay after which it is probed.
  if (neighbor.state == NeighborState::kStale) Enter(now, slot, NeighborState::kDelay);
  output_.SendToLinkLayer(now, neighbor.link_layer_address, std::move(packet));
}

void NeighborCache::OnLinkLayerAddress(Time now, const Ipv6Address& address, MacAddress mac,
                                       std::optional<bool> is_router) {
  const Slot* found = index_.Find(address);
  if (found == nullptr) {
    const std::optional<Slot> created = Create(now, address);
    if (!created) return;
    Neighbor& neighbor = slots_[*created];
    neighbor.link_layer_address = mac;
    neighbor.is_router = is_router.value_or(false);
    Enter(now, *created, NeighborState::kStale);
    return;
  }
  const Slot slot = *found;
  Neighbor& neighbor = slots_[slot];
  const bool flag_changed = is_router && *is_router != neighbor.is_router;
  if (is_router) neighbor.is_router = *is_router;
  const bool was_incomplete = neighbor.state == NeighborState::kIncomplete;
  if (was_incomplete || neighbor.link_layer_address != mac) {
    neighbor.link_layer_address = mac;
    Enter(now, slot, NeighborState::kStale);
    if (was_incomplete) FlushQueue(now, slot);
  } else if (flag_changed) {
    output_.OnNeighborChange(now, neighbor);
  }
}

void NeighborCache::OnRouterFlag(Time now, const Ipv6Address& address, bool is_router) {
  const Slot* found = index_.Find(address);
  if (found == nullptr || slots_[*found].is_router == is_router) return;
  slots_[*found].is_router = is_router;
  output_.OnNeighborChange(now, slots_[*found]);
}

NeighborCache::AdvertisementResult NeighborCache::OnAdvertisement(
    Time now, const Advertisement& advertisement) {
  const Slot* found = index_.Find(advertisement.target);
  if (found == nullptr) return {.dropped = DropReason::NA_NO_ENTRY};
  const Slot slot = *found;
  Neighbor& neighbor = slots_[slot];
  const auto& mac = advertisement.target_link_layer_address;

  if (neighbor.state == NeighborState::kIncomplete) {
    if (!mac) return {.dropped = DropReason::NA_NO_LINK_LAYER_ADDRESS};
    neighbor.link_layer_address = *mac;
    neighbor.is_router = advertisement.router;
    Enter(now, slot, advertisement.solicited ? NeighborState::kReachable : NeighborState::kStale);
    FlushQueue(now, slot);
    return {};
  }

  const bool differs = mac && *mac != neighbor.link_layer_address;
  if (differs && !advertisement.override_flag) {
    // §7.2.5 I: what we know is not overridden, but is no longer trusted.
    if (neighbor.state == NeighborState::kReachable) Enter(now, slot, NeighborState::kStale);
    return {};
  }
  const bool ceased = neighbor.is_router && !advertisement.router;
  const bool flag_changed = neighbor.is_router != advertisement.router;
  neighbor.is_router = advertisement.router;
  if (differs) neighbor.link_layer_address = *mac;
  if (advertisement.solicited) {
    Enter(now, slot, NeighborState::kReachable);
  } else if (differs) {
    Enter(now, slot, NeighborState::kStale);
  } else if (flag_changed) {
    output_.OnNeighborChange(now, neighbor);
  }
  return {.dropped = std::nullopt, .ceased_to_be_router = ceased};
}

void NeighborCache::ConfirmReachability(Time now, const Ipv6Address& address) {
  const Slot* found = index_.Find(address);
  if (found == nullptr || slots_[*found].state == NeighborState::kIncomplete) return;
  Enter(now, *found, NeighborState::kReachable);
}

void NeighborCache::Clear(Time now) {
  for (Slot slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].state != NeighborState::kNone) {
      Remove(now, slot, DropReason::INTERFACE_DOWN);
    }
  }
}

void NeighborCache::Advance(Time now) {
  while (const std::optional<Slot> slot = deadlines_.PopDue(now)) OnDeadline(now, *slot);
}

void NeighborCache::OnDeadline(Time now, Slot slot) {
  const Neighbor& neighbor = slots_[slot];
  switch (neighbor.state) {
    case NeighborState::kIncomplete:
      if (neighbor.solicitations < kMaxMulticastSolicit) return Solicit(now, slot);
      return Remove(now, slot, DropReason::ADDRESS_UNREACHABLE);
    case NeighborState::kReachable:
      return Enter(now, slot, NeighborState::kStale);
    case NeighborState::kDelay:
      Enter(now, slot, NeighborState::kProbe);
      return Solicit(now, slot);
    case NeighborState::kProbe:
      if (neighbor.solicitations < kMaxUnicastSolicit) return Solicit(now, slot);
      return Remove(now, slot, DropReason::ADDRESS_UNREACHABLE);
    case NeighborState::kStale:
    case NeighborState::kNone:
      return;
  }
}

void NeighborCache::Enter(Time now, Slot slot, NeighborState state) {
  Neighbor& neighbor = slots_[slot];
  const NeighborState old = std::exchange(neighbor.state, state);
  if (old == NeighborState::kIncomplete && state != NeighborState::kIncomplete) {
    std::erase(incomplete_, slot);
  }
  switch (state) {
    case NeighborState::kIncomplete:
      neighbor.solicitations = 0;
      incomplete_.push_back(slot);
      break;
    case NeighborState::kReachable:
      deadlines_.Set(slot, now + parameters_.reachable_time);
      if (old == state) return;  // The same news again: only the time moved.
      break;
    case NeighborState::kDelay:
      deadlines_.Set(slot, now + kDelayFirstProbeTime);
      break;
    case NeighborState::kProbe:
      neighbor.solicitations = 0;
      break;
    case NeighborState::kStale:
    case NeighborState::kNone:
      deadlines_.Clear(slot);
      break;
  }
  output_.OnNeighborChange(now, neighbor);
}

void NeighborCache::Solicit(Time now, Slot slot) {
  Neighbor& neighbor = slots_[slot];
  ++neighbor.solicitations;
  deadlines_.Set(slot, now + parameters_.retrans_timer);
  const bool unicast = neighbor.state == NeighborState::kProbe;
  output_.SendNeighborSolicitation(
      now, neighbor.address, unicast ? std::optional(neighbor.link_layer_address) : std::nullopt,
      neighbor.queued > 0 ? &neighbor.queue[0] : nullptr);
}

void NeighborCache::Enqueue(Time now, Neighbor& neighbor, Packet packet) {
  if (neighbor.queued == Neighbor::kMaxQueuedPackets) {
    Packet oldest = std::move(neighbor.queue[0]);
    std::move(neighbor.queue.begin() + 1, neighbor.queue.end(), neighbor.queue.begin());
    --neighbor.queued;
    output_.OnUndeliverable(now, DropReason::NEIGHBOR_QUEUE_FULL, std::move(oldest));
  }
  neighbor.queue[neighbor.queued++] = std::move(packet);
}

void NeighborCache::FlushQueue(Time now, Slot slot) {
  // Taken out first: sending may make the entry DELAY, and a later packet must
  // not overtake these.
  std::array<Packet, Neighbor::kMaxQueuedPackets> queue = std::move(slots_[slot].queue);
  const size_t count = std::exchange(slots_[slot].queued, 0);
  const Ipv6Address address = slots_[slot].address;
  for (size_t i = 0; i < count; ++i) Send(now, address, std::move(queue[i]));
}

std::optional<NeighborCache::Slot> NeighborCache::Create(Time now, const Ipv6Address& address) {
  if (incomplete_.size() >= limits_.incomplete) DropOldestIncomplete(now);
  if (index_.size() >= limits_.entries) {
    const std::optional<Slot> victim = FindVictim();
    if (!victim) return std::nullopt;
    Remove(now, *victim, DropReason::NEIGHBOR_CACHE_FULL);
  }
  Slot slot = 0;
  if (free_.empty()) {
    slot = static_cast<Slot>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot] = Neighbor();
  slots_[slot].address = address;
  slots_[slot].used = true;
  index_.Insert(address, slot);
  return slot;
}

void NeighborCache::DropOldestIncomplete(Time now) {
  Remove(now, incomplete_.front(), DropReason::NEIGHBOR_CACHE_FULL);
}

std::optional<NeighborCache::Slot> NeighborCache::FindVictim() {
  // Two rounds: the first takes the marks of use away, the second finds one without.
  for (size_t steps = 2 * slots_.size(); steps > 0; --steps) {
    const Slot slot = hand_;
    hand_ = hand_ + 1 < slots_.size() ? hand_ + 1 : 0;
    Neighbor& neighbor = slots_[slot];
    if (neighbor.state == NeighborState::kReachable || neighbor.state == NeighborState::kNone) {
      continue;
    }
    if (!std::exchange(neighbor.used, false)) return slot;
  }
  return std::nullopt;
}

void NeighborCache::Remove(Time now, Slot slot, DropReason reason) {
  std::array<Packet, Neighbor::kMaxQueuedPackets> queue = std::move(slots_[slot].queue);
  const size_t count = std::exchange(slots_[slot].queued, 0);
  slots_[slot].link_layer_address = MacAddress();
  index_.Erase(slots_[slot].address);
  Enter(now, slot, NeighborState::kNone);
  free_.push_back(slot);
  for (size_t i = 0; i < count; ++i) {
    output_.OnUndeliverable(now, reason, std::move(queue[i]));
  }
}

}  // namespace dualsim::ndp
