#include "sim/net/switched_lan.h"

#include <algorithm>
#include <optional>

#include "sim/net/frame_view.h"
#include "sim/net/station.h"

namespace dualsim::sim {
namespace {

// The first 16 bits of their addresses, RFC 2464 §7.
constexpr uint64_t kIpv6Groups = 0x3333;

}  // namespace

SwitchedLan::SwitchedLan(Simulation& simulation, EntityId entity, LinkId id,
                         WorldObserver& observer, const LinkParameters& parameters,
                         const LinkFaults& faults)
    : Link(simulation, entity, id, observer, parameters, faults),
      mac_table_(parameters.mac_table_size, parameters.mac_table_ageing) {
  switched_ = true;
  SwitchedLan::SetParameters(parameters);
  nowhere_.far_end = entity;
  nowhere_.far_port = kNowhere;
  nowhere_.connected = true;
  simulation.Attach(entity, *this);
}

Link::Port SwitchedLan::AddPort(Station& station, InterfaceId interface) {
  const Port number = Link::AddPort(station, interface);
  PortState& port = ports_[number];
  port.far_end = entity_;
  port.far_port = static_cast<uint16_t>(number);
  port.connected = true;
  cards_.emplace_back(station.mac(interface).ToInteger(), number);
  cards_sorted_ = false;
  return number;
}

void SwitchedLan::JoinGroup(Port port, MacAddress group) {
  const uint64_t key = group.ToInteger();
  uint32_t at = listening_.Find(key);
  if (at == MacMap::kNone) {
    if (free_listeners_.empty()) {
      at = static_cast<uint32_t>(listeners_.size());
      listeners_.emplace_back();
    } else {
      at = free_listeners_.back();
      free_listeners_.pop_back();
    }
    listening_.Insert(key, at);
  }
  std::vector<Port>& ports = listeners_[at];
  ports.insert(std::lower_bound(ports.begin(), ports.end(), port), port);
}

void SwitchedLan::LeaveGroup(Port port, MacAddress group) {
  const uint64_t key = group.ToInteger();
  const uint32_t at = listening_.Find(key);
  std::vector<Port>& ports = listeners_[at];
  ports.erase(std::lower_bound(ports.begin(), ports.end(), port));
  if (!ports.empty()) return;
  listening_.Erase(key);
  free_listeners_.push_back(at);
}

void SwitchedLan::HearAllGroups(Port port, bool all) {
  const auto at = std::lower_bound(all_groups_.begin(), all_groups_.end(), port);
  if (all) {
    all_groups_.insert(at, port);
  } else {
    all_groups_.erase(at);
  }
}

void SwitchedLan::FloodTo(Port port) {
  HearAllGroups(port, true);
  flooded_.push_back(port);
}

void SwitchedLan::OnCardAddress(Port port, MacAddress address) {
  const auto card = std::find_if(cards_.begin(), cards_.end(),
                                 [&](const auto& entry) { return entry.second == port; });
  card->first = address.ToInteger();
  cards_sorted_ = false;
}

void SwitchedLan::SetParameters(const LinkParameters& parameters) {
  Link::SetParameters(parameters);
  mac_table_.SetLimits(parameters.mac_table_size, parameters.mac_table_ageing);
  if (!parameters.mld_snooping) {
    snooping_.reset();
  } else if (snooping_ == nullptr) {
    snooping_ = std::make_unique<MldSnooping>();
  }
}

void SwitchedLan::Partition(const std::vector<std::vector<NodeId>>& groups) {
  // The group of those that no list names is 0.
  for (PortState& port : ports_) {
    port.group = 0;
    for (size_t i = 0; i < groups.size(); ++i) {
      if (std::find(groups[i].begin(), groups[i].end(), port.node) != groups[i].end()) {
        port.group = static_cast<uint32_t>(i + 1);
      }
    }
  }
  group_count_ = static_cast<uint32_t>(groups.size() + 1);
  mac_table_.Clear();
  if (snooping_ != nullptr) snooping_->Clear();
}

void SwitchedLan::OnCarrier(Port port) {
  mac_table_.ForgetPort(port);
  if (snooping_ != nullptr) snooping_->ForgetPort(port);
}

void SwitchedLan::OnEvent(const Event& event) {
  const Packet frame = FrameFromPayload(event.payload);
  const Port from = PortOfTag(event.tag);
  const Arrived arrived{.from = from,
                        .lost = port_at(from).epoch != EpochOfTag(event.tag),
                        .duration = rate_.TransmissionTime(frame.size()),
                        .frame = frame};
  const uint64_t source = SourceOf(frame.bytes());
  if (!arrived.lost && !IsGroup(source)) Learn(arrived, source);
  const uint64_t destination = DestinationOf(frame.bytes());
  if (IsGroup(destination)) {
    ForwardToGroup(arrived, destination);
  } else if (from != kNowhere) {
    ForwardToStation(arrived, destination, ports_[from].group);
  } else {
    for (uint32_t group = 0; group < group_count_; ++group) {
      ForwardToStation(arrived, destination, group);
    }
  }
}

void SwitchedLan::OnDiscard(const Event& event) { FrameFromPayload(event.payload); }

void SwitchedLan::Learn(const Arrived& arrived, uint64_t source) {
  const Time now = simulation_.now();
  if (arrived.from != kNowhere) {
    mac_table_.Learn(TableKey(source, ports_[arrived.from].group), arrived.from, now);
    return;
  }
  for (uint32_t group = 0; group < group_count_; ++group) {
    mac_table_.Learn(TableKey(source, group), kNowhere, now);
  }
}

void SwitchedLan::ForwardToGroup(const Arrived& arrived, uint64_t destination) {
  if (destination == kBroadcast) {
    for (Port to = 0; to < ports_.size(); ++to) Deliver(arrived, to);
    return;
  }
  if (snooping_ != nullptr && !arrived.lost && destination >> 32 == kIpv6Groups) {
    return ForwardBySnooping(arrived, destination);
  }
  const uint32_t at = listening_.Find(destination);
  static const std::vector<Port> kNobody;
  const std::vector<Port>& listeners = at == MacMap::kNone ? kNobody : listeners_[at];
  if (all_groups_.empty()) {
    for (const Port to : listeners) Deliver(arrived, to);
    return;
  }
  // Both in order of the ports; who is in both gets the frame once.
  auto all = all_groups_.begin();
  for (const Port to : listeners) {
    while (all != all_groups_.end() && *all < to) Deliver(arrived, *all++);
    if (all != all_groups_.end() && *all == to) ++all;
    Deliver(arrived, to);
  }
  while (all != all_groups_.end()) Deliver(arrived, *all++);
}

void SwitchedLan::ForwardBySnooping(const Arrived& arrived, uint64_t destination) {
  const Time now = simulation_.now();
  const MldSnooping::Decision decision =
      snooping_->OnFrame(now, arrived.from, destination, arrived.frame.bytes());
  const uint32_t at = listening_.Find(destination);
  if (at != MacMap::kNone) {
    for (const Port to : listeners_[at]) {
      const bool router = std::binary_search(all_groups_.begin(), all_groups_.end(), to);
      if (!router && snooping_->Admits(now, decision, to)) Deliver(arrived, to);
    }
  }
  for (const Port to : all_groups_) Deliver(arrived, to);
}

void SwitchedLan::ForwardToStation(const Arrived& arrived, uint64_t destination, uint32_t group) {
  const std::optional<Port> learned =
      mac_table_.Find(TableKey(destination, group), simulation_.now());
  if (!learned) {
    Flood(arrived, destination, group);
  } else if (*learned != kNowhere) {
    Deliver(arrived, *learned);
  }
}

void SwitchedLan::Flood(const Arrived& arrived, uint64_t destination, uint32_t group) {
  if (!cards_sorted_) {
    std::sort(cards_.begin(), cards_.end());
    cards_sorted_ = true;
  }
  auto card = std::lower_bound(cards_.begin(), cards_.end(), std::pair(destination, Port{0}));
  for (; card != cards_.end() && card->first == destination; ++card) {
    // From nowhere each group is flooded in its turn.
    const bool in_turn = arrived.from != kNowhere || ports_[card->second].group == group;
    if (in_turn) Deliver(arrived, card->second);
  }
  for (const Port port : flooded_) {
    if (arrived.from != kNowhere || ports_[port].group == group) Deliver(arrived, port);
  }
}

void SwitchedLan::Deliver(const Arrived& arrived, Port to) {
  if (to == arrived.from) return;
  PortState& port = ports_[to];
  if (arrived.lost || !port.carrier) {
    TellLoss(port.node, DropReason::LINK_DOWN, arrived.frame);
    return;
  }
  if (Divided(arrived.from, to)) {
    TellLoss(port.node, DropReason::LINK_PARTITION, arrived.frame);
    return;
  }
  const std::optional<Time> left =
      port.down.Take(simulation_.now(), arrived.duration, rate_.queue_time());
  if (!left) {
    TellLoss(port.node, DropReason::LINK_QUEUE_FULL, arrived.frame);
    return;
  }
  const Time arrival = port.down.KeepOrder(*left + second_delay_);
  if (arrival.is_never()) return;  // Slower than 292 years.
  simulation_.Schedule(entity_, port.sender, arrival, ToPayload(arrived.frame),
                       MakeTag(static_cast<uint32_t>(port.interface), port.epoch));
}

}  // namespace dualsim::sim
