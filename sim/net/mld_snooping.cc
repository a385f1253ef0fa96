#include "sim/net/mld_snooping.h"

#include <algorithm>
#include <optional>

#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6_extension.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {
namespace {

using wire::Icmpv6Type;

uint64_t MacOf(const Ipv6Address& group) { return MacAddress::ForGroup(group).ToInteger(); }

bool IsListenerType(Icmpv6Type type) {
  return type == Icmpv6Type::kMulticastListenerQuery ||
         type == Icmpv6Type::kMulticastListenerReportV1 ||
         type == Icmpv6Type::kMulticastListenerDone ||
         type == Icmpv6Type::kMulticastListenerReportV2;
}

bool HasRouterAlert(const wire::ExtensionHeader& header) {
  wire::Ipv6OptionReader reader(header.bytes);
  while (const std::optional<wire::Ipv6Option> option = reader.Next()) {
    if (option->type == wire::kOptionRouterAlert) return true;
  }
  return false;
}

// A message of listener discovery that passes RFC 3810 §5.1.14 and §6.2's checks.
struct ListenerMessage {
  Icmpv6Type type;
  ByteView bytes;
};

std::optional<ListenerMessage> ParseMessage(ByteView frame) {
  const auto ethernet = wire::EthernetHeader::Parse(frame);
  if (!ethernet || ethernet->type != wire::EtherType::kIpv6) return std::nullopt;
  ByteView packet = frame.subspan(wire::EthernetHeader::kSize);
  const auto header = wire::Ipv6Header::Parse(packet);
  if (!header || header->next_header != wire::NextHeader::kHopByHop || header->hop_limit != 1) {
    return std::nullopt;
  }
  packet = packet.subspan(wire::Ipv6Header::kSize, header->payload_length);
  const auto options = wire::ExtensionHeader::Parse(packet);
  if (!options || options->next_header != wire::NextHeader::kIcmpv6 || !HasRouterAlert(*options)) {
    return std::nullopt;
  }
  const ByteView bytes = packet.subspan(options->bytes.size());
  const auto icmp = wire::Icmpv6Header::Parse(bytes, header->source, header->destination);
  if (!icmp || !IsListenerType(icmp->type)) return std::nullopt;
  // RFC 3590 §5: switches believe reports from ::.
  const bool query = icmp->type == Icmpv6Type::kMulticastListenerQuery;
  if (!header->source.is_link_local() && (query || !header->source.is_unspecified())) {
    return std::nullopt;
  }
  return ListenerMessage{icmp->type, bytes};
}

}  // namespace

MldSnooping::Memberships::iterator MldSnooping::Find(Memberships& memberships, Port port) {
  return std::lower_bound(memberships.begin(), memberships.end(), port,
                          [](const Membership& entry, Port p) { return entry.port < p; });
}

bool MldSnooping::Has(const Memberships& memberships, Port port, Time now) {
  const auto at = Find(const_cast<Memberships&>(memberships), port);
  return at != memberships.end() && at->port == port && at->until > now;
}

std::vector<MldSnooping::Group>::iterator MldSnooping::LowerBound(uint64_t address) {
  return std::lower_bound(groups_.begin(), groups_.end(), address,
                          [](const Group& group, uint64_t a) { return group.address < a; });
}

MldSnooping::Group* MldSnooping::Find(uint64_t address) {
  const auto at = LowerBound(address);
  return at != groups_.end() && at->address == address ? &*at : nullptr;
}

// Forwarding, RFC 4541 §2.1.1.1, §2.1.2 and §3.

MldSnooping::Decision MldSnooping::OnFrame(Time now, Port from, uint64_t destination,
                                           ByteView frame) {
  switch (Learn(now, from, frame)) {
    case Message::kQuery:
      return Decision::Everywhere();
    case Message::kReport:
      return Decision::Routers();
    case Message::kNone:
      break;
  }
  static const uint64_t kAllNodes = MacOf(Ipv6Address::AllNodes());
  const Group* group = destination == kAllNodes ? nullptr : Find(destination);
  if (group == nullptr || group->overflow_until > now) return Decision::Everywhere();
  const bool anybody =
      std::any_of(group->listeners.begin(), group->listeners.end(),
                  [&](const Membership& listener) { return listener.until > now; });
  return anybody ? Decision(Decision::Kind::kListeners, group) : Decision::Everywhere();
}

bool MldSnooping::Admits(Time now, const Decision& decision, Port port) const {
  if (decision.kind_ == Decision::Kind::kEverywhere || Has(routers_, port, now)) return true;
  return decision.group_ != nullptr && Has(decision.group_->listeners, port, now);
}

// Learning.

MldSnooping::Message MldSnooping::Learn(Time now, Port from, ByteView frame) {
  const std::optional<ListenerMessage> message = ParseMessage(frame);
  if (!message) return Message::kNone;
  if (message->type == Icmpv6Type::kMulticastListenerQuery) {
    const auto query = wire::ListenerQuery::Parse(message->bytes);
    if (!query) return Message::kNone;
    OnQuery(now, from, *query);
    return Message::kQuery;
  }
  if (message->type == Icmpv6Type::kMulticastListenerReportV2) {
    const auto report = wire::ListenerReport::Parse(message->bytes);
    if (!report) return Message::kNone;
    for (const wire::ListenerRecord& record : report->records) {
      if (record.tells_listener()) AddListener(now, from, record.group);
    }
    return Message::kReport;
  }
  const auto report = wire::ListenerMessageV1::Parse(message->bytes);
  if (!report) return Message::kNone;
  // A Done changes nothing: the querier asks whether others are left.
  if (report->type == Icmpv6Type::kMulticastListenerReportV1) {
    AddListener(now, from, report->group);
  }
  return Message::kReport;
}

void MldSnooping::OnQuery(Time now, Port from, const wire::ListenerQuery& query) {
  constexpr uint8_t kDefaultRobustnessVariable = 2;  // RFC 3810 §9.1, and of version 1.
  const uint8_t robustness =
      query.robustness_variable > 0 ? query.robustness_variable : kDefaultRobustnessVariable;
  if (query.group.is_unspecified()) {
    if (query.query_interval > Duration()) {
      listening_interval_ = query.query_interval * robustness + query.maximum_response_delay;
      querier_interval_ = query.query_interval * robustness + query.maximum_response_delay / 2;
    }
  } else if (Group* group = Find(MacOf(query.group)); group != nullptr && query.sources.empty()) {
    // As a router's Filter Timer, RFC 3810 §7.6.1; its querier asks again within
    // the same time.
    const Time soon = now + query.maximum_response_delay * robustness;
    if (!query.suppress_router_processing) {
      for (Membership& listener : group->listeners) listener.until = std::min(listener.until, soon);
      group->overflow_until = std::min(group->overflow_until, soon);
    }
  }
  const auto at = Find(routers_, from);
  if (at != routers_.end() && at->port == from) {
    at->until = now + querier_interval_;
  } else {
    routers_.insert(at, {from, now + querier_interval_});
  }
}

void MldSnooping::AddListener(Time now, Port port, const Ipv6Address& address) {
  if (!address.is_multicast() || address == Ipv6Address::AllNodes()) return;
  const uint64_t mac = MacOf(address);
  const bool full = groups_.size() >= kMaximumGroups || listener_count_ >= kMaximumListeners;
  if (full) ForgetExpired(now);
  Group* group = Find(mac);
  if (group == nullptr) {
    if (groups_.size() >= kMaximumGroups) return;
    group = &*groups_.insert(LowerBound(mac), Group{.address = mac, .listeners = {}});
  }
  const auto at = Find(group->listeners, port);
  const Time until = now + listening_interval_;
  if (at != group->listeners.end() && at->port == port) {
    at->until = until;
  } else if (listener_count_ < kMaximumListeners) {
    group->listeners.insert(at, {port, until});
    ++listener_count_;
  } else {
    group->overflow_until = until;
  }
}

void MldSnooping::ForgetExpired(Time now) {
  constexpr Duration kBetweenClearings = Seconds(1);
  if (now < next_clearing_) return;
  next_clearing_ = now + kBetweenClearings;
  const auto over = [&](const Membership& membership) { return membership.until <= now; };
  for (Group& group : groups_) listener_count_ -= std::erase_if(group.listeners, over);
  std::erase_if(groups_, [&](const Group& group) {
    return group.listeners.empty() && group.overflow_until <= now;
  });
}

void MldSnooping::ForgetPort(Port port) {
  const auto of_port = [&](const Membership& membership) { return membership.port == port; };
  std::erase_if(routers_, of_port);
  for (Group& group : groups_) listener_count_ -= std::erase_if(group.listeners, of_port);
}

void MldSnooping::Clear() {
  groups_.clear();
  routers_.clear();
  listener_count_ = 0;
}

}  // namespace dualsim::sim
