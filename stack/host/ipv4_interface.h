#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "stack/arp/address_resolution.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/group/igmp_host.h"
#include "stack/host/config.h"
#include "stack/host/device.h"
#include "stack/host/stack.h"
#include "stack/icmp/error_limiter.h"
#include "stack/wire/arp.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/ipv4_address.h"

namespace dualsim::host {

// What an IPv4 interface asks of the half of the stack that it belongs to.
class Ipv4InterfaceOwner {
 public:
  virtual ~Ipv4InterfaceOwner() = default;
  virtual void OnIpv4AddressChange(Time now, InterfaceId interface,
                                   const arp::InterfaceAddress& address) = 0;
  virtual void OnIpv4Undeliverable(Time now, InterfaceId interface, DropReason reason,
                                   Packet packet) = 0;
};

// What IPv4 needs to know of an interface.
struct Ipv4InterfaceConfig {
  MacAddress mac;
  uint32_t mtu = 1500;
  uint8_t ttl = 64;
  std::vector<Ipv4Cidr> addresses;
  std::optional<Ipv4Address> gateway;
  bool conflict_detection = false;
  bool link_local = false;
  bool is_router = false;
};

// One interface as IPv4 has it: its addresses and ARP, its groups, and the
// framing of what it sends.
class Ipv4Interface final : public arp::AddressResolutionOutput, private group::IgmpHostOutput {
 public:
  Ipv4Interface(InterfaceId id, const Ipv4InterfaceConfig& config, const Environment& environment,
                Ipv4InterfaceOwner& owner);

  void Start(Time now);
  // Ends in good order: groups are left.
  void Stop(Time now);
  // Ends without a word.
  void Crash(Time now);
  // Its cable was pulled: likewise, but its groups stay, and are joined anew when it
  // comes up again.
  void Unplug(Time now);
  bool up() const { return up_; }

  void SendToNeighbor(Time now, const Ipv4Address& neighbor, Packet packet) {
    resolution_.SendToNeighbor(now, neighbor, std::move(packet));
  }
  // To a group's card address, or to everybody on the link.
  void SendToMany(Time now, const Ipv4Address& destination, Packet packet);

  std::optional<DropReason> OnArp(Time now, const wire::ArpPacket& packet) {
    return resolution_.OnPacket(now, packet);
  }

  void SetLinkLayerAddress(Time now, MacAddress mac);

  // Whether the address is a broadcast address here: 255.255.255.255, or that of
  // a prefix of the interface, in the form of zeros too (RFC 1122 §3.3.6).
  bool IsBroadcast(const Ipv4Address& address) const;
  // Whether packets to the group are taken here.
  bool IsListeningTo(const Ipv4Address& group, const Ipv4Address& source) const {
    return group == group::IgmpHost::kAllHosts ||
           (igmp_ != nullptr && igmp_->Accepts(group, source));
  }

  // One more, or one less, who listens to the group; 224.0.0.1 is always heard.
  void JoinGroup(Time now, const Ipv4Address& group);
  void LeaveGroup(Time now, const Ipv4Address& group);
  // An IGMP message for this host.
  std::optional<DropReason> OnIgmp(Time now, const group::IgmpContext& context, ByteView message);

  Time deadline() const;
  void Advance(Time now);

  arp::AddressResolution& resolution() { return resolution_; }
  const arp::AddressResolution& resolution() const { return resolution_; }
  uint32_t mtu() const { return mtu_; }
  uint8_t ttl() const { return ttl_; }
  const std::optional<Ipv4Address>& gateway() const { return gateway_; }

 private:
  // arp::AddressResolutionOutput.
  void SendArp(Time now, MacAddress destination, const wire::ArpPacket& packet) override;
  void SendToLinkLayer(Time now, MacAddress destination, Packet packet) override;
  void OnUndeliverable(Time now, DropReason reason, Packet packet) override;
  void OnAddressChange(Time now, const arp::InterfaceAddress& address) override;
  void OnArpEntryChange(Time now, const arp::ArpEntry& entry) override;
  void OnLog(Time now, std::string_view text) override;
  void OnConflict(Time now, std::string_view text) override;

  // group::IgmpHostOutput.
  void SendIgmpReport(const wire::IgmpReport& report) override;
  void SendIgmpMessage(const wire::IgmpGroupMessage& message) override;

  void SendIgmp(const Ipv4Address& destination, Packet message);
  group::IgmpHost& NeedIgmp();

  void SendFrame(MacAddress destination, wire::EtherType type, Packet packet);

  const InterfaceId id_;
  MacAddress mac_;
  uint32_t mtu_;
  uint8_t ttl_;
  std::optional<Ipv4Address> gateway_;
  Environment environment_;
  Ipv4InterfaceOwner& owner_;
  bool up_ = false;
  Time now_;  // Of the call that is being served, for outputs that are not told it.
  icmp::ErrorLimiter log_limiter_{icmp::kConflictLines};  // Of OnConflict().
  // Who listens to which group, a name for each time.
  std::vector<Ipv4Address> groups_;
  std::unique_ptr<group::IgmpHost> igmp_;  // Once a group was joined.
  arp::AddressResolution resolution_;
};

}  // namespace dualsim::host
