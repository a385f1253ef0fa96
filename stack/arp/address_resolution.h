#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "stack/arp/address_conflict_detection.h"
#include "stack/arp/arp_cache.h"
#include "stack/arp/link_local_address.h"
#include "stack/base/packet.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/arp.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ipv4_address.h"

namespace dualsim::arp {

struct AddressResolutionConfig {
  MacAddress mac;
  std::vector<Ipv4Cidr> addresses;  // Static ones.
  bool probe_static = false;        // RFC 5227 §2.1 for these too; leases always are.
  bool link_local = false;          // RFC 3927: one while there is no other address.
  bool defend_always = false;       // RFC 5227 §2.4 (c).
};

// An address of the interface: kTentative, kPreferred, or (told once, as it goes)
// kDuplicate or kRemoved.
struct InterfaceAddress {
  Ipv4Cidr cidr;
  AddressState state = AddressState::kTentative;
  AddressOrigin origin = AddressOrigin::kStatic;

  bool assigned() const { return state == AddressState::kPreferred; }
};

// What ARP asks of the interface that it serves.
class AddressResolutionOutput {
 public:
  virtual ~AddressResolutionOutput() = default;
  virtual void SendArp(Time now, MacAddress destination, const wire::ArpPacket& packet) = 0;
  virtual void SendToLinkLayer(Time now, MacAddress destination, Packet packet) = 0;
  virtual void OnUndeliverable(Time now, DropReason reason, Packet packet) = 0;
  virtual void OnAddressChange(Time now, const InterfaceAddress& address) = 0;
  virtual void OnArpEntryChange(Time now, const ArpEntry& entry) = 0;
  virtual void OnLog(Time now, std::string_view text) = 0;
  // A line for somebody to look at, which neighbours cause as often as they like.
  virtual void OnConflict(Time now, std::string_view text) = 0;
};

// The IPv4 addresses of one interface and what ARP does for them: answering (RFC
// 826), resolving neighbours' (the cache), and finding and defending against
// others who use ours (RFC 5227).
class AddressResolution final : private ArpCacheOutput {
 public:
  static constexpr size_t kMaxAddresses = 1024;

  // `output` outlives this.
  AddressResolution(const AddressResolutionConfig& config, RandomStream random,
                    AddressResolutionOutput& output);

  void Start(Time now);
  // Every address and neighbour goes, without a word on the wire.
  void Stop(Time now);

  // False where the interface has the address, or too many.
  bool AddAddress(Time now, const Ipv4Cidr& address, AddressOrigin origin, bool probe);
  bool RemoveAddress(Time now, const Ipv4Address& address);
  const std::vector<InterfaceAddress>& addresses() const { return addresses_; }
  const InterfaceAddress* Find(const Ipv4Address& address) const;

  // An ARP packet that came; nullopt where it was of use.
  std::optional<DropReason> OnPacket(Time now, const wire::ArpPacket& packet);
  // An IPv4 packet to a neighbour.
  void SendToNeighbor(Time now, const Ipv4Address& neighbor, Packet packet) {
    cache_.Send(now, neighbor, std::move(packet));
  }
  void ConfirmReachability(Time now, const Ipv4Address& neighbor) {
    cache_.ConfirmReachability(now, neighbor);
  }

  // The card's address from now on; neighbours are told (RFC 5227 §2.3).
  void SetLinkLayerAddress(Time now, MacAddress mac);

  Time deadline() const;
  void Advance(Time now);

  ArpCache& cache() { return cache_; }

 private:
  // ArpCacheOutput.
  void SendRequest(Time now, const Ipv4Address& target, std::optional<MacAddress> unicast_to,
                   const Packet* prompting) override;
  void SendToLinkLayer(Time now, MacAddress destination, Packet packet) override;
  void OnUndeliverable(Time now, DropReason reason, Packet packet) override;
  void OnArpEntryChange(Time now, const ArpEntry& entry) override;

  size_t IndexOf(const Ipv4Address& address) const;
  void AdvanceAddress(Time now, size_t index);
  // Takes it off the list and tells `state`, kRemoved or kDuplicate.
  void Drop(Time now, size_t index, AddressState state);
  // Whether the packet is one of RFC 5227's conflicts; then it was dealt with.
  bool OnConflict(Time now, const wire::ArpPacket& packet);
  void SendProbe(Time now, const Ipv4Address& address);
  void SendAnnouncement(Time now, const Ipv4Address& address);
  void Reply(Time now, const wire::ArpPacket& request);
  // RFC 3927: begins or ends the link-local address as the others come and go.
  void SettleLinkLocal(Time now);

  AddressResolutionConfig config_;
  AddressResolutionOutput& output_;
  RandomStream random_;
  bool started_ = false;
  std::vector<InterfaceAddress> addresses_;
  std::vector<AddressConflictDetection> detections_;  // Of each.
  std::unique_ptr<LinkLocalAddress> link_local_;      // Where configured.
  ArpCache cache_;
};

}  // namespace dualsim::arp
