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
using wire::ListenerRecordType;

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
struct Message {
  wire::Ipv6Header header;
  Icmpv6Type type;
  ByteView bytes;
};

std::optional<Message> ParseMessage(ByteView frame) {
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
  return Message{*header, icmp->type, bytes};
}

// Whether who sends the record listens afterwards, to whatever source.
bool Listens(const wire::ListenerRecord& record) {
  switch (record.type) {
    case ListenerRecordType::kModeIsExclude:
    case ListenerRecordType::kChangeToExclude:
      return true;
    case ListenerRecordType::kModeIsInclude:
    case ListenerRecordType::kChangeToInclude:
    case ListenerRecordType::kAllowNewSources:
      return !record.sources.empty();
    case ListenerRecordType::kBlockOldSources:
      return false;
  }
  return false;
}

}  // namespace

std::vector<MldSnooping::Listener>::iterator MldSnooping::Find(std::vector<Listener>& listeners,
                                                               Port port) {
  return std::lower_bound(listeners.begin(), listeners.end(), port,
                          [](const Listener& entry, Port p) { return entry.port < p; });
}

MldSnooping::Group* MldSnooping::FindGroup(uint64_t address) {
  const auto at =
      std::lower_bound(groups_.begin(), groups_.end(), address,
                       [](const Group& group, uint64_t a) { return group.address < a; });
  return at != groups_.end() && at->address == address ? &*at : nullptr;
}

MldSnooping::Decision MldSnooping::OnFrame(Time now, Port from, uint64_t destination,
                                           ByteView frame) {
  bool query = false;
  if (Learn(now, from, frame, &query)) {
    // RFC 4541 §2.1.1.1 and §2.1.1.2.
    return {.kind = query ? Decision::Kind::kEverywhere : Decision::Kind::kRouters};
  }
  static const uint64_t kAllNodes = MacOf(Ipv6Address::AllNodes());
  const Group* group = destination == kAllNodes ? nullptr : FindGroup(destination);
  if (group == nullptr || group->overflow) return {};
  const bool anybody = std::any_of(group->listeners.begin(), group->listeners.end(),
                                   [&](const Listener& entry) { return entry.until > now; });
  if (!anybody) return {};
  return {.kind = Decision::Kind::kListeners, .group = group};
}

bool MldSnooping::Admits(Time now, const Decision& decision, Port port) const {
  if (decision.kind == Decision::Kind::kEverywhere) return true;
  const auto has = [&](const std::vector<Listener>& listeners) {
    const auto at = std::lower_bound(listeners.begin(), listeners.end(), port,
                                     [](const Listener& entry, Port p) { return entry.port < p; });
    return at != listeners.end() && at->port == port && at->until > now;
  };
  if (has(routers_)) return true;
  return decision.kind == Decision::Kind::kListeners &&
         has(static_cast<const Group*>(decision.group)->listeners);
}

bool MldSnooping::Learn(Time now, Port from, ByteView frame, bool* is_query) {
  const std::optional<Message> message = ParseMessage(frame);
  if (!message) return false;
  if (message->type == Icmpv6Type::kMulticastListenerQuery) {
    const auto query = wire::ListenerQuery::Parse(message->bytes);
    if (!query) return false;
    *is_query = true;
    OnQuery(now, from, *query);
  } else if (message->type == Icmpv6Type::kMulticastListenerReportV2) {
    const auto report = wire::ListenerReport::Parse(message->bytes);
    if (!report) return false;
    for (const wire::ListenerRecord& record : report->records) {
      if (Listens(record)) AddListener(now, from, record.group);
    }
  } else if (message->type == Icmpv6Type::kMulticastListenerReportV1) {
    const auto report = wire::ListenerMessageV1::Parse(message->bytes);
    if (!report) return false;
    AddListener(now, from, report->group);
  }
  return true;  // A Done changes nothing: the querier asks whether others are left.
}

void MldSnooping::OnQuery(Time now, Port from, const wire::ListenerQuery& query) {
  const int robustness = std::max<int>(query.robustness_variable, 1);
  if (query.group.is_unspecified()) {
    if (!query.version1 && query.query_interval > Duration()) {
      listening_interval_ = query.query_interval * robustness + query.maximum_response_delay;
      querier_interval_ = query.query_interval * robustness + query.maximum_response_delay / 2;
    }
  } else if (Group* group = FindGroup(MacOf(query.group)); group != nullptr) {
    // §2.1.1: as routers do, but for who asks about some sources alone.
    const Time soon = now + query.maximum_response_delay * (query.version1 ? 2 : robustness);
    for (Listener& listener : group->listeners) {
      if (query.sources.empty()) listener.until = std::min(listener.until, soon);
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
  Group* group = FindGroup(mac);
  if (group == nullptr) {
    if (groups_.size() >= kMaximumGroups) ForgetExpired(now);
    if (groups_.size() >= kMaximumGroups) return;
    const auto at = std::lower_bound(groups_.begin(), groups_.end(), mac,
                                     [](const Group& g, uint64_t a) { return g.address < a; });
    group = &*groups_.insert(at, Group{.address = mac, .listeners = {}});
  }
  auto at = Find(group->listeners, port);
  const Time until = now + listening_interval_;
  if (at != group->listeners.end() && at->port == port) {
    at->until = until;
  } else if (listeners_ < kMaximumListeners) {
    group->listeners.insert(at, {port, until});
    ++listeners_;
  } else {
    group->overflow = true;
  }
}

void MldSnooping::ForgetExpired(Time now) {
  for (Group& group : groups_) {
    listeners_ -=
        std::erase_if(group.listeners, [&](const Listener& entry) { return entry.until <= now; });
  }
  std::erase_if(groups_, [](const Group& group) { return group.listeners.empty(); });
}

void MldSnooping::ForgetPort(Port port) {
  const auto of_port = [&](const Listener& entry) { return entry.port == port; };
  std::erase_if(routers_, of_port);
  for (Group& group : groups_) listeners_ -= std::erase_if(group.listeners, of_port);
}

void MldSnooping::Clear() {
  groups_.clear();
  routers_.clear();
  listeners_ = 0;
}

}  // namespace dualsim::sim
