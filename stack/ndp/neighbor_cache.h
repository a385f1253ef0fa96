#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/deadline_queue.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ndp/link_parameters.h"
#include "stack/wire/address_map.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::ndp {

// One neighbour, RFC 4861 §5.1.
struct Neighbor {
  Ipv6Address address;
  MacAddress link_layer_address;
  NeighborState state = NeighborState::kNone;
  bool is_router = false;
  uint8_t solicitations = 0;  // Sent since kIncomplete or kProbe began.
  bool used = false;          // Sent to again since the last sweep for a victim.
  // Packets that wait for address resolution, oldest first, RFC 4861 §7.2.2.
  std::vector<Packet> queue;
};

// What the cache asks of the interface that it serves. Called during the cache's
// own methods; must not call it back, but for the read-only Find(), and for
// OnUndeliverable(), which may do anything.
class NeighborCacheOutput {
 public:
  virtual ~NeighborCacheOutput() = default;
  // Sends a Neighbor Solicitation for `target`: to its solicited-node group, or,
  // where `unicast_to` is given, straight to that card. `prompting` is the
  // packet that waits, if any (RFC 4861 §7.2.2 takes its source where it can).
  virtual void SendNeighborSolicitation(Time now, const Ipv6Address& target,
                                        std::optional<MacAddress> unicast_to,
                                        const Packet* prompting) = 0;
  // Sends an IPv6 packet to a card.
  virtual void SendToLinkLayer(Time now, MacAddress destination, Packet packet) = 0;
  // Address resolution failed for a packet that waited (RFC 4861 §7.2.2), or it
  // had to make room. Called when the cache's own work is done.
  virtual void OnUndeliverable(Time now, DropReason reason, Packet packet) = 0;
  // The entry's state, which was `previous`, or its address or flag changed;
  // kNone: it is gone.
  virtual void OnNeighborChange(Time now, const Neighbor& neighbor, NeighborState previous) = 0;
  // Every solicitation went unanswered; the entry is about to go.
  virtual void OnUnreachable(Time now, const Ipv6Address& neighbor) = 0;
  // Whether the entry is to stay while others can make room: who sends through the
  // neighbour has use for it before a packet goes there.
  virtual bool IsSpared(const Ipv6Address& neighbor) const = 0;
};

struct NeighborCacheLimits {
  // Entries in all. When a new one does not fit, one that is neither REACHABLE nor
  // IsSpared() nor recently used makes room (RFC 6583 §6.1); where all are, one of
  // them that is not recently used.
  uint32_t entries = 16384;
  // Entries in INCOMPLETE, so that a scan of the prefix can't push out those who
  // are there: past it the oldest of them makes room (RFC 6583 §6.2).
  uint32_t incomplete = 512;
  // Packets that wait for one neighbour: enough for the fragments of the largest
  // packet at the minimum MTU. When one more comes the oldest goes.
  uint32_t queue = 64;
  // Packets that wait in all. When one more comes the oldest for the same
  // neighbour goes, or, where there is none, the new one itself.
  uint32_t queued_in_all = 1024;
};

// The Neighbor Cache of one interface, with address resolution and neighbour
// unreachability detection: every transition of RFC 4861 appendix C.
class NeighborCache {
 public:
  // `parameters` and `output` outlive the cache; RetransTimer and ReachableTime
  // are read where they are needed.
  NeighborCache(const LinkParameters& parameters, NeighborCacheOutput& output,
                NeighborCacheLimits limits = {});

  // Sends an IPv6 packet to a neighbour, now or when its address is resolved.
  void Send(Time now, const Ipv6Address& neighbor, Packet packet);

  // A message carried the link-layer address of its sender or target: a
  // solicitation, an advertisement of a router or a redirect (§6.2.6, §6.3.4,
  // §7.2.3, §8.3). `is_router`: what the message proves about it, if anything.
  void OnLinkLayerAddress(Time now, const Ipv6Address& neighbor, MacAddress address,
                          std::optional<bool> is_router);
  // A message without a link-layer address proved what its sender is: a router
  // (it advertises, §6.3.4) or none (it solicits routers, §6.2.6).
  void OnRouterFlag(Time now, const Ipv6Address& neighbor, bool is_router);

  struct Advertisement {
    Ipv6Address target;
    std::optional<MacAddress> target_link_layer_address;
    bool router = false;
    bool solicited = false;
    bool override_flag = false;
  };
  struct AdvertisementResult {
    std::optional<DropReason> dropped;
    // Whether its Router flag was taken up, and what the entry said before.
    bool router_flag_taken = false;
    bool was_router = false;
  };
  // A valid Neighbor Advertisement, §7.2.5.
  AdvertisementResult OnAdvertisement(Time now, const Advertisement& advertisement);

  // An upper layer had an answer through this neighbour, §7.3.1.
  void ConfirmReachability(Time now, const Ipv6Address& neighbor);

  // Sends one solicitation to a neighbour without an entry, to learn whether it
  // answers again (RFC 4191 §3.5). Does nothing where there is an entry.
  void Probe(Time now, const Ipv6Address& neighbor);

  const Neighbor* Find(const Ipv6Address& neighbor) const;
  // Forgets everybody without a word to them; packets that wait are let go.
  void Clear(Time now);

  Time deadline() const { return deadlines_.next(); }
  void Advance(Time now);

  size_t size() const { return index_.size(); }

 private:
  using Slot = DeadlineQueue::Slot;
  using Queue = std::vector<Packet>;
  struct Undeliverable {
    DropReason reason{};
    Packet packet;
  };

  // A new entry, its state still kNone; nullopt where there is no room.
  std::optional<Slot> Create(Time now, const Ipv6Address& address);
  // A new entry in kIncomplete, likewise.
  std::optional<Slot> CreateIncomplete(Time now, const Ipv6Address& address);
  // Frees the slot; what waits in it is let go with `reason`.
  void Remove(Time now, Slot slot, DropReason reason);
  void GiveUp(Time now, Slot slot);
  std::optional<Slot> FindVictim();
  // The one place where a state changes: sets the deadline that the state has.
  // `contents`: whether the link-layer address or the flag changed with it.
  void Enter(Time now, Slot slot, NeighborState state, bool contents);
  void Solicit(Time now, Slot slot);
  void Enqueue(Neighbor& neighbor, Packet packet);
  Queue TakeQueue(Slot slot);
  void FlushQueue(Time now, Slot slot);
  // Requires that the link-layer address is known.
  void Transmit(Time now, Slot slot, Packet packet);
  void OnDeadline(Time now, Slot slot);
  // Last in every method that may leave packets undeliverable, see undeliverable_.
  void ReportUndeliverable(Time now);

  const LinkParameters& parameters_;
  NeighborCacheOutput& output_;
  NeighborCacheLimits limits_;
  std::vector<Neighbor> slots_;
  std::vector<Slot> free_;
  AddressMap<Slot> index_;
  DeadlineQueue deadlines_;
  uint32_t queued_ = 0;           // Packets in all queues.
  std::vector<Slot> incomplete_;  // Oldest first.
  Slot hand_ = 0;                 // Where the next sweep for a victim begins.
  // What is to be reported. A report may lead to an ICMPv6 error, and that come
  // back here as a packet to send: so it waits until entries are whole again.
  std::vector<Undeliverable> undeliverable_;
  bool reporting_ = false;
};

}  // namespace dualsim::ndp
