#include "sim/scenario/read_condition.h"

#include <algorithm>
#include <string>
#include <utility>

#include "proto/expectation.pb.h"
#include "sim/scenario/near_name.h"
#include "sim/scenario/units.h"
#include "stack/wire/drop_reason.h"

namespace dualsim::sim {
namespace {

using google::protobuf::Message;

std::optional<CountRange> ReadCount(const dualsim::Count& entry, CheckContext* context) {
  using Count = dualsim::Count;
  if (!entry.has_exactly() && !entry.has_at_least() && !entry.has_at_most()) {
    context->Error(entry, "it says no number; give 'exactly', 'at_least' or 'at_most'");
    return std::nullopt;
  }
  if (entry.has_exactly() && (entry.has_at_least() || entry.has_at_most())) {
    context->Error(entry, Count::kExactlyFieldNumber, "it leaves nothing to the other bounds");
    return std::nullopt;
  }
  if (entry.has_exactly()) return CountRange::Exactly(entry.exactly());
  CountRange range;
  if (entry.has_at_least()) range.at_least = entry.at_least();
  if (entry.has_at_most()) range.at_most = entry.at_most();
  if (range.at_least && range.at_most && *range.at_least > *range.at_most) {
    context->Error(entry, Count::kAtMostFieldNumber, "it is less than 'at_least'");
  }
  return range;
}

template <typename Entry>
CountRange CountOf(const Entry& entry, CheckContext* context) {
  if (!entry.has_count()) return CountRange::AtLeast(1);
  return ReadCount(entry.count(), context).value_or(CountRange::AtLeast(1));
}

// `count`, or none where `absent`; both at once make no sense.
template <typename Entry>
CountRange CountUnless(bool absent, const Entry& entry, CheckContext* context) {
  if (!absent) return CountOf(entry, context);
  if (entry.has_count()) context->Error(entry, "there is nothing to count; leave 'count' out");
  return CountRange::Exactly(0);
}

template <typename Entry>
std::optional<ConditionPlace> PlaceOf(const Entry& entry, CheckContext* context) {
  return ReadPlace(entry, Entry::kHostFieldNumber, Entry::kLinkFieldNumber, entry.has_link(),
                   context);
}

AddressState StateOf(dualsim::AddressCondition::State state) {
  switch (state) {
    case dualsim::AddressCondition::TENTATIVE:
      return AddressState::kTentative;
    case dualsim::AddressCondition::PREFERRED:
      return AddressState::kPreferred;
    case dualsim::AddressCondition::DEPRECATED:
      return AddressState::kDeprecated;
    case dualsim::AddressCondition::DUPLICATE:
      return AddressState::kDuplicate;
    case dualsim::AddressCondition::REMOVED:
      return AddressState::kRemoved;
    case dualsim::AddressCondition::OPTIMISTIC:
      return AddressState::kOptimistic;
  }
  return AddressState::kRemoved;
}

AddressOrigin OriginOf(dualsim::AddressCondition::Origin origin) {
  switch (origin) {
    case dualsim::AddressCondition::LINK_LOCAL:
      return AddressOrigin::kLinkLocal;
    case dualsim::AddressCondition::STATIC:
      return AddressOrigin::kStatic;
    case dualsim::AddressCondition::AUTOCONFIGURED:
      return AddressOrigin::kAutoconfigured;
    case dualsim::AddressCondition::TEMPORARY:
      return AddressOrigin::kTemporary;
    case dualsim::AddressCondition::DHCP:
      return AddressOrigin::kDhcp;
  }
  return AddressOrigin::kStatic;
}

NeighborState StateOf(dualsim::NeighborCondition::State state) {
  switch (state) {
    case dualsim::NeighborCondition::NONE:
      return NeighborState::kNone;
    case dualsim::NeighborCondition::INCOMPLETE:
      return NeighborState::kIncomplete;
    case dualsim::NeighborCondition::REACHABLE:
      return NeighborState::kReachable;
    case dualsim::NeighborCondition::STALE:
      return NeighborState::kStale;
    case dualsim::NeighborCondition::DELAY:
      return NeighborState::kDelay;
    case dualsim::NeighborCondition::PROBE:
      return NeighborState::kProbe;
  }
  return NeighborState::kNone;
}

std::optional<DropReason> ReadReason(const Message& entry, int field, const std::string& name,
                                     CheckContext* context) {
  const std::optional<DropReason> reason = FindDropReason(name);
  if (reason) return reason;
  std::vector<std::string> names;
  for (int i = 0; i < static_cast<int>(DropReason::kCount); ++i) {
    names.emplace_back(DropReasonName(static_cast<DropReason>(i)));
  }
  context->Error(entry, field,
                 "'" + name.substr(0, 60) + "' is no reason for a drop" + DidYouMean(name, names));
  return std::nullopt;
}

IcmpError ErrorOf(dualsim::PingCondition::Error error) {
  using Ping = dualsim::PingCondition;
  constexpr uint8_t kUnreachable = 1;
  constexpr uint8_t kTooBig = 2;
  constexpr uint8_t kTimeExceeded = 3;
  constexpr uint8_t kParameterProblem = 4;
  std::string name = Ping::Error_Name(error);
  switch (error) {
    case Ping::ANY:
      return {0, std::nullopt, std::move(name)};
    case Ping::DESTINATION_UNREACHABLE:
      return {kUnreachable, std::nullopt, std::move(name)};
    case Ping::NO_ROUTE:
      return {kUnreachable, 0, std::move(name)};
    case Ping::ADMINISTRATIVELY_PROHIBITED:
      return {kUnreachable, 1, std::move(name)};
    case Ping::BEYOND_SCOPE:
      return {kUnreachable, 2, std::move(name)};
    case Ping::ADDRESS_UNREACHABLE:
      return {kUnreachable, 3, std::move(name)};
    case Ping::PORT_UNREACHABLE:
      return {kUnreachable, 4, std::move(name)};
    case Ping::SOURCE_POLICY:
      return {kUnreachable, 5, std::move(name)};
    case Ping::REJECT_ROUTE:
      return {kUnreachable, 6, std::move(name)};
    case Ping::PACKET_TOO_BIG:
      return {kTooBig, std::nullopt, std::move(name)};
    case Ping::TIME_EXCEEDED:
      return {kTimeExceeded, std::nullopt, std::move(name)};
    case Ping::HOP_LIMIT_EXCEEDED:
      return {kTimeExceeded, 0, std::move(name)};
    case Ping::REASSEMBLY_TIME_EXCEEDED:
      return {kTimeExceeded, 1, std::move(name)};
    case Ping::PARAMETER_PROBLEM:
      return {kParameterProblem, std::nullopt, std::move(name)};
  }
  return {};
}

// The pings of the timeline that the condition speaks of.
std::vector<PingId> FindPings(const dualsim::PingCondition& entry, CheckContext* context) {
  using Entry = dualsim::PingCondition;
  const std::vector<NodeId> senders = context->ReadNodes(entry, Entry::kFromFieldNumber);
  const auto to = context->ReadIpAddress(entry, Entry::kToFieldNumber);
  if ((entry.has_from() && senders.empty()) || (entry.has_to() && !to)) return {};
  std::vector<PingId> pings;
  std::vector<std::string> names;
  for (const TimedAction& timed : context->plan().actions) {
    const auto* ping = std::get_if<action::Ping>(&timed.action);
    if (ping == nullptr) continue;
    if (!ping->name.empty()) names.push_back(ping->name);
    if (entry.has_name() && ping->name != entry.name()) continue;
    if (to && ping->to != *to) continue;
    if (entry.has_from() && !std::binary_search(senders.begin(), senders.end(), ping->from)) {
      continue;
    }
    pings.push_back(ping->id);
  }
  if (pings.empty()) {
    context->Error(entry, "the timeline has no such ping" +
                              (entry.has_name() ? DidYouMean(entry.name(), names) : ""));
  }
  return pings;
}

}  // namespace

std::optional<StateCondition> ReadAddress(const dualsim::AddressCondition& entry,
                                          CheckContext* context) {
  using Entry = dualsim::AddressCondition;
  AddressCondition condition;
  const std::optional<ConditionPlace> place = PlaceOf(entry, context);
  condition.address = context->ReadIpAddress(entry, Entry::kIpFieldNumber);
  condition.within = context->ReadIpPrefix(entry, Entry::kInFieldNumber);
  if (condition.address && condition.within && !condition.within->Contains(*condition.address)) {
    context->Error(
        entry, Entry::kIpFieldNumber,
        "'" + condition.address->ToString() + "' is not in '" + condition.within->ToString() + "'");
  }
  if (entry.has_state()) condition.state = StateOf(entry.state());
  if (entry.has_origin()) condition.origin = OriginOf(entry.origin());
  condition.count = CountUnless(condition.state == AddressState::kRemoved, entry, context);
  if (!place) return std::nullopt;
  condition.nodes = place->nodes;
  condition.interface = place->interface;
  return condition;
}

std::optional<StateCondition> ReadNeighbor(const dualsim::NeighborCondition& entry,
                                           CheckContext* context) {
  using Entry = dualsim::NeighborCondition;
  NeighborCondition condition;
  const std::optional<ConditionPlace> place = PlaceOf(entry, context);
  condition.address = context->ReadIpAddress(entry, Entry::kIpFieldNumber);
  condition.mac = context->ReadMac(entry, Entry::kMacFieldNumber);
  if (entry.has_state()) condition.state = StateOf(entry.state());
  if (entry.has_is_router()) condition.is_router = entry.is_router();
  condition.count = CountUnless(condition.state == NeighborState::kNone, entry, context);
  if (!place) return std::nullopt;
  condition.nodes = place->nodes;
  condition.interface = place->interface;
  return condition;
}

std::optional<StateCondition> ReadDefaultRouter(const dualsim::DefaultRouterCondition& entry,
                                                CheckContext* context) {
  DefaultRouterCondition condition;
  const std::optional<ConditionPlace> place = PlaceOf(entry, context);
  condition.router = context->ReadAddress(entry, dualsim::DefaultRouterCondition::kIpFieldNumber);
  condition.count = CountUnless(entry.has_present() && !entry.present(), entry, context);
  if (!place) return std::nullopt;
  condition.nodes = place->nodes;
  condition.interface = place->interface;
  return condition;
}

std::optional<StateCondition> ReadResolver(const dualsim::ResolverCondition& entry,
                                           CheckContext* context) {
  using Entry = dualsim::ResolverCondition;
  ResolverCondition condition;
  const std::optional<ConditionPlace> place = PlaceOf(entry, context);
  const int kinds = entry.has_dns_server() + entry.has_search_domain() + entry.has_pref64();
  if (kinds != 1) {
    context->Error(entry, "what is it about? Give one of 'dns_server', 'search_domain', 'pref64'");
    return std::nullopt;
  }
  // What may be left empty: any of the kind.
  if (entry.has_dns_server()) {
    condition.kind = ResolverKind::kDnsServer;
    if (!entry.dns_server().empty()) {
      const auto server = context->ReadAddress(entry, Entry::kDnsServerFieldNumber);
      if (server) condition.value = server->ToString();
    }
  } else if (entry.has_search_domain()) {
    condition.kind = ResolverKind::kSearchDomain;
    if (!entry.search_domain().empty()) condition.value = entry.search_domain();
  } else {
    condition.kind = ResolverKind::kPref64;
    if (!entry.pref64().empty()) {
      const auto prefix = context->ReadPrefix(entry, Entry::kPref64FieldNumber);
      if (prefix) condition.value = prefix->ToString();
    }
  }
  condition.count = CountUnless(entry.has_present() && !entry.present(), entry, context);
  if (!place) return std::nullopt;
  condition.nodes = place->nodes;
  condition.interface = place->interface;
  return condition;
}

std::optional<StateCondition> ReadPrefix(const dualsim::PrefixCondition& entry,
                                         CheckContext* context) {
  PrefixCondition condition;
  const std::optional<ConditionPlace> place = PlaceOf(entry, context);
  condition.prefix = context->ReadPrefix(entry, dualsim::PrefixCondition::kPrefixFieldNumber);
  condition.count = CountUnless(entry.has_present() && !entry.present(), entry, context);
  if (!place) return std::nullopt;
  condition.nodes = place->nodes;
  condition.interface = place->interface;
  return condition;
}

std::optional<StateCondition> ReadRoute(const dualsim::RouteCondition& entry,
                                        CheckContext* context) {
  RouteCondition condition;
  const std::optional<ConditionPlace> place = PlaceOf(entry, context);
  condition.prefix = context->ReadIpPrefix(entry, dualsim::RouteCondition::kPrefixFieldNumber);
  condition.next_hop = context->ReadIpAddress(entry, dualsim::RouteCondition::kViaFieldNumber);
  condition.count = CountUnless(entry.has_present() && !entry.present(), entry, context);
  if (!place) return std::nullopt;
  condition.nodes = place->nodes;
  condition.interface = place->interface;
  return condition;
}

std::optional<StateCondition> ReadNode(const dualsim::NodeCondition& entry, CheckContext* context) {
  using Entry = dualsim::NodeCondition;
  if (!context->Require(entry, Entry::kHostFieldNumber)) return std::nullopt;
  RunningCondition condition;
  condition.nodes = context->ReadNodes(entry, Entry::kHostFieldNumber);
  condition.running = !entry.has_running() || entry.running();
  if (condition.nodes.empty()) return std::nullopt;
  return condition;
}

std::optional<PacketsCondition> ReadPackets(const dualsim::PacketsCondition& entry,
                                            CheckContext* context) {
  using Entry = dualsim::PacketsCondition;
  PacketsCondition condition;
  condition.filter = context->ReadFilter(entry, Entry::kFilterFieldNumber).value_or("");
  condition.sender = context->ReadNode(entry, Entry::kFromFieldNumber);
  // A sequence needs no count beside its own steps.
  condition.count =
      entry.has_count() || entry.sequence_size() == 0 ? CountOf(entry, context) : CountRange();
  condition.min_interval = context->ReadDuration(entry, Entry::kMinIntervalFieldNumber);
  condition.max_interval = context->ReadDuration(entry, Entry::kMaxIntervalFieldNumber);
  if (condition.min_interval && condition.max_interval &&
      *condition.min_interval > *condition.max_interval) {
    context->Error(entry, Entry::kMaxIntervalFieldNumber, "it is less than 'min_interval'");
  }
  for (const Entry::Step& step : entry.sequence()) {
    PacketStep& into = condition.sequence.emplace_back();
    context->Require(step, Entry::Step::kFilterFieldNumber);
    into.filter = context->ReadFilter(step, Entry::Step::kFilterFieldNumber).value_or("");
    into.sender = context->ReadNode(step, Entry::Step::kFromFieldNumber);
    into.within = context->ReadDuration(step, Entry::Step::kWithinFieldNumber);
    into.where = context->Where(step);
  }
  if (!context->Require(entry, Entry::kLinkFieldNumber)) return std::nullopt;
  const std::optional<LinkId> link = context->ReadLink(entry, Entry::kLinkFieldNumber);
  if (!link) return std::nullopt;
  condition.link = *link;
  return condition;
}

std::optional<DropsCondition> ReadDrops(const dualsim::DropsCondition& entry,
                                        CheckContext* context) {
  using Entry = dualsim::DropsCondition;
  DropsCondition condition;
  condition.nodes = context->ReadNodes(entry, Entry::kHostFieldNumber);
  const auto link = context->ReadLink(entry, Entry::kLinkFieldNumber);
  if (link) condition.links.push_back(*link);
  if (entry.has_reason()) {
    condition.reason = ReadReason(entry, Entry::kReasonFieldNumber, entry.reason(), context);
  }
  condition.count = CountOf(entry, context);
  return condition;
}

std::optional<LogCondition> ReadLog(const dualsim::LogCondition& entry, CheckContext* context) {
  using Entry = dualsim::LogCondition;
  if (!context->Require(entry, Entry::kHostFieldNumber)) return std::nullopt;
  LogCondition condition;
  condition.nodes = context->ReadNodes(entry, Entry::kHostFieldNumber);
  condition.contains = entry.contains();
  if (entry.has_application()) condition.application = entry.application();
  if (entry.has_text()) condition.text = entry.text();
  condition.sequence.assign(entry.sequence().begin(), entry.sequence().end());
  condition.count = CountOf(entry, context);
  if (entry.has_contains() && entry.has_text()) {
    context->Error(entry, Entry::kTextFieldNumber, "the whole line, or what it contains: not both");
  }
  if (!condition.sequence.empty() &&
      (entry.has_contains() || entry.has_text() || entry.has_count())) {
    context->Error(entry, Entry::kSequenceFieldNumber,
                   "it stands in place of 'contains', 'text' and 'count'");
  }
  if (condition.nodes.empty()) return std::nullopt;
  return condition;
}

std::optional<ConnectionCondition> ReadConnection(const dualsim::ConnectionCondition& entry,
                                                  CheckContext* context) {
  using Entry = dualsim::ConnectionCondition;
  if (!context->Require(entry, Entry::kHostFieldNumber)) return std::nullopt;
  ConnectionCondition condition;
  condition.nodes = context->ReadNodes(entry, Entry::kHostFieldNumber);
  // The numbers are tcp::State's.
  if (entry.has_state()) condition.state = static_cast<tcp::State>(entry.state());
  const auto port = [&](int field) -> std::optional<uint16_t> {
    const auto number = context->ReadNumber(entry, field, 1, 65535);
    if (!number) return std::nullopt;
    return static_cast<uint16_t>(*number);
  };
  condition.port = port(Entry::kPortFieldNumber);
  condition.peer_port = port(Entry::kPeerPortFieldNumber);
  if (entry.has_peer()) {
    condition.peer = IpAddress::Parse(entry.peer());
    if (!condition.peer) {
      context->Error(entry, Entry::kPeerFieldNumber,
                     "'" + entry.peer() + "' is not an address of IPv6 or IPv4");
    }
  }
  if (entry.has_failed()) {
    condition.failed = entry.failed();
    if (condition.state != tcp::State::kClosed) {
      context->Error(entry, Entry::kFailedFieldNumber, "only a connection that is CLOSED failed");
    }
  }
  condition.count = CountOf(entry, context);
  if (condition.nodes.empty()) return std::nullopt;
  return condition;
}

std::optional<PingCondition> ReadPing(const dualsim::PingCondition& entry, CheckContext* context) {
  using Entry = dualsim::PingCondition;
  PingCondition condition;
  condition.pings = FindPings(entry, context);
  if (entry.has_sent()) condition.sent = CountRange::Exactly(entry.sent());
  if (entry.has_received()) condition.received = CountRange::Exactly(entry.received());
  if (entry.has_lost()) condition.lost = CountRange::Exactly(entry.lost());
  if (entry.has_received_at_least() || entry.has_received_at_most()) {
    if (entry.has_received()) {
      context->Error(entry, Entry::kReceivedFieldNumber, "it leaves nothing to the other bounds");
    }
    CountRange& received = condition.received.emplace();
    if (entry.has_received_at_least()) received.at_least = entry.received_at_least();
    if (entry.has_received_at_most()) received.at_most = entry.received_at_most();
  }
  condition.error_from = context->ReadIpAddress(entry, Entry::kErrorFromFieldNumber);
  if (entry.has_error()) condition.error = ErrorOf(entry.error());
  if (entry.has_errors()) {
    condition.errors = CountRange::Exactly(entry.errors());
  } else if (entry.has_error() || entry.has_error_from()) {
    condition.errors = CountRange::AtLeast(1);
  }
  if (entry.has_refused()) {
    condition.refused = ReadReason(entry, Entry::kRefusedFieldNumber, entry.refused(), context);
  }
  condition.min_round_trip = context->ReadDuration(entry, Entry::kMinRoundTripFieldNumber);
  condition.max_round_trip = context->ReadDuration(entry, Entry::kMaxRoundTripFieldNumber);
  const bool says_something = condition.sent || condition.received || condition.lost ||
                              condition.errors || entry.has_refused() || condition.min_round_trip ||
                              condition.max_round_trip;
  if (!says_something) {
    // A ping that is merely expected is expected to work.
    condition.sent = CountRange::AtLeast(1);
    condition.lost = CountRange::Exactly(0);
  }
  if (condition.pings.empty()) return std::nullopt;
  return condition;
}

// Nodes may differ in the number of their interface, so that a link needs them to agree.
std::optional<ConditionPlace> ReadPlace(const Message& entry, int host_field, int link_field,
                                        bool has_link, CheckContext* context) {
  if (!context->Require(entry, host_field)) return std::nullopt;
  ConditionPlace place{context->ReadNodes(entry, host_field), std::nullopt};
  if (place.nodes.empty()) return std::nullopt;
  if (!has_link) return place;
  for (NodeId node : place.nodes) {
    const auto interface = context->ReadInterface(entry, link_field, node, /*needed=*/true);
    if (!interface) return std::nullopt;
    if (place.interface && *place.interface != *interface) {
      context->Error(entry, link_field,
                     "the hosts have it as different interfaces; write a condition for each");
      return std::nullopt;
    }
    place.interface = interface;
  }
  return place;
}

CountRange ReadCount(bool given, const dualsim::Count& entry, CheckContext* context) {
  if (!given) return CountRange::AtLeast(1);
  return ReadCount(entry, context).value_or(CountRange::AtLeast(1));
}

bool AsksForPresence(const StateCondition& condition) {
  return std::visit(
      [](const auto& c) {
        if constexpr (requires { c.count; }) {
          return c.count.at_least.value_or(0) > 0;
        } else {
          return c.running;
        }
      },
      condition);
}

const std::vector<NodeId>& NodesOf(const StateCondition& condition) {
  return std::visit([](const auto& c) -> const std::vector<NodeId>& { return c.nodes; }, condition);
}

}  // namespace dualsim::sim
