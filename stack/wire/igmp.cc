#include "stack/wire/igmp.h"

#include <algorithm>
#include <cstring>

#include "stack/base/checksum.h"
#include "stack/wire/floating_code.h"

namespace dualsim::wire {
namespace {

constexpr size_t kShortSize = 8;
constexpr size_t kQuerySize = 12;
constexpr size_t kRecordSize = 8;
constexpr size_t kChecksumField = 2;
constexpr int kMantissaBits = 4;
constexpr Duration kTenth = Milliseconds(100);

std::vector<Ipv4Address> LoadAddresses(const uint8_t* p, size_t count) {
  std::vector<Ipv4Address> addresses(count);
  for (Ipv4Address& address : addresses) {
    address = Ipv4Address::Load(p);
    p += Ipv4Address::kSize;
  }
  return addresses;
}

uint8_t* StoreAddresses(const std::vector<Ipv4Address>& addresses, uint8_t* out) {
  for (const Ipv4Address& address : addresses) {
    address.Store(out);
    out += Ipv4Address::kSize;
  }
  return out;
}

void StoreChecksum(uint8_t* message, size_t size) {
  StoreBig16(message + kChecksumField, InternetChecksum().Add({message, size}).Value());
}

uint64_t Whole(Duration duration, Duration unit) {
  return static_cast<uint64_t>(std::max<int64_t>(0, duration.nanoseconds()) / unit.nanoseconds());
}

}  // namespace

Parsed<IgmpType> ParseIgmpType(ByteView message) {
  if (message.size() < kShortSize) return DropReason::IGMP_TRUNCATED;
  if (InternetChecksum().Add(message).Value() != 0) return DropReason::IGMP_BAD_CHECKSUM;
  return static_cast<IgmpType>(message[0]);
}

Parsed<IgmpQuery> IgmpQuery::Parse(ByteView message) {
  if (message.size() < kShortSize) return DropReason::IGMP_TRUNCATED;
  const uint8_t* p = message.data();
  const uint8_t code = p[1];
  IgmpQuery query;
  query.group = Ipv4Address::Load(p + 4);
  if (message.size() == kShortSize) {
    // RFC 3376 §7.1; RFC 2236 §4: version 1 leaves the byte 0 and means 10 s.
    query.version = code == 0 ? 1 : 2;
    query.maximum_response_time = code == 0 ? Seconds(10) : kTenth * code;
    return query;
  }
  // Between the two lengths it is of no version.
  if (message.size() < kQuerySize) return DropReason::IGMP_TRUNCATED;
  const size_t sources = LoadBig16(p + 10);
  if ((message.size() - kQuerySize) / Ipv4Address::kSize < sources) {
    return DropReason::IGMP_TRUNCATED;
  }
  query.maximum_response_time =
      kTenth * static_cast<int64_t>(DecodeFloatingCode(code, kMantissaBits));
  query.suppress_router_processing = (p[8] & 0x08) != 0;
  query.robustness_variable = p[8] & 0x07;
  query.query_interval = Seconds(static_cast<int64_t>(DecodeFloatingCode(p[9], kMantissaBits)));
  query.sources = LoadAddresses(p + kQuerySize, sources);
  return query;
}

void IgmpQuery::Store(uint8_t* out) const {
  std::memset(out, 0, size());
  out[0] = static_cast<uint8_t>(IgmpType::kMembershipQuery);
  const uint64_t tenths = Whole(maximum_response_time, kTenth);
  group.Store(out + 4);
  if (version == 2) out[1] = static_cast<uint8_t>(std::min<uint64_t>(tenths, 0xff));
  if (version >= 3) {
    out[1] = static_cast<uint8_t>(EncodeFloatingCode(tenths, kMantissaBits));
    const uint8_t robustness = robustness_variable > 7 ? 0 : robustness_variable;
    out[8] = static_cast<uint8_t>((suppress_router_processing ? 0x08 : 0) | robustness);
    out[9] =
        static_cast<uint8_t>(EncodeFloatingCode(Whole(query_interval, Seconds(1)), kMantissaBits));
    StoreBig16(out + 10, static_cast<uint16_t>(sources.size()));
    StoreAddresses(sources, out + kQuerySize);
  }
  StoreChecksum(out, size());
}

Parsed<IgmpReport> IgmpReport::Parse(ByteView message) {
  if (message.size() < kShortSize) return DropReason::IGMP_TRUNCATED;
  const size_t count = LoadBig16(message.data() + 6);
  ByteView rest = message.subspan(kShortSize);
  if (rest.size() / kRecordSize < count) return DropReason::IGMP_TRUNCATED;
  IgmpReport report;
  report.records.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (rest.size() < kRecordSize) return DropReason::IGMP_TRUNCATED;
    const size_t sources = LoadBig16(rest.data() + 2);
    const size_t size = kRecordSize + sources * Ipv4Address::kSize + size_t{rest[1]} * 4;
    if (rest.size() < size) return DropReason::IGMP_TRUNCATED;
    const auto type = static_cast<ListenerRecordType>(rest[0]);
    // RFC 3376 §4.2.12: records of unknown types are passed over.
    if (type >= ListenerRecordType::kModeIsInclude &&
        type <= ListenerRecordType::kBlockOldSources) {
      report.records.push_back({type, Ipv4Address::Load(rest.data() + 4),
                                LoadAddresses(rest.data() + kRecordSize, sources)});
    }
    rest = rest.subspan(size);
  }
  return report;
}

size_t IgmpReport::size() const {
  size_t size = kShortSize;
  for (const IgmpRecord& record : records) {
    size += kRecordSize + record.sources.size() * Ipv4Address::kSize;
  }
  return size;
}

void IgmpReport::Store(uint8_t* out) const {
  std::memset(out, 0, kShortSize);
  out[0] = static_cast<uint8_t>(IgmpType::kReportV3);
  StoreBig16(out + 6, static_cast<uint16_t>(records.size()));
  uint8_t* at = out + kShortSize;
  for (const IgmpRecord& record : records) {
    at[0] = static_cast<uint8_t>(record.type);
    at[1] = 0;
    StoreBig16(at + 2, static_cast<uint16_t>(record.sources.size()));
    record.group.Store(at + 4);
    at = StoreAddresses(record.sources, at + kRecordSize);
  }
  StoreChecksum(out, size());
}

Parsed<IgmpGroupMessage> IgmpGroupMessage::Parse(ByteView message) {
  if (message.size() < kShortSize) return DropReason::IGMP_TRUNCATED;
  const auto type = static_cast<IgmpType>(message[0]);
  if (type != IgmpType::kReportV1 && type != IgmpType::kReportV2 && type != IgmpType::kLeaveGroup) {
    return DropReason::IGMP_UNKNOWN_TYPE;
  }
  return IgmpGroupMessage{type, Ipv4Address::Load(message.data() + 4)};
}

void IgmpGroupMessage::Store(uint8_t* out) const {
  std::memset(out, 0, kShortSize);
  out[0] = static_cast<uint8_t>(type);
  group.Store(out + 4);
  StoreChecksum(out, kShortSize);
}

}  // namespace dualsim::wire
