#include "sim/record/text/tcp_text.h"

#include <string_view>

#include "sim/record/text/append.h"

namespace dualsim::sim::text {
namespace {

constexpr size_t kHeaderSize = 20;
constexpr std::string_view kFlags[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
constexpr uint8_t kAck = 0x10;
constexpr uint8_t kUrgent = 0x20;

enum class Option : uint8_t {
  kEnd = 0,
  kNoOperation = 1,
  kMaximumSegmentSize = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

void AppendFlags(std::string& out, uint8_t flags) {
  Append(out, "[");
  bool first = true;
  for (int bit = 0; bit < 8; ++bit) {
    if ((flags >> bit & 1) == 0) continue;
    if (!first) Append(out, ",");
    first = false;
    Append(out, kFlags[bit]);
  }
  Append(out, "]");
}

void AppendSack(std::string& out, ByteView data) {
  Append(out, "sack");
  for (; data.size() >= 8; data = data.subspan(8)) {
    Append(out, " ", LoadBig32(data.data()), "-", LoadBig32(data.data() + 4));
  }
}

void AppendOption(std::string& out, uint8_t kind, ByteView data) {
  const uint8_t* p = data.data();
  const auto option = static_cast<Option>(kind);
  if (option == Option::kMaximumSegmentSize && data.size() == 2) {
    Append(out, "mss ", LoadBig16(p));
  } else if (option == Option::kWindowScale && data.size() == 1) {
    Append(out, "wscale ", p[0]);
  } else if (option == Option::kSackPermitted && data.empty()) {
    Append(out, "sack permitted");
  } else if (option == Option::kSack && data.size() % 8 == 0) {
    AppendSack(out, data);
  } else if (option == Option::kTimestamps && data.size() == 8) {
    Append(out, "timestamp ", LoadBig32(p), " echo ", LoadBig32(p + 4));
  } else {
    Append(out, "option ", kind, " ", HexBytes{data});
  }
}

void AppendOptions(std::string& out, ByteView options) {
  bool first = true;
  while (!options.empty()) {
    const uint8_t kind = options[0];
    if (static_cast<Option>(kind) == Option::kEnd) break;
    if (static_cast<Option>(kind) == Option::kNoOperation) {
      options = options.subspan(1);
      continue;
    }
    Append(out, first ? " <" : ", ");
    first = false;
    if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) {
      Append(out, "malformed option ", kind);
      break;
    }
    AppendOption(out, kind, options.subspan(2, options[1] - 2u));
    options = options.subspan(options[1]);
  }
  if (!first) Append(out, ">");
}

}  // namespace

void AppendTcp(std::string& out, const IpPacket& ip, ByteView message) {
  const uint8_t* p = message.data();
  const std::string_view fault = ip.cut() ? ", cut off" : ", malformed";
  if (message.size() < 4) return Append(out, "TCP, ", message.size(), " bytes", fault);
  Append(out, "TCP ", LoadBig16(p), " > ", LoadBig16(p + 2));
  if (message.size() >= 8) Append(out, " seq ", LoadBig32(p + 4));
  if (message.size() < kHeaderSize) {
    // An error may quote 8 bytes alone, which is enough.
    if (!ip.quoted) Append(out, ", ", message.size(), " bytes", fault);
    return;
  }
  const size_t header = size_t{4} * (p[12] >> 4);
  const uint8_t flags = p[13];
  Append(out, " ");
  AppendFlags(out, flags);
  if ((flags & kAck) != 0) Append(out, " ack ", LoadBig32(p + 8));
  Append(out, " win ", LoadBig16(p + 14));
  if ((flags & kUrgent) != 0) Append(out, " urgent ", LoadBig16(p + 18));
  if (header < kHeaderSize || header > message.size()) {
    Append(out, fault, ": data offset ", header);
  } else {
    if (!ip.cut()) Append(out, " len ", message.size() - header);
    AppendOptions(out, message.first(header).subspan(kHeaderSize));
  }
  AppendChecksum(out, ip, ip.PseudoHeader(message.size()), message, 16);
}

}  // namespace dualsim::sim::text
