#include "stack/arp/address_resolution.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dualsim::arp {
namespace {

constexpr size_t kSourceField = 12;  // Of the IPv4 header.

}  // namespace

AddressResolution::AddressResolution(const AddressResolutionConfig& config, RandomStream random,
                                     AddressResolutionOutput& output)
    : config_(config),
      output_(output),
      random_(random),
      cache_(RandomStream(random_(), "arp cache", ""), *this) {
  if (config_.link_local) {
    link_local_ = std::make_unique<LinkLocalAddress>(RandomStream(random_(), "link-local", ""));
  }
}

void AddressResolution::Start(Time now) {
  started_ = true;
  for (const Ipv4Cidr& address : config_.addresses) {
    AddAddress(now, address, AddressOrigin::kStatic, config_.probe_static);
  }
  SettleLinkLocal(now);
}

void AddressResolution::Stop(Time now) {
  started_ = false;
  while (!addresses_.empty()) Drop(now, addresses_.size() - 1, AddressState::kRemoved);
  cache_.Clear(now);
}

bool AddressResolution::AddAddress(Time now, const Ipv4Cidr& address, AddressOrigin origin,
                                   bool probe) {
  if (Find(address.address) != nullptr || addresses_.size() >= kMaxAddresses) return false;
  ConflictDetectionConfig config{.defend_always = config_.defend_always};
  if (!probe) config.probe_num = 0;
  const bool of_ours = origin == AddressOrigin::kLinkLocal;
  detections_.emplace_back(config, now, random_, of_ours ? link_local_->hold_off() : Duration());
  addresses_.push_back({.cidr = address, .state = AddressState::kTentative, .origin = origin});
  if (!probe) addresses_.back().state = AddressState::kPreferred;
  const InterfaceAddress added = addresses_.back();
  output_.OnAddressChange(now, added);
  // Without probing the announcement is the first thing that anybody hears.
  if (!probe) AdvanceAddress(now, IndexOf(address.address));
  if (!of_ours) SettleLinkLocal(now);
  return true;
}

bool AddressResolution::RemoveAddress(Time now, const Ipv4Address& address) {
  const size_t index = IndexOf(address);
  if (index == addresses_.size()) return false;
  Drop(now, index, AddressState::kRemoved);
  SettleLinkLocal(now);
  return true;
}

size_t AddressResolution::IndexOf(const Ipv4Address& address) const {
  const auto found =
      std::find_if(addresses_.begin(), addresses_.end(),
                   [&](const InterfaceAddress& entry) { return entry.cidr.address == address; });
  return static_cast<size_t>(found - addresses_.begin());
}

const InterfaceAddress* AddressResolution::Find(const Ipv4Address& address) const {
  const size_t index = IndexOf(address);
  return index == addresses_.size() ? nullptr : &addresses_[index];
}

void AddressResolution::Drop(Time now, size_t index, AddressState state) {
  InterfaceAddress gone = addresses_[index];
  gone.state = state;
  addresses_.erase(addresses_.begin() + static_cast<std::ptrdiff_t>(index));
  detections_.erase(detections_.begin() + static_cast<std::ptrdiff_t>(index));
  output_.OnAddressChange(now, gone);
}

void AddressResolution::SettleLinkLocal(Time now) {
  if (link_local_ == nullptr || !started_) return;
  // RFC 3927 §1.9: where a routable address works there is no need of one.
  const bool routable =
      std::any_of(addresses_.begin(), addresses_.end(), [](const InterfaceAddress& entry) {
        return entry.assigned() && entry.origin != AddressOrigin::kLinkLocal;
      });
  const auto own = std::find_if(
      addresses_.begin(), addresses_.end(),
      [](const InterfaceAddress& entry) { return entry.origin == AddressOrigin::kLinkLocal; });
  if (routable && own != addresses_.end()) {
    Drop(now, static_cast<size_t>(own - addresses_.begin()), AddressState::kRemoved);
  } else if (!routable && own == addresses_.end()) {
    AddAddress(now, link_local_->address(), AddressOrigin::kLinkLocal, true);
  }
}

// What was heard.

bool AddressResolution::OnConflict(Time now, const wire::ArpPacket& packet) {
  if (packet.sender_mac == config_.mac) return false;
  // §2.1.1: who probes what we probe is in conflict too; once the address is ours
  // a probe is a question like any other.
  size_t index = IndexOf(packet.sender);
  if (index == addresses_.size() && packet.is_probe()) {
    index = IndexOf(packet.target);
    if (index == addresses_.size() || addresses_[index].assigned()) return false;
  }
  if (index == addresses_.size()) return false;
  AddressConflictDetection& detection = detections_[index];
  const InterfaceAddress address = addresses_[index];
  const std::string who =
      "address " + address.cidr.address.ToString() + ": " + packet.sender_mac.ToString();
  if (detection.OnConflict(now)) {
    output_.OnLog(now, who + " uses it too; it is defended");
    SendAnnouncement(now, address.cidr.address);
    return true;
  }
  if (detection.verdict() != AddressConflictDetection::Verdict::kConflict) {
    output_.OnConflict(now, who + " uses it too");
    return true;
  }
  output_.OnLog(now,
                who + (packet.is_probe() ? " probes it too; " : " has it; ") + "it is given up");
  if (address.origin == AddressOrigin::kLinkLocal) link_local_->OnConflict();
  Drop(now, index, AddressState::kDuplicate);
  SettleLinkLocal(now);
  return true;
}

std::optional<DropReason> AddressResolution::OnPacket(Time now, const wire::ArpPacket& packet) {
  if (packet.sender.is_multicast() || packet.sender.is_broadcast() ||
      packet.sender_mac.is_multicast() || packet.sender_mac.is_zero()) {
    return DropReason::ARP_BAD_SENDER;
  }
  if (OnConflict(now, packet)) return DropReason::ARP_CONFLICT;
  const InterfaceAddress* target = Find(packet.target);
  const bool for_us = target != nullptr && target->assigned();
  if (!packet.sender.is_unspecified() && packet.sender_mac != config_.mac) {
    const bool reply = packet.operation == wire::ArpOperation::kReply;
    // RFC 826: known senders are brought up to date whatever the packet is, new
    // ones noted where it asks for us.
    cache_.OnSender(now, packet.sender, packet.sender_mac, for_us && !reply, for_us && reply);
  }
  if (packet.operation == wire::ArpOperation::kReply) return std::nullopt;
  if (for_us) {
    Reply(now, packet);
    return std::nullopt;
  }
  if (packet.sender == packet.target) return std::nullopt;  // An announcement.
  return target != nullptr ? DropReason::ARP_TENTATIVE_TARGET : DropReason::ARP_NOT_OUR_TARGET;
}

void AddressResolution::Reply(Time now, const wire::ArpPacket& request) {
  const wire::ArpPacket reply{.operation = wire::ArpOperation::kReply,
                              .sender_mac = config_.mac,
                              .sender = request.target,
                              .target_mac = request.sender_mac,
                              .target = request.sender};
  // RFC 3927 §2.5: whatever tells of a link-local address everybody hears.
  const bool everybody = request.target.is_link_local();
  output_.SendArp(now, everybody ? MacAddress::Broadcast() : request.sender_mac, reply);
}

// What is sent unasked.

void AddressResolution::SendRequest(Time now, const Ipv4Address& target,
                                    std::optional<MacAddress> unicast_to, const Packet* prompting) {
  // The source of the packet that waits, where that is ours: who is asked notes it.
  Ipv4Address sender;
  if (prompting != nullptr && prompting->size() >= kSourceField + Ipv4Address::kSize) {
    const auto source = Ipv4Address::Load(prompting->bytes().data() + kSourceField);
    const InterfaceAddress* address = Find(source);
    if (address != nullptr && address->assigned()) sender = source;
  }
  for (const InterfaceAddress& address : addresses_) {
    if (!sender.is_unspecified()) break;
    if (address.assigned() && address.cidr.Contains(target)) sender = address.cidr.address;
  }
  for (const InterfaceAddress& address : addresses_) {
    if (!sender.is_unspecified()) break;
    if (address.assigned()) sender = address.cidr.address;
  }
  // From 0.0.0.0 it would be a probe.
  if (sender.is_unspecified()) return;
  const bool unicast = unicast_to && !sender.is_link_local();
  output_.SendArp(now, unicast ? *unicast_to : MacAddress::Broadcast(),
                  {.operation = wire::ArpOperation::kRequest,
                   .sender_mac = config_.mac,
                   .sender = sender,
                   .target_mac = MacAddress(),
                   .target = target});
}

void AddressResolution::SendProbe(Time now, const Ipv4Address& address) {
  output_.SendArp(now, MacAddress::Broadcast(),
                  {.operation = wire::ArpOperation::kRequest,
                   .sender_mac = config_.mac,
                   .sender = Ipv4Address(),
                   .target_mac = MacAddress(),
                   .target = address});
}

void AddressResolution::SendAnnouncement(Time now, const Ipv4Address& address) {
  output_.SendArp(now, MacAddress::Broadcast(),
                  {.operation = wire::ArpOperation::kRequest,
                   .sender_mac = config_.mac,
                   .sender = address,
                   .target_mac = MacAddress(),
                   .target = address});
}

void AddressResolution::SetLinkLayerAddress(Time now, MacAddress mac) {
  config_.mac = mac;
  for (AddressConflictDetection& detection : detections_) detection.Announce(now);
  Advance(now);
}

Time AddressResolution::deadline() const {
  Time next = cache_.deadline();
  for (const AddressConflictDetection& detection : detections_) {
    next = std::min(next, detection.deadline());
  }
  return next;
}

void AddressResolution::Advance(Time now) {
  // What an address's change leads to may change the list: it is walked by value.
  std::vector<Ipv4Address> due;
  for (size_t i = 0; i < addresses_.size(); ++i) {
    if (detections_[i].deadline() <= now) due.push_back(addresses_[i].cidr.address);
  }
  for (const Ipv4Address& address : due) {
    const size_t index = IndexOf(address);
    if (index < addresses_.size()) AdvanceAddress(now, index);
  }
  if (cache_.deadline() <= now) cache_.Advance(now);
}

void AddressResolution::AdvanceAddress(Time now, size_t index) {
  const Ipv4Address address = addresses_[index].cidr.address;
  while (index < addresses_.size()) {
    switch (detections_[index].Advance(now, random_)) {
      case AddressConflictDetection::Action::kNothing:
        return;
      case AddressConflictDetection::Action::kProbe:
        SendProbe(now, address);
        break;
      case AddressConflictDetection::Action::kAnnounce:
        SendAnnouncement(now, address);
        break;
      case AddressConflictDetection::Action::kUse: {
        addresses_[index].state = AddressState::kPreferred;
        const InterfaceAddress changed = addresses_[index];
        // The announcement goes first: who hears from us has heard of us.
        if (detections_[index].Advance(now, random_) ==
            AddressConflictDetection::Action::kAnnounce) {
          SendAnnouncement(now, address);
        }
        output_.OnAddressChange(now, changed);
        SettleLinkLocal(now);
        break;
      }
    }
    index = IndexOf(address);
  }
}

// The cache's.

void AddressResolution::SendToLinkLayer(Time now, MacAddress destination, Packet packet) {
  output_.SendToLinkLayer(now, destination, std::move(packet));
}

void AddressResolution::OnUndeliverable(Time now, DropReason reason, Packet packet) {
  output_.OnUndeliverable(now, reason, std::move(packet));
}

void AddressResolution::OnArpEntryChange(Time now, const ArpEntry& entry) {
  output_.OnArpEntryChange(now, entry);
}

}  // namespace dualsim::arp
