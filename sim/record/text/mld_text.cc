#include "sim/record/text/mld_text.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "sim/record/text/append.h"
#include "stack/wire/mld.h"

namespace dualsim::sim::text {
namespace {

using wire::Icmpv6Type;

int64_t WholeMilliseconds(Duration d) { return d.nanoseconds() / 1'000'000; }
int64_t WholeSeconds(Duration d) { return d.nanoseconds() / 1'000'000'000; }

// "{a, b}", of `count` addresses, as far as they are there; returns whether all are.
bool AppendSources(std::string& out, ByteView bytes, size_t count) {
  const size_t there = std::min(count, bytes.size() / Ipv6Address::kSize);
  Append(out, " {");
  for (size_t i = 0; i < there; ++i) {
    if (i > 0) Append(out, ", ");
    Append(out, Ipv6Address::Load(bytes.data() + i * Ipv6Address::kSize));
  }
  Append(out, "}");
  return there == count;
}

std::string_view RecordName(uint8_t type) {
  constexpr std::string_view kNames[] = {
      "MODE_IS_INCLUDE",        "MODE_IS_EXCLUDE",   "CHANGE_TO_INCLUDE_MODE",
      "CHANGE_TO_EXCLUDE_MODE", "ALLOW_NEW_SOURCES", "BLOCK_OLD_SOURCES",
  };
  return type >= 1 && type <= std::size(kNames) ? kNames[type - 1] : "";
}

// RFC 3810 §5.1.
std::optional<DropReason> AppendQuery(std::string& out, ByteView message) {
  Append(out, "Multicast Listener Query");
  const Parsed<wire::ListenerQuery> query = wire::ListenerQuery::Parse(message);
  if (!query) return query.reason();
  if (query->version1) Append(out, " version 1");
  if (query->group.is_unspecified()) {
    Append(out, " general");
  } else {
    Append(out, " for ", query->group);
  }
  if (!query->sources.empty()) AppendSources(out, message.subspan(28), query->sources.size());
  Append(out, ", maximum response delay ", WholeMilliseconds(query->maximum_response_delay), " ms");
  if (query->version1) return std::nullopt;
  Append(out, ", robustness variable ", query->robustness_variable, ", query interval ",
         WholeSeconds(query->query_interval), " s");
  if (query->suppress_router_processing) Append(out, ", suppress router processing");
  return std::nullopt;
}

// RFC 3810 §5.2. Goes through the records itself: unknown ones are to be seen.
std::optional<DropReason> AppendReport(std::string& out, ByteView message) {
  constexpr size_t kHeader = 8;
  constexpr size_t kRecord = 20;
  Append(out, "Multicast Listener Report version 2");
  if (message.size() < kHeader) return DropReason::MLD_TRUNCATED;
  const size_t count = LoadBig16(message.data() + 6);
  ByteView rest = message.subspan(kHeader);
  if (count == 0) Append(out, " without records");
  for (size_t i = 0; i < count; ++i) {
    if (rest.size() < kRecord) return DropReason::MLD_TRUNCATED;
    const std::string_view name = RecordName(rest[0]);
    Append(out, i == 0 ? " " : ", ");
    if (name.empty()) {
      Append(out, "record type ", rest[0]);
    } else {
      Append(out, name);
    }
    Append(out, " ", Ipv6Address::Load(rest.data() + 4));
    const size_t sources = LoadBig16(rest.data() + 2);
    const size_t auxiliary = size_t{rest[1]} * 4;
    if (!AppendSources(out, rest.subspan(kRecord), sources)) return DropReason::MLD_TRUNCATED;
    rest = rest.subspan(kRecord + sources * Ipv6Address::kSize);
    if (rest.size() < auxiliary) return DropReason::MLD_TRUNCATED;
    if (auxiliary > 0) Append(out, " auxiliary data ", HexBytes{rest.first(auxiliary)});
    rest = rest.subspan(auxiliary);
  }
  return std::nullopt;
}

// RFC 2710 §3.
std::optional<DropReason> AppendVersion1(std::string& out, ByteView message) {
  const auto type = static_cast<Icmpv6Type>(message[0]);
  Append(out, type == Icmpv6Type::kMulticastListenerDone ? "Multicast Listener Done"
                                                         : "Multicast Listener Report version 1");
  const auto parsed = wire::ListenerMessageV1::Parse(message);
  if (!parsed) return parsed.reason();
  Append(out, " ", parsed->group);
  return std::nullopt;
}

std::optional<DropReason> AppendMessage(std::string& out, ByteView message) {
  switch (static_cast<Icmpv6Type>(message[0])) {
    case Icmpv6Type::kMulticastListenerQuery:
      return AppendQuery(out, message);
    case Icmpv6Type::kMulticastListenerReportV2:
      return AppendReport(out, message);
    default:
      return AppendVersion1(out, message);
  }
}

// RFC 3810 §5, §5.1.14 and §6.2.
std::optional<DropReason> ReasonAgainst(const IpPacket& ip, ByteView message) {
  if (ip.hop_limit != 1) return DropReason::MLD_HOP_LIMIT;
  if (!ip.router_alert) return DropReason::MLD_NO_ROUTER_ALERT;
  const bool query = static_cast<Icmpv6Type>(message[0]) == Icmpv6Type::kMulticastListenerQuery;
  if (query && !ip.source.is_link_local()) return DropReason::MLD_SOURCE_NOT_LINK_LOCAL;
  return std::nullopt;
}

}  // namespace

void AppendMld(std::string& out, const IpPacket& ip, ByteView message) {
  std::optional<DropReason> reason = AppendMessage(out, message);
  if (message[1] != 0) Append(out, ", code ", message[1]);
  if (ip.cut()) return;
  if (!reason) reason = ReasonAgainst(ip, message);
  if (reason) Append(out, ", invalid: ", DropReasonText(*reason));
}

}  // namespace dualsim::sim::text
