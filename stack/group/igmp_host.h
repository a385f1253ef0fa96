#pragma once

#include <optional>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/group/multicast_listener.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/igmp.h"
#include "stack/wire/ipv4_address.h"

namespace dualsim::group {

// Where the messages of an IgmpHost leave. Called during the host's methods; must
// not call it back.
class IgmpHostOutput {
 public:
  virtual ~IgmpHostOutput() = default;
  // To 224.0.0.22, RFC 3376 §4.2.14.
  virtual void SendIgmpReport(const wire::IgmpReport& report) = 0;
  // A Report of version 1 or 2 goes to its group, a Leave to 224.0.0.2 (RFC 2236 §3).
  virtual void SendIgmpMessage(const wire::IgmpGroupMessage& message) = 0;
};

// What came with an IGMP message, for its validity checks.
struct IgmpContext {
  Ipv4Address destination;
  uint8_t ttl = 1;
  bool router_alert = true;
};

// The IPv4 groups that one interface listens to: IGMP version 3, the part of hosts
// (RFC 3376 §5), with versions 2 and 1 where an older querier is present (§7.2.1).
// 224.0.0.1 is never reported (§6).
//
// MLDv2 is IGMPv3 translated to IPv6 (RFC 3810 §1), so the machine is MLD's: groups
// and sources are written as IPv6 addresses for it, and its messages translated
// back. A pure state machine.
class IgmpHost final : private MulticastListenerOutput {
 public:
  static constexpr Ipv4Address kAllHosts = Ipv4Address::FromInteger(0xe0000001);
  static constexpr Ipv4Address kAllRouters = Ipv4Address::FromInteger(0xe0000002);
  static constexpr Ipv4Address kIgmpV3Routers = Ipv4Address::FromInteger(0xe0000016);

  // `output` outlives the host.
  IgmpHost(RandomStream random, IgmpHostOutput& output);

  // One more, or one less, who listens to `group` from any source. Require a group
  // but 224.0.0.1; Leave() that Join() was called for it and not yet taken back.
  void Join(Time now, const Ipv4Address& group);
  void Leave(Time now, const Ipv4Address& group);
  // Replaces what `listener` hears of `group`; an empty filter ends it.
  void Listen(Time now, ListenerId listener, const Ipv4Address& group, FilterMode mode,
              const std::vector<Ipv4Address>& sources);
  // Whether the interface takes packets from `source` to `group`.
  bool Accepts(const Ipv4Address& group, const Ipv4Address& source) const;

  // Leaves every group, saying so once.
  void ShutDown(Time now);

  // A message that came, its checksum verified; nullopt where it was of use or is
  // of none to hosts.
  std::optional<DropReason> OnMessage(Time now, const IgmpContext& context, wire::IgmpType type,
                                      ByteView message);

  Time deadline() const { return listener_.deadline(); }
  void Advance(Time now);

 private:
  void SendReport(const wire::ListenerReport& report) override;
  void SendMessageV1(const wire::ListenerMessageV1& message) override;
  // The card's groups are not the machine's affair here.
  void JoinCardGroup(const MacAddress&) override {}
  void LeaveCardGroup(const MacAddress&) override {}

  std::optional<DropReason> OnQuery(Time now, const IgmpContext& context, ByteView message);

  IgmpHostOutput& output_;
  MulticastListener listener_;
  Time now_;             // Of the call that is being served.
  Time version1_until_;  // The IGMPv1 Querier Present timer, RFC 3376 §7.2.1.
};

}  // namespace dualsim::group
