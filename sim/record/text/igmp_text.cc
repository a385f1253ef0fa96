#include "sim/record/text/igmp_text.h"

#include <algorithm>
#include <string_view>

#include "sim/record/text/append.h"

namespace dualsim::sim::text {
namespace {

enum class Type : uint8_t {
  kQuery = 0x11,
  kReportV1 = 0x12,
  kReportV2 = 0x16,
  kLeave = 0x17,
  kReportV3 = 0x22,
};
constexpr size_t kHeaderSize = 8;

void AppendSources(std::string& out, ByteView bytes, size_t count) {
  const size_t there = std::min(count, bytes.size() / 4);
  Append(out, " {");
  for (size_t i = 0; i < there; ++i) {
    if (i > 0) Append(out, ", ");
    Append(out, Ipv4{LoadBig32(bytes.data() + 4 * i)});
  }
  Append(out, there < count ? "} malformed" : "}");
}

void AppendQuery(std::string& out, ByteView message) {
  constexpr size_t kVersion3Size = 12;
  const uint32_t group = LoadBig32(message.data() + 4);
  Append(out, "IGMP Membership Query ");
  if (group == 0) {
    Append(out, "general");
  } else {
    Append(out, "for ", Ipv4{group});
  }
  if (message.size() >= kVersion3Size) {
    AppendSources(out, message.subspan(kVersion3Size), LoadBig16(message.data() + 10));
  }
  Append(out, ", max response code ", message[1]);
  if (message.size() < kVersion3Size) return;
  Append(out, ", QRV ", message[8] & 7, ", QQIC ", message[9]);
  if ((message[8] & 8) != 0) Append(out, ", suppress router processing");
}

void AppendReportV3(std::string& out, ByteView message) {
  constexpr std::string_view kNames[] = {
      "MODE_IS_INCLUDE",        "MODE_IS_EXCLUDE",   "CHANGE_TO_INCLUDE_MODE",
      "CHANGE_TO_EXCLUDE_MODE", "ALLOW_NEW_SOURCES", "BLOCK_OLD_SOURCES",
  };
  constexpr size_t kRecord = 8;
  Append(out, "IGMP Membership Report version 3");
  const size_t count = LoadBig16(message.data() + 6);
  ByteView rest = message.subspan(kHeaderSize);
  for (size_t i = 0; i < count; ++i) {
    if (rest.size() < kRecord) return Append(out, ", malformed");
    const uint8_t type = rest[0];
    Append(out, i == 0 ? " " : ", ");
    if (type >= 1 && type <= std::size(kNames)) {
      Append(out, kNames[type - 1]);
    } else {
      Append(out, "record type ", type);
    }
    Append(out, " ", Ipv4{LoadBig32(rest.data() + 4)});
    const size_t sources = LoadBig16(rest.data() + 2);
    AppendSources(out, rest.subspan(kRecord), sources);
    const size_t size = kRecord + 4 * sources + size_t{4} * rest[1];
    rest = rest.subspan(std::min(size, rest.size()));
  }
}

void AppendMessage(std::string& out, ByteView message) {
  const Ipv4 group{LoadBig32(message.data() + 4)};
  switch (static_cast<Type>(message[0])) {
    case Type::kQuery:
      return AppendQuery(out, message);
    case Type::kReportV1:
      return Append(out, "IGMP Membership Report version 1 ", group);
    case Type::kReportV2:
      return Append(out, "IGMP Membership Report version 2 ", group);
    case Type::kLeave:
      return Append(out, "IGMP Leave Group ", group);
    case Type::kReportV3:
      return AppendReportV3(out, message);
  }
  Append(out, "IGMP type ", Hex{message[0], 2}, ", ", message.size(), " bytes");
}

}  // namespace

void AppendIgmp(std::string& out, const IpPacket& ip, ByteView message) {
  if (message.size() < kHeaderSize) {
    return Append(out, "IGMP, ", message.size(), ip.cut() ? " bytes" : " bytes, malformed");
  }
  AppendMessage(out, message);
  AppendChecksum(out, ip, InternetChecksum(), message, 2);
}

}  // namespace dualsim::sim::text
