#pragma once

#include <optional>

#include "stack/base/packet.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/ndp/link_parameters.h"
#include "stack/ndp/neighbor_cache.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::arp {

// One neighbour as an ARP cache knows it.
struct ArpEntry {
  Ipv4Address address;
  MacAddress link_layer_address;  // Zero while kIncomplete or kNone.
  NeighborState state = NeighborState::kNone;
};

// What the cache asks of the interface that it serves. Called during the cache's
// own methods; must not call it back, but for OnUndeliverable(), which may do
// anything.
class ArpCacheOutput {
 public:
  virtual ~ArpCacheOutput() = default;
  // Asks who has `target`: everybody, or, where `unicast_to` is given, that card
  // alone (RFC 1122 §2.3.2.1 (2)). `prompting` is the packet that waits, if any.
  virtual void SendRequest(Time now, const Ipv4Address& target,
                           std::optional<MacAddress> unicast_to, const Packet* prompting) = 0;
  virtual void SendToLinkLayer(Time now, MacAddress destination, Packet packet) = 0;
  virtual void OnUndeliverable(Time now, DropReason reason, Packet packet) = 0;
  virtual void OnArpEntryChange(Time now, const ArpEntry& entry) = 0;
};

// The ARP cache of one interface, RFC 826 and RFC 1122 §2.3.2, with the states,
// timers, limits and queues of the neighbour cache (RFC 4861 §7.3): a request a
// second at most, three in all (RFC 1122 §2.3.2.1's flood prevention); an entry
// that is used without a sign of life is asked by unicast, and given up when it
// does not answer; packets wait in order, the oldest goes first (§2.3.2.2).
//
// It is that cache, with addresses written as IPv6 writes IPv4 ones, so that
// there is one machine and not two alike.
class ArpCache final : private ndp::NeighborCacheOutput {
 public:
  // `output` outlives the cache.
  ArpCache(RandomStream random, ArpCacheOutput& output);

  // Sends an IPv4 packet to a neighbour, now or when its address is resolved.
  void Send(Time now, const Ipv4Address& neighbor, Packet packet);

  // An ARP packet told where `sender` is. Where it is known it is taken up (RFC
  // 826's merge); where it is not, an entry is made if `create`: the packet was
  // for us. `answer`: a reply to us, which proves that the way there works.
  void OnSender(Time now, const Ipv4Address& sender, MacAddress mac, bool create, bool answer);

  // An upper layer had an answer through this neighbour.
  void ConfirmReachability(Time now, const Ipv4Address& neighbor);

  // The card of a neighbour that is known; nullopt: not yet.
  std::optional<MacAddress> Find(const Ipv4Address& neighbor) const;

  void Clear(Time now) { cache_.Clear(now); }
  Time deadline() const { return cache_.deadline(); }
  void Advance(Time now) { cache_.Advance(now); }
  size_t size() const { return cache_.size(); }

 private:
  void SendNeighborSolicitation(Time now, const Ipv6Address& target,
                                std::optional<MacAddress> unicast_to,
                                const Packet* prompting) override;
  void SendToLinkLayer(Time now, MacAddress destination, Packet packet) override;
  void OnUndeliverable(Time now, DropReason reason, Packet packet) override;
  void OnNeighborChange(Time now, const ndp::Neighbor& neighbor, NeighborState previous) override;
  void OnUnreachable(Time, const Ipv6Address&) override {}
  bool IsSpared(const Ipv6Address&) const override { return false; }

  ArpCacheOutput& output_;
  RandomStream random_;
  ndp::LinkParameters parameters_;
  ndp::NeighborCache cache_;
};

}  // namespace dualsim::arp
