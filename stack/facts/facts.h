#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/tcp/error.h"
#include "stack/tcp/flow.h"
#include "stack/tcp/state.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/seq_num.h"

namespace dualsim {

// Which interface of a node, counted from 0 in the order of its configuration.
enum class InterfaceId : uint16_t {};

// What a stack tells the world about itself. A fact is a change of state that a
// user can ask about ("is this address PREFERRED?"), an answer that came, or a
// packet that went no further. Times are the call's `now`.

// RFC 4862 §2 and §5.5.4; kOptimistic is RFC 4429's. kRemoved: expired, taken
// away, or the node stopped.
enum class AddressState : uint8_t {
  kTentative,
  kPreferred,
  kDeprecated,
  kDuplicate,
  kRemoved,
  kOptimistic,
};
// kTemporary: autoconfigured too, RFC 8981. kDhcp: leased.
enum class AddressOrigin : uint8_t { kLinkLocal, kStatic, kAutoconfigured, kTemporary, kDhcp };

struct AddressFact {
  InterfaceId interface {};
  IpAddress address;
  int prefix_length = 64;
  AddressState state{};
  AddressOrigin origin{};
  Time preferred_until = Time::Never();
  Time valid_until = Time::Never();
};

// RFC 4861 §7.3.2, and so those of the ARP cache. kNone: there is no entry (any more).
enum class NeighborState : uint8_t { kNone, kIncomplete, kReachable, kStale, kDelay, kProbe };

struct NeighborFact {
  InterfaceId interface {};
  IpAddress address;
  NeighborState state{};
  MacAddress link_layer_address;  // Zero while kIncomplete or kNone.
  bool is_router = false;
};

// The Default Router List, RFC 4861 §5.1.
struct DefaultRouterFact {
  InterfaceId interface {};
  Ipv6Address router;
  bool present = false;
  Time until = Time::Never();  // Never() where static.
};

// The Prefix List (on-link prefixes), RFC 4861 §5.1.
struct PrefixFact {
  InterfaceId interface {};
  Ipv6Prefix prefix;
  bool present = false;
  Time until = Time::Never();
};

// What routers advertise for a resolver beside addresses: RFC 8106 §5, RFC 8781.
enum class ResolverKind : uint8_t { kDnsServer, kSearchDomain, kPref64 };

struct ResolverFact {
  InterfaceId interface {};
  ResolverKind kind{};
  std::string value;  // "2001:db8::53", "example.com", "64:ff9b::/96".
  bool present = false;
  Time until = Time::Never();  // As it was when it came; later ones prolong it in silence.
};

// A route to somewhere else than the link: static, or of a routing protocol.
struct RouteFact {
  IpPrefix prefix;
  InterfaceId interface {};
  IpAddress next_hop;  // Unspecified where the prefix is on link.
  bool present = false;
};

// The answer to an echo request of ours: a reply, or an ICMP error about it.
struct EchoFact {
  uint16_t identifier = 0;
  uint16_t sequence = 0;
  IpAddress from;
  bool reply = false;  // Otherwise an error: its type and code follow.
  uint8_t error_type = 0;
  uint8_t error_code = 0;
  size_t data_size = 0;
};

// A packet of this node's, or for it, that went no further.
struct DropFact {
  InterfaceId interface {};
  DropReason reason{};
  ByteView
      packet;  // From the IP header (or, before there is one, the frame); valid during the call.
};

// A TCP connection of the node's came into another state. It begins in CLOSED, and
// ends there.
struct ConnectionFact {
  const tcp::Flow& flow;  // Valid during the call.
  tcp::State from{};
  tcp::State to{};
  std::optional<tcp::Error> error{};  // Why, where it ended badly.
};

// A segment of a connection was sent again.
struct RetransmissionFact {
  const tcp::Flow& flow;  // Valid during the call.
  SeqNum sequence;
  uint32_t size = 0;
  int unanswered = 0;  // Timeouts without an answer so far; 0: not by a timeout.
};

// What a connection has learnt of its path: a round trip was measured, or the
// congestion window moved. Told only where StackConfig::tells_paths asks for it.
struct PathFact {
  struct RoundTrip {
    Duration sample;
    Duration smoothed;  // SRTT
    Duration timeout;   // RTO, RFC 6298 §2.
  };
  struct Window {
    uint32_t size = 0;       // cwnd, in bytes.
    uint32_t threshold = 0;  // ssthresh, in bytes.
  };
  const tcp::Flow& flow;  // Valid during the call.
  std::optional<RoundTrip> round_trip{};
  std::optional<Window> window{};
};

// A program began or ended on the node.
struct ApplicationFact {
  std::string_view name;  // Valid during the call.
  bool running = false;
};

// Something a person should read: "conflict after DAD on ...".
struct LogFact {
  std::string_view text;  // One line, without its end; valid during the call.
  // Which program of the node says so; "": the stack itself. Valid likewise.
  std::string_view application{};
};

// What a program of the node learnt of a name, or that it did not.
enum class QueryOutcome : uint8_t {
  kFound,
  kNoSuchName,     // NXDOMAIN
  kNoData,         // The name is there, and has nothing of the type.
  kServerFailure,  // Every server refused or failed.
  kTimeout,        // No server answered.
  kNoServer,       // The host knows none.
  kBadName,        // The text is no name.
};
struct QueryFact {
  std::string_view name;  // As it was asked at last, with a domain of the search list or without.
  std::string_view type;  // "AAAA"
  QueryOutcome outcome{};
  std::string_view answer;  // Addresses and other data, as text with commas; valid during the call.
  bool cached = false;      // No server was asked.
  Duration took;
  std::string_view application{};  // Who asked.
};

// Where a DHCP client stands, RFC 2131 §4.4 figure 5.
enum class LeaseState : uint8_t {
  kInit,  // Nothing is leased; nothing is asked until a pause is over.
  kSelecting,
  kRequesting,
  kChecking,  // Bound but for the address's uniqueness (RFC 5227), which is probed for.
  kBound,
  kRenewing,
  kRebinding,
  kInitReboot,
  kRebooting,
  kIpv6Only,  // It does without IPv4 for a while, RFC 8925 §3.2.
};
struct LeaseFact {
  InterfaceId interface {};
  LeaseState state{};
  std::optional<Ipv4Address> address;  // What is asked for, or leased.
  std::optional<Ipv4Address> server;
  // Of the states from kChecking to kRebinding; Never() where there is none.
  Time renewal = Time::Never();
  Time rebinding = Time::Never();
  Time until = Time::Never();
};

// Takes facts. A stack calls it while it works: an observer notes and returns,
// and never calls the stack. Every method does nothing where not overridden.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnAddress(Time, const AddressFact&) {}
  virtual void OnNeighbor(Time, const NeighborFact&) {}
  virtual void OnDefaultRouter(Time, const DefaultRouterFact&) {}
  virtual void OnPrefix(Time, const PrefixFact&) {}
  virtual void OnRoute(Time, const RouteFact&) {}
  virtual void OnResolver(Time, const ResolverFact&) {}
  virtual void OnEcho(Time, const EchoFact&) {}
  virtual void OnDrop(Time, const DropFact&) {}
  virtual void OnConnection(Time, const ConnectionFact&) {}
  virtual void OnRetransmission(Time, const RetransmissionFact&) {}
  virtual void OnPath(Time, const PathFact&) {}
  virtual void OnApplication(Time, const ApplicationFact&) {}
  virtual void OnLog(Time, const LogFact&) {}
  virtual void OnQuery(Time, const QueryFact&) {}
  virtual void OnLease(Time, const LeaseFact&) {}
  // The name servers or the search list that the node knows may have changed.
  virtual void OnNameServers(Time) {}
};

// "PREFERRED", "REACHABLE", "AUTOCONFIGURED", as the RFCs write them.
std::string_view AddressStateName(AddressState state);
std::string_view AddressOriginName(AddressOrigin origin);
std::string_view NeighborStateName(NeighborState state);
// "INIT-REBOOT"
std::string_view LeaseStateName(LeaseState state);
// "NO_SUCH_NAME"
std::string_view QueryOutcomeName(QueryOutcome outcome);
// "DNS server".
std::string_view ResolverKindName(ResolverKind kind);

}  // namespace dualsim
