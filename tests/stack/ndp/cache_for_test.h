#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/packet.h"
#include "stack/ndp/neighbor_cache.h"

namespace dualsim::ndp {

inline const Ipv6Address kPeer = *Ipv6Address::Parse("fe80::b");
inline const MacAddress kMac = MacAddress::FromInteger(0x02'00'00'00'00'0b);
inline const MacAddress kOtherMac = MacAddress::FromInteger(0x02'00'00'00'00'0c);

// A neighbour cache, and what left it, as text: "NS fe80::b", "NS fe80::b to
// 02:00:00:00:00:0b", "packet 1 to 02:00:00:00:00:0b", "lost 1 ADDRESS_UNREACHABLE".
// Packets are known by their one byte.
class CacheForTest : private NeighborCacheOutput {
 public:
  explicit CacheForTest(NeighborCacheLimits limits = {}) : cache(parameters, *this, limits) {}

  void Send(Time now, const Ipv6Address& neighbor, uint8_t id) {
    cache.Send(now, neighbor, packets.Copy(ByteView(&id, 1)));
  }
  // What left since the last call.
  std::vector<std::string> TakeSent() { return std::exchange(sent_, {}); }
  // The states that were told since the last call, "REACHABLE 02:00:00:00:00:0b router".
  std::vector<std::string> TakeTold() { return std::exchange(told_, {}); }
  std::vector<Ipv6Address> TakeUnreachable() { return std::exchange(unreachable_, {}); }

  NeighborState state(const Ipv6Address& neighbor = kPeer) const {
    const Neighbor* found = cache.Find(neighbor);
    return found == nullptr ? NeighborState::kNone : found->state;
  }

  // Brings kPeer into a state at `now`; the time afterwards is returned. Packets
  // 1 (which the cache holds in kIncomplete) and 2 are sent where that takes it.
  Time Bring(Time now, NeighborState wanted) {
    switch (wanted) {
      case NeighborState::kNone:
        break;
      case NeighborState::kIncomplete:
        Send(now, kPeer, 1);
        break;
      case NeighborState::kReachable:
        Send(now, kPeer, 1);
        cache.OnAdvertisement(now, {.target = kPeer,
                                    .target_link_layer_address = kMac,
                                    .solicited = true,
                                    .override_flag = true});
        break;
      case NeighborState::kStale:
        cache.OnLinkLayerAddress(now, kPeer, kMac, std::nullopt);
        break;
      case NeighborState::kDelay:
        Bring(now, NeighborState::kStale);
        Send(now, kPeer, 2);
        break;
      case NeighborState::kProbe:
        Bring(now, NeighborState::kDelay);
        now = now + Seconds(5);
        cache.Advance(now);
        break;
    }
    TakeSent();
    TakeTold();
    return now;
  }

  PacketPool packets;
  LinkParameters parameters;
  NeighborCache cache;
  Ipv6Address spared;
  // Called for each packet that could not be delivered.
  std::function<void(Time, uint8_t)> on_lost;

 private:
  void SendNeighborSolicitation(Time, const Ipv6Address& target,
                                std::optional<MacAddress> unicast_to,
                                const Packet* prompting) override {
    std::string text = "NS " + target.ToString();
    if (unicast_to) text += " to " + unicast_to->ToString();
    if (prompting != nullptr) text += " for " + std::to_string(prompting->bytes()[0]);
    sent_.push_back(text);
  }
  void SendToLinkLayer(Time, MacAddress destination, Packet packet) override {
    sent_.push_back("packet " + std::to_string(packet.bytes()[0]) + " to " +
                    destination.ToString());
  }
  void OnUndeliverable(Time now, DropReason reason, Packet packet) override {
    const uint8_t id = packet.bytes()[0];
    sent_.push_back("lost " + std::to_string(id) + " " + std::string(DropReasonName(reason)));
    if (on_lost) on_lost(now, id);
  }
  void OnNeighborChange(Time, const Neighbor& neighbor, NeighborState) override {
    std::string text(NeighborStateName(neighbor.state));
    text += " " + neighbor.link_layer_address.ToString();
    if (neighbor.is_router) text += " router";
    told_.push_back(text);
  }
  void OnUnreachable(Time, const Ipv6Address& neighbor) override {
    unreachable_.push_back(neighbor);
  }
  bool IsSpared(const Ipv6Address& neighbor) const override { return neighbor == spared; }

  std::vector<std::string> sent_;
  std::vector<std::string> told_;
  std::vector<Ipv6Address> unreachable_;
};

}  // namespace dualsim::ndp
