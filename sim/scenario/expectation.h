#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/action.h"
#include "sim/scenario/diagnostics.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/tcp/state.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {

// How many there must be; an end that is not set is open.
struct CountRange {
  std::optional<uint64_t> at_least;
  std::optional<uint64_t> at_most;
  bool Holds(uint64_t n) const {
    return (!at_least || n >= *at_least) && (!at_most || n <= *at_most);
  }
  static CountRange AtLeast(uint64_t n) { return {n, std::nullopt}; }
  static CountRange Exactly(uint64_t n) { return {n, n}; }
  std::string ToString() const;  // "exactly 3", "at least 1", "2 to 4"
};

// Conditions on state. Each speaks of every node in `nodes`: on each of them the
// number of items that match must be in `count`. Wherever a condition lists nodes,
// links or pings, they are in the order of their ids, each once.

struct AddressCondition {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
  std::optional<IpAddress> address;
  std::optional<IpPrefix> within;
  std::optional<AddressState> state;
  std::optional<AddressOrigin> origin;
  CountRange count = CountRange::AtLeast(1);
};
struct NeighborCondition {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
  std::optional<IpAddress> address;
  std::optional<NeighborState> state;
  std::optional<MacAddress> mac;
  std::optional<bool> is_router;
  CountRange count = CountRange::AtLeast(1);
};
struct DefaultRouterCondition {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
  std::optional<Ipv6Address> router;
  CountRange count = CountRange::AtLeast(1);
};
struct ResolverCondition {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
  ResolverKind kind{};
  std::optional<std::string> value;  // As in ResolverFact.
  CountRange count = CountRange::AtLeast(1);
};
struct PrefixCondition {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
  std::optional<Ipv6Prefix> prefix;
  CountRange count = CountRange::AtLeast(1);
};
struct RouteCondition {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
  std::optional<IpPrefix> prefix;
  std::optional<IpAddress> next_hop;
  CountRange count = CountRange::AtLeast(1);
};
struct RunningCondition {
  std::vector<NodeId> nodes;
  bool running = true;
};

using StateCondition =
    std::variant<AddressCondition, NeighborCondition, DefaultRouterCondition, PrefixCondition,
                 RouteCondition, RunningCondition, ResolverCondition>;

// Conditions on what happened, counted within the expectation's window.

struct PacketStep {
  std::string filter;  // libpcap's language; it compiles. "": every frame.
  std::optional<NodeId> sender;
  std::optional<Duration> within;  // Of the step before, or of the window's start.
  SourceLocation where;
};
// Frames as they are handed to `link`, those included that it loses.
struct PacketsCondition {
  LinkId link{};
  std::string filter;
  std::optional<NodeId> sender;
  CountRange count;
  std::optional<Duration> min_interval;  // Between one match and the next.
  std::optional<Duration> max_interval;
  std::vector<PacketStep> sequence;  // Among the matches, in this order; others may lie between.
};
// Where both `nodes` and `links` are empty: anywhere.
struct DropsCondition {
  std::vector<NodeId> nodes;
  std::vector<LinkId> links;
  std::optional<DropReason> reason;
  CountRange count;
};
struct LogCondition {
  std::vector<NodeId> nodes;
  std::string contains;
  std::optional<std::string> application;  // "": the stack itself.
  std::optional<std::string> text;         // The whole line.
  // Lines in this order, others between them or not: `count` is of their ends.
  std::vector<std::string> sequence;
  CountRange count;
};
// Connections that come into a state.
struct ConnectionCondition {
  std::vector<NodeId> nodes;
  tcp::State state = tcp::State::kEstablished;
  std::optional<IpAddress> peer;
  std::optional<uint16_t> peer_port;
  std::optional<uint16_t> port;
  std::optional<bool> failed;  // With an error.
  CountRange count;
};

// Names that programs had resolved.
struct QueryCondition {
  std::vector<NodeId> nodes;
  std::optional<std::string> name;
  std::optional<std::string> type;
  QueryOutcome outcome = QueryOutcome::kFound;
  std::string answer;  // A part of what was found.
  std::optional<bool> cached;
  std::optional<std::string> application;
  std::optional<Duration> within;
  CountRange count;
};

// Leases that come into a state.
struct LeaseCondition {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
  LeaseState state = LeaseState::kBound;
  std::optional<Ipv4Address> address;
  std::optional<Ipv4Address> server;
  CountRange count;
};

// An ICMPv6 error, RFC 4443 §3; type 0: any; no code: any.
struct IcmpError {
  uint8_t type = 0;
  std::optional<uint8_t> code;
  std::string name;  // "ADDRESS_UNREACHABLE"
};
struct PingCondition {
  std::vector<PingId> pings;  // The figures are summed over them.
  std::optional<CountRange> sent;
  std::optional<CountRange> received;
  std::optional<CountRange> lost;  // Sent, and not answered by the window's end.
  std::optional<CountRange> errors;
  std::optional<IcmpError> error;  // Counts only these as errors.
  std::optional<IpAddress> error_from;
  std::optional<DropReason> refused;  // Could not be sent at all, for this reason.
  std::optional<Duration> min_round_trip;
  std::optional<Duration> max_round_trip;
};

using EventCondition = std::variant<PacketsCondition, DropsCondition, LogCondition,
                                    ConnectionCondition, QueryCondition, LeaseCondition,
                                    PingCondition>;

// The steps of a case: each is as it says.
struct ScriptCondition {};

using Condition = std::variant<StateCondition, EventCondition, ScriptCondition>;

// When a condition must hold.
enum class ExpectationMode : uint8_t {
  kBy,      // At some time in [from, until].
  kAt,      // At `until`, after all that happens at that time.
  kAlways,  // At every time in [from, until].
  kNever,   // At no time in [from, until].
};

struct Expectation {
  std::string name;  // What the scenario calls it, or "".
  std::string text;  // In words: "by 2s: on a, address fe80::ff:fe00:a is PREFERRED".
  ExpectationMode mode{};
  Time from;
  Time until;
  Condition condition;
  SourceLocation where;
};

}  // namespace dualsim::sim
