#include "sim/net/station.h"

#include <algorithm>
#include <utility>

#include "sim/net/frame_view.h"
#include "sim/net/link.h"

namespace dualsim::sim {

Station::Station(Simulation& simulation, EntityId entity, NodeId id)
    : simulation_(simulation), entity_(entity), id_(id) {
  simulation.Attach(entity, *this);
}

InterfaceId Station::AddCard(MacAddress mac, Link& link) {
  const auto interface = InterfaceId{static_cast<uint16_t>(cards_.size())};
  Card& card = cards_.emplace_back();
  card.mac = mac;
  card.link = &link;
  card.port = link.AddPort(*this, interface);
  return interface;
}

void Station::SetPower(bool on) {
  powered_ = on;
  if (on) return;
  for (size_t i = 0; i < cards_.size(); ++i) {
    Card& card = cards_[i];
    HearAllGroups(InterfaceId{static_cast<uint16_t>(i)}, false);
    for (const Group& group : card.groups) card.link->LeaveGroup(card.port, group.address);
    card.groups.clear();
  }
}

bool Station::carrier(InterfaceId interface) const {
  return card(interface).link->carrier(card(interface).port);
}

void Station::Transmit(InterfaceId interface, Packet frame) {
  const Card& card = this->card(interface);
  card.link->Transmit(card.port, std::move(frame), false);
}

void Station::Inject(InterfaceId interface, Packet frame) {
  const Card& card = this->card(interface);
  card.link->Transmit(card.port, std::move(frame), true);
}

void Station::JoinGroup(InterfaceId interface, MacAddress group) {
  Card& card = this->card(interface);
  auto at = std::lower_bound(card.groups.begin(), card.groups.end(), group, Group::Before);
  if (at == card.groups.end() || at->address != group) {
    at = card.groups.insert(at, Group{group, 0});
    card.link->JoinGroup(card.port, group);
  }
  ++at->joins;
}

void Station::LeaveGroup(InterfaceId interface, MacAddress group) {
  Card& card = this->card(interface);
  const auto at = std::lower_bound(card.groups.begin(), card.groups.end(), group, Group::Before);
  if (at == card.groups.end() || at->address != group || --at->joins > 0) return;
  card.groups.erase(at);
  card.link->LeaveGroup(card.port, group);
}

void Station::HearAllGroups(InterfaceId interface, bool all) {
  Card& card = this->card(interface);
  if (card.all_groups == all) return;
  card.all_groups = all;
  card.link->HearAllGroups(card.port, all);
}

void Station::LetInEverything(InterfaceId interface) {
  Card& card = this->card(interface);
  card.everything = true;
  card.link->FloodTo(card.port);
}

void Station::SetAddress(InterfaceId interface, MacAddress address) {
  Card& card = this->card(interface);
  card.mac = address;
  card.link->OnCardAddress(card.port, address);
}

bool Station::LetsIn(const Card& card, ByteView frame) {
  const uint64_t destination = DestinationOf(frame);
  if (destination == card.mac.ToInteger() || destination == kBroadcast) return true;
  if (card.everything) return true;
  if (!IsGroup(destination)) return false;
  if (card.all_groups) return true;
  const MacAddress group = MacAddress::FromInteger(destination);
  const auto at = std::lower_bound(card.groups.begin(), card.groups.end(), group, Group::Before);
  return at != card.groups.end() && at->address == group;
}

void Station::OnEvent(const Event& event) {
  Packet frame = FrameFromPayload(event.payload);
  const auto interface = InterfaceId{static_cast<uint16_t>(Link::PortOfTag(event.tag))};
  const Card& card = this->card(interface);
  if (!LetsIn(card, frame.bytes())) return;
  if (card.epoch != Link::EpochOfTag(event.tag)) {
    card.link->TellLoss(id_, DropReason::LINK_DOWN, frame);
  } else if (!powered()) {
    card.link->TellLoss(id_, DropReason::RECEIVER_OFF, frame);
  } else {
    receiver_->Receive(event.time, interface, std::move(frame));
  }
}

void Station::OnWakeUp() {
  if (receiver_ != nullptr) receiver_->WakeUp(simulation_.now());
}

void Station::OnDiscard(const Event& event) { FrameFromPayload(event.payload); }

void Station::OnCarrier(InterfaceId interface, bool up, uint16_t epoch) {
  card(interface).epoch = epoch;
  if (powered()) receiver_->SetCarrier(simulation_.now(), interface, up);
}

}  // namespace dualsim::sim
