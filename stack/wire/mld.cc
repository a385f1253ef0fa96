#include "stack/wire/mld.h"

#include <algorithm>
#include <cstring>

#include "stack/wire/floating_code.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::wire {
namespace {

constexpr size_t kVersion1Size = 24;
constexpr size_t kQuerySize = 28;
constexpr size_t kReportSize = 8;
constexpr size_t kRecordSize = 20;

uint64_t Whole(Duration duration, Duration unit) {
  return static_cast<uint64_t>(std::max<int64_t>(0, duration.nanoseconds()) / unit.nanoseconds());
}

std::vector<Ipv6Address> LoadAddresses(const uint8_t* p, size_t count) {
  std::vector<Ipv6Address> addresses(count);
  for (Ipv6Address& address : addresses) {
    address = Ipv6Address::Load(p);
    p += Ipv6Address::kSize;
  }
  return addresses;
}

uint8_t* StoreAddresses(const std::vector<Ipv6Address>& addresses, uint8_t* out) {
  for (const Ipv6Address& address : addresses) {
    address.Store(out);
    out += Ipv6Address::kSize;
  }
  return out;
}

bool IsKnown(ListenerRecordType type) {
  return type >= ListenerRecordType::kModeIsInclude && type <= ListenerRecordType::kBlockOldSources;
}

}  // namespace

Parsed<ListenerQuery> ListenerQuery::Parse(ByteView message) {
  if (message.size() < kVersion1Size) return DropReason::MLD_TRUNCATED;
  const uint8_t* p = message.data();
  ListenerQuery query;
  query.version1 = message.size() == kVersion1Size;
  query.group = Ipv6Address::Load(p + 8);
  const uint16_t maximum_response_code = LoadBig16(p + 4);
  if (query.version1) {
    query.maximum_response_delay = Milliseconds(maximum_response_code);
    return query;
  }
  // Between the two lengths it is of no version, RFC 3810 §8.1.
  if (message.size() < kQuerySize) return DropReason::MLD_TRUNCATED;
  const size_t sources = LoadBig16(p + 26);
  if (message.size() - kQuerySize < sources * Ipv6Address::kSize) return DropReason::MLD_TRUNCATED;
  query.maximum_response_delay =
      Milliseconds(static_cast<int64_t>(DecodeFloatingCode(maximum_response_code, 12)));
  query.suppress_router_processing = (p[24] & 0x08) != 0;
  query.robustness_variable = p[24] & 0x07;
  query.query_interval = Seconds(static_cast<int64_t>(DecodeFloatingCode(p[25], 4)));
  query.sources = LoadAddresses(p + kQuerySize, sources);
  return query;
}

void ListenerQuery::Store(uint8_t* out) const {
  std::memset(out, 0, kVersion1Size);
  out[0] = static_cast<uint8_t>(Icmpv6Type::kMulticastListenerQuery);
  const uint64_t delay = Whole(maximum_response_delay, Milliseconds(1));
  group.Store(out + 8);
  if (version1) {
    StoreBig16(out + 4, static_cast<uint16_t>(std::min<uint64_t>(delay, 0xffff)));
    return;
  }
  StoreBig16(out + 4, static_cast<uint16_t>(EncodeFloatingCode(delay, 12)));
  // A robustness variable that does not fit is sent as 0, RFC 3810 §5.1.8.
  const uint8_t robustness = robustness_variable > 7 ? 0 : robustness_variable;
  out[24] = static_cast<uint8_t>((suppress_router_processing ? 0x08 : 0) | robustness);
  out[25] = static_cast<uint8_t>(EncodeFloatingCode(Whole(query_interval, Seconds(1)), 4));
  StoreBig16(out + 26, static_cast<uint16_t>(sources.size()));
  StoreAddresses(sources, out + kQuerySize);
}

bool ListenerRecord::tells_listener() const {
  switch (type) {
    case ListenerRecordType::kModeIsExclude:
    case ListenerRecordType::kChangeToExclude:
      return true;
    case ListenerRecordType::kModeIsInclude:
    case ListenerRecordType::kChangeToInclude:
    case ListenerRecordType::kAllowNewSources:
      return !sources.empty();
    case ListenerRecordType::kBlockOldSources:
      return false;
  }
  return false;
}

Parsed<ListenerReport> ListenerReport::Parse(ByteView message) {
  if (message.size() < kReportSize) return DropReason::MLD_TRUNCATED;
  const size_t count = LoadBig16(message.data() + 6);
  ByteView rest = message.subspan(kReportSize);
  if (rest.size() / kRecordSize < count) return DropReason::MLD_TRUNCATED;
  ListenerReport report;
  report.records.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (rest.size() < kRecordSize) return DropReason::MLD_TRUNCATED;
    const size_t sources = LoadBig16(rest.data() + 2);
    const size_t auxiliary = size_t{rest[1]} * 4;
    const size_t size = kRecordSize + sources * Ipv6Address::kSize + auxiliary;
    if (rest.size() < size) return DropReason::MLD_TRUNCATED;
    const auto type = static_cast<ListenerRecordType>(rest[0]);
    if (IsKnown(type)) {
      report.records.push_back({type, Ipv6Address::Load(rest.data() + 4),
                                LoadAddresses(rest.data() + kRecordSize, sources)});
    }
    rest = rest.subspan(size);
  }
  return report;
}

size_t ListenerReport::size() const {
  size_t size = kReportSize;
  for (const ListenerRecord& record : records) {
    size += kRecordSize + record.sources.size() * Ipv6Address::kSize;
  }
  return size;
}

void ListenerReport::Store(uint8_t* out) const {
  std::memset(out, 0, kReportSize);
  out[0] = static_cast<uint8_t>(Icmpv6Type::kMulticastListenerReportV2);
  StoreBig16(out + 6, static_cast<uint16_t>(records.size()));
  out += kReportSize;
  for (const ListenerRecord& record : records) {
    out[0] = static_cast<uint8_t>(record.type);
    out[1] = 0;
    StoreBig16(out + 2, static_cast<uint16_t>(record.sources.size()));
    record.group.Store(out + 4);
    out = StoreAddresses(record.sources, out + kRecordSize);
  }
}

Parsed<ListenerMessageV1> ListenerMessageV1::Parse(ByteView message) {
  if (message.size() < kVersion1Size) return DropReason::MLD_TRUNCATED;
  const auto type = static_cast<Icmpv6Type>(message[0]);
  if (type != Icmpv6Type::kMulticastListenerReportV1 &&
      type != Icmpv6Type::kMulticastListenerDone) {
    return DropReason::ICMPV6_UNKNOWN_TYPE;
  }
  return ListenerMessageV1{type, Ipv6Address::Load(message.data() + 8)};
}

void ListenerMessageV1::Store(uint8_t* out) const {
  std::memset(out, 0, kVersion1Size);
  out[0] = static_cast<uint8_t>(type);
  group.Store(out + 8);
}

void StoreRouterAlertHeader(uint8_t* out) {
  out[0] = static_cast<uint8_t>(NextHeader::kIcmpv6);
  out[1] = 0;  // 8 bytes in all.
  out[2] = kOptionRouterAlert;
  out[3] = 2;
  StoreBig16(out + 4, 0);  // Multicast listener discovery, RFC 2711 §2.1.
  out[6] = kOptionPadN;
  out[7] = 0;
}

}  // namespace dualsim::wire
