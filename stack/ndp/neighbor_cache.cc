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
  const bool known = found != nullptr;
  const std::optional<Slot> slot = known ? *found : CreateIncomplete(now, address);
  if (!slot) {
    undeliverable_.push_back({DropReason::NEIGHBOR_CACHE_FULL, std::move(packet)});
  } else {
    slots_[*slot].used = known;
    if (slots_[*slot].state == NeighborState::kIncomplete) {
      Enqueue(slots_[*slot], std::move(packet));
      if (!known) Solicit(now, *slot);
    } else {
      Transmit(now, *slot, std::move(packet));
    }
  }
  ReportUndeliverable(now);
}

void NeighborCache::Probe(Time now, const Ipv6Address& address) {
  if (index_.Find(address) != nullptr) return;
  if (const std::optional<Slot> slot = CreateIncomplete(now, address)) {
    slots_[*slot].solicitations = kMaxMulticastSolicit - 1;
    Solicit(now, *slot);
  }
  ReportUndeliverable(now);
}

void NeighborCache::OnLinkLayerAddress(Time now, const Ipv6Address& address, MacAddress mac,
                                       std::optional<bool> is_router) {
  const Slot* found = index_.Find(address);
  const std::optional<Slot> slot = found != nullptr ? *found : Create(now, address);
  if (slot) {
    Neighbor& neighbor = slots_[*slot];
    const bool flag_changed = is_router && *is_router != neighbor.is_router;
    if (flag_changed) neighbor.is_router = *is_router;
    const NeighborState old = neighbor.state;
    const bool unknown = old == NeighborState::kNone || old == NeighborState::kIncomplete;
    if (unknown || neighbor.link_layer_address != mac) {
      neighbor.link_layer_address = mac;
      Enter(now, *slot, NeighborState::kStale, true);
      if (old == NeighborState::kIncomplete) FlushQueue(now, *slot);
    } else if (flag_changed) {
      output_.OnNeighborChange(now, neighbor, old);
    }
  }
  ReportUndeliverable(now);
}

void NeighborCache::OnRouterFlag(Time now, const Ipv6Address& address, bool is_router) {
  const Slot* found = index_.Find(address);
  if (found == nullptr || slots_[*found].is_router == is_router) return;
  slots_[*found].is_router = is_router;
  output_.OnNeighborChange(now, slots_[*found], slots_[*found].state);
}

NeighborCache::AdvertisementResult NeighborCache::OnAdvertisement(
    Time now, const Advertisement& advertisement) {
  const Slot* found = index_.Find(advertisement.target);
  if (found == nullptr) return {.dropped = DropReason::NA_NO_ENTRY};
  const Slot slot = *found;
  Neighbor& neighbor = slots_[slot];
  const auto& mac = advertisement.target_link_layer_address;
  const bool incomplete = neighbor.state == NeighborState::kIncomplete;
  if (incomplete && !mac) return {.dropped = DropReason::NA_NO_LINK_LAYER_ADDRESS};

  const bool differs = incomplete || (mac && *mac != neighbor.link_layer_address);
  if (differs && !incomplete && !advertisement.override_flag) {
    // §7.2.5 I: what we know is not overridden, but is no longer trusted.
    if (neighbor.state == NeighborState::kReachable) {
      Enter(now, slot, NeighborState::kStale, false);
    }
    return {};
  }
  const AdvertisementResult result{
      .dropped = std::nullopt, .router_flag_taken = true, .was_router = neighbor.is_router};
  const bool flag_changed = neighbor.is_router != advertisement.router;
  neighbor.is_router = advertisement.router;
  if (differs) neighbor.link_layer_address = *mac;
  if (advertisement.solicited) {
    Enter(now, slot, NeighborState::kReachable, differs || flag_changed);
  } else if (differs) {
    Enter(now, slot, NeighborState::kStale, true);
  } else if (flag_changed) {
    output_.OnNeighborChange(now, neighbor, neighbor.state);
  }
  if (incomplete) FlushQueue(now, slot);
  return result;
}

void NeighborCache::ConfirmReachability(Time now, const Ipv6Address& address) {
  const Slot* found = index_.Find(address);
  if (found == nullptr || slots_[*found].state == NeighborState::kIncomplete) return;
  Enter(now, *found, NeighborState::kReachable, false);
}

void NeighborCache::Clear(Time now) {
  for (Slot slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].state != NeighborState::kNone) {
      Remove(now, slot, DropReason::INTERFACE_DOWN);
    }
  }
  ReportUndeliverable(now);
}

void NeighborCache::Advance(Time now) {
  while (const std::optional<Slot> slot = deadlines_.PopDue(now)) OnDeadline(now, *slot);
  ReportUndeliverable(now);
}

void NeighborCache::OnDeadline(Time now, Slot slot) {
  switch (slots_[slot].state) {
    case NeighborState::kIncomplete:
      if (slots_[slot].solicitations < kMaxMulticastSolicit) return Solicit(now, slot);
      return GiveUp(now, slot);
    case NeighborState::kReachable:
      return Enter(now, slot, NeighborState::kStale, false);
    case NeighborState::kDelay:
      Enter(now, slot, NeighborState::kProbe, false);
      return Solicit(now, slot);
    case NeighborState::kProbe:
      if (slots_[slot].solicitations < kMaxUnicastSolicit) return Solicit(now, slot);
      return GiveUp(now, slot);
    case NeighborState::kStale:
    case NeighborState::kNone:
      return;
  }
}

void NeighborCache::GiveUp(Time now, Slot slot) {
  output_.OnUnreachable(now, slots_[slot].address);
  Remove(now, slot, DropReason::ADDRESS_UNREACHABLE);
}

void NeighborCache::Enter(Time now, Slot slot, NeighborState state, bool contents) {
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
  // The same news again moves the deadline alone.
  if (old != state || contents) output_.OnNeighborChange(now, neighbor, old);
}

void NeighborCache::Solicit(Time now, Slot slot) {
  Neighbor& neighbor = slots_[slot];
  ++neighbor.solicitations;
  deadlines_.Set(slot, now + parameters_.retrans_timer);
  const bool unicast = neighbor.state == NeighborState::kProbe;
  output_.SendNeighborSolicitation(
      now, neighbor.address, unicast ? std::optional(neighbor.link_layer_address) : std::nullopt,
      neighbor.queue.empty() ? nullptr : &neighbor.queue.front());
}

void NeighborCache::Enqueue(Neighbor& neighbor, Packet packet) {
  Queue& queue = neighbor.queue;
  if (queue.size() >= limits_.queue || queued_ >= limits_.queued_in_all) {
    if (queue.empty()) {
      undeliverable_.push_back({DropReason::NEIGHBOR_QUEUE_FULL, std::move(packet)});
      return;
    }
    undeliverable_.push_back({DropReason::NEIGHBOR_QUEUE_FULL, std::move(queue.front())});
    queue.erase(queue.begin());
    --queued_;
  }
  queue.push_back(std::move(packet));
  ++queued_;
}

NeighborCache::Queue NeighborCache::TakeQueue(Slot slot) {
  Queue queue = std::exchange(slots_[slot].queue, {});
  queued_ -= static_cast<uint32_t>(queue.size());
  return queue;
}

void NeighborCache::FlushQueue(Time now, Slot slot) {
  for (Packet& packet : TakeQueue(slot)) Transmit(now, slot, std::move(packet));
}

void NeighborCache::Transmit(Time now, Slot slot, Packet packet) {
  // §7.3.3: the first packet to a STALE neighbour is sent at once and starts the
  // delay after which it is probed.
  if (slots_[slot].state == NeighborState::kStale) {
    Enter(now, slot, NeighborState::kDelay, false);
  }
  output_.SendToLinkLayer(now, slots_[slot].link_layer_address, std::move(packet));
}

std::optional<NeighborCache::Slot> NeighborCache::CreateIncomplete(Time now,
                                                                   const Ipv6Address& address) {
  if (!incomplete_.empty() && incomplete_.size() >= limits_.incomplete) {
    Remove(now, incomplete_.front(), DropReason::NEIGHBOR_CACHE_FULL);
  }
  const std::optional<Slot> slot = Create(now, address);
  if (slot) Enter(now, *slot, NeighborState::kIncomplete, false);
  return slot;
}

std::optional<NeighborCache::Slot> NeighborCache::Create(Time now, const Ipv6Address& address) {
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
  index_.Insert(address, slot);
  return slot;
}

std::optional<NeighborCache::Slot> NeighborCache::FindVictim() {
  // REACHABLE ones and routers only where there is nobody else: who answers for many
  // addresses must not keep out who comes after.
  for (const bool spare : {true, false}) {
    // Two rounds: the first takes the marks of use away, the second finds one without.
    for (size_t steps = 2 * slots_.size(); steps > 0; --steps) {
      const Slot slot = hand_;
      hand_ = hand_ + 1 < slots_.size() ? hand_ + 1 : 0;
      Neighbor& neighbor = slots_[slot];
      if (neighbor.state == NeighborState::kNone) continue;
      const bool reachable = neighbor.state == NeighborState::kReachable;
      if (spare && (reachable || output_.IsSpared(neighbor.address))) continue;
      if (!std::exchange(neighbor.used, false)) return slot;
    }
  }
  return std::nullopt;
}

void NeighborCache::Remove(Time now, Slot slot, DropReason reason) {
  for (Packet& packet : TakeQueue(slot)) undeliverable_.push_back({reason, std::move(packet)});
  slots_[slot].link_layer_address = MacAddress();
  index_.Erase(slots_[slot].address);
  Enter(now, slot, NeighborState::kNone, false);
  free_.push_back(slot);
}

void NeighborCache::ReportUndeliverable(Time now) {
  // What a report leads to may come back here; the outermost call sees to it.
  if (reporting_ || undeliverable_.empty()) return;
  reporting_ = true;
  for (size_t i = 0; i < undeliverable_.size(); ++i) {
    Undeliverable next = std::move(undeliverable_[i]);
    output_.OnUndeliverable(now, next.reason, std::move(next.packet));
  }
  undeliverable_.clear();
  reporting_ = false;
}

}  // namespace dualsim::ndp
