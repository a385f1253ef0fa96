#include "stack/arp/arp_cache.h"

#include <utility>

namespace dualsim::arp {
namespace {

// RFC 4291 §2.5.5.2, as a key alone: it is never seen outside.
Ipv6Address Key(const Ipv4Address& address) {
  return Ipv6Address::FromIntegers(0, 0xffffull << 32 | address.ToInteger());
}
Ipv4Address FromKey(const Ipv6Address& key) {
  return Ipv4Address::FromInteger(static_cast<uint32_t>(key.low()));
}

}  // namespace

ArpCache::ArpCache(RandomStream random, ArpCacheOutput& output)
    : output_(output), random_(random), cache_(parameters_, *this) {
  parameters_.DrawReachableTime(Time(), random_);
}

void ArpCache::Send(Time now, const Ipv4Address& neighbor, Packet packet) {
  cache_.Send(now, Key(neighbor), std::move(packet));
}

void ArpCache::OnSender(Time now, const Ipv4Address& sender, MacAddress mac, bool create,
                        bool answer) {
  const ndp::Neighbor* known = cache_.Find(Key(sender));
  if (known == nullptr && !create) return;
  // Only an answer to a question of ours is a sign of life in both directions.
  const bool asked = known != nullptr && (known->state == NeighborState::kIncomplete ||
                                          known->state == NeighborState::kProbe);
  if (answer && asked) {
    parameters_.RefreshReachableTime(now, random_);
    cache_.OnAdvertisement(now, {.target = Key(sender),
                                 .target_link_layer_address = mac,
                                 .solicited = true,
                                 .override_flag = true});
  } else {
    cache_.OnLinkLayerAddress(now, Key(sender), mac, std::nullopt);
  }
}

void ArpCache::ConfirmReachability(Time now, const Ipv4Address& neighbor) {
  cache_.ConfirmReachability(now, Key(neighbor));
}

std::optional<MacAddress> ArpCache::Find(const Ipv4Address& neighbor) const {
  const ndp::Neighbor* known = cache_.Find(Key(neighbor));
  if (known == nullptr || known->state == NeighborState::kIncomplete) return std::nullopt;
  return known->link_layer_address;
}

void ArpCache::SendNeighborSolicitation(Time now, const Ipv6Address& target,
                                        std::optional<MacAddress> unicast_to,
                                        const Packet* prompting) {
  output_.SendRequest(now, FromKey(target), unicast_to, prompting);
}

void ArpCache::SendToLinkLayer(Time now, MacAddress destination, Packet packet) {
  output_.SendToLinkLayer(now, destination, std::move(packet));
}

void ArpCache::OnUndeliverable(Time now, DropReason reason, Packet packet) {
  output_.OnUndeliverable(now, reason, std::move(packet));
}

void ArpCache::OnNeighborChange(Time now, const ndp::Neighbor& neighbor, NeighborState) {
  output_.OnArpEntryChange(now, {.address = FromKey(neighbor.address),
                                 .link_layer_address = neighbor.link_layer_address,
                                 .state = neighbor.state});
}

}  // namespace dualsim::arp
