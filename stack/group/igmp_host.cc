#include "stack/group/igmp_host.h"

#include <algorithm>
#include <utility>

namespace dualsim::group {
namespace {

// A group as the machine knows it: of a scope that is reported.
Ipv6Address GroupKey(const Ipv4Address& group) {
  return Ipv6Address::FromIntegers(0xff0eull << 48, group.ToInteger());
}
Ipv6Address SourceKey(const Ipv4Address& source) {
  return Ipv6Address::FromIntegers(0, 0xffffull << 32 | source.ToInteger());
}
Ipv4Address FromKey(const Ipv6Address& key) {
  return Ipv4Address::FromInteger(static_cast<uint32_t>(key.low()));
}

// Reports fit 576 bytes, which every host takes: 61 records of 8 bytes, as the
// machine counts them 20 each.
constexpr MulticastListenerConfig kConfig{.maximum_message_size = 1232};

// RFC 3376 §8.12's Older Version Querier Present Timeout, with its defaults.
constexpr Duration kOlderQuerierPresent = Seconds(2 * 125 + 10);

}  // namespace

IgmpHost::IgmpHost(RandomStream random, IgmpHostOutput& output)
    : output_(output), listener_(random, kConfig) {}

void IgmpHost::Join(Time now, const Ipv4Address& group) {
  now_ = now;
  listener_.Join(now, GroupKey(group), *this);
}

void IgmpHost::Leave(Time now, const Ipv4Address& group) {
  now_ = now;
  listener_.Leave(now, GroupKey(group), *this);
}

void IgmpHost::Listen(Time now, ListenerId listener, const Ipv4Address& group, FilterMode mode,
                      const std::vector<Ipv4Address>& sources) {
  now_ = now;
  SourceFilter filter{.mode = mode, .sources = {}};
  for (const Ipv4Address& source : sources) filter.sources.push_back(SourceKey(source));
  listener_.Listen(now, listener, GroupKey(group), std::move(filter), *this);
}

bool IgmpHost::Accepts(const Ipv4Address& group, const Ipv4Address& source) const {
  return group == kAllHosts || listener_.Accepts(GroupKey(group), SourceKey(source));
}

void IgmpHost::ShutDown(Time now) {
  now_ = now;
  listener_.ShutDown(*this);
}

void IgmpHost::Advance(Time now) {
  now_ = now;
  listener_.Advance(now, *this);
}

std::optional<DropReason> IgmpHost::OnMessage(Time now, const IgmpContext& context,
                                              wire::IgmpType type, ByteView message) {
  now_ = now;
  // RFC 2236 §2 and RFC 3376 §4: all messages have a TTL of 1.
  if (context.ttl != 1) return DropReason::IGMP_TTL;
  switch (type) {
    case wire::IgmpType::kMembershipQuery:
      return OnQuery(now, context, message);
    case wire::IgmpType::kReportV1:
    case wire::IgmpType::kReportV2: {
      const auto report = wire::IgmpGroupMessage::Parse(message);
      if (!report) return report.reason();
      listener_.OnReportV1(GroupKey(report->group));
      return std::nullopt;
    }
    case wire::IgmpType::kLeaveGroup:
    case wire::IgmpType::kReportV3:
      return std::nullopt;  // Of concern to routers and snooping switches alone.
  }
  return DropReason::IGMP_UNKNOWN_TYPE;
}

std::optional<DropReason> IgmpHost::OnQuery(Time now, const IgmpContext& context,
                                            ByteView message) {
  const auto query = wire::IgmpQuery::Parse(message);
  if (!query) return query.reason();
  // RFC 3376 §9.1: without the option a query of version 3 is a forgery from afar.
  if (query->version == 3 && !context.router_alert) return DropReason::IGMP_NO_ROUTER_ALERT;
  const bool general = query->group.is_unspecified();
  if (context.destination != (general ? kAllHosts : query->group)) {
    return DropReason::IGMP_BAD_DESTINATION;
  }
  if (query->version == 1) version1_until_ = now + kOlderQuerierPresent;
  wire::ListenerQuery translated{.version1 = query->version < 3,
                                 .maximum_response_delay = query->maximum_response_time,
                                 .group = general ? Ipv6Address() : GroupKey(query->group),
                                 .suppress_router_processing = query->suppress_router_processing,
                                 .robustness_variable = query->robustness_variable,
                                 .query_interval = query->query_interval};
  for (const Ipv4Address& source : query->sources) {
    translated.sources.push_back(SourceKey(source));
  }
  listener_.OnQuery(now, translated);
  return std::nullopt;
}

void IgmpHost::SendReport(const wire::ListenerReport& report) {
  wire::IgmpReport translated;
  for (const wire::ListenerRecord& record : report.records) {
    wire::IgmpRecord& added = translated.records.emplace_back();
    added.type = record.type;
    added.group = FromKey(record.group);
    for (const Ipv6Address& source : record.sources) added.sources.push_back(FromKey(source));
  }
  output_.SendIgmpReport(translated);
}

void IgmpHost::SendMessageV1(const wire::ListenerMessageV1& message) {
  const bool version1 = now_ < version1_until_;
  const bool leave = message.type == wire::Icmpv6Type::kMulticastListenerDone;
  // Version 1 has no such message.
  if (leave && version1) return;
  const wire::IgmpType report = version1 ? wire::IgmpType::kReportV1 : wire::IgmpType::kReportV2;
  output_.SendIgmpMessage(
      {.type = leave ? wire::IgmpType::kLeaveGroup : report, .group = FromKey(message.group)});
}

}  // namespace dualsim::group
