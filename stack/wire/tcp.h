#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/parsed.h"
#include "stack/wire/port.h"
#include "stack/wire/seq_num.h"

namespace dualsim::wire {

// RFC 9293 §3.1; ECE and CWR are RFC 3168's.
struct TcpFlags {
  bool fin : 1 = false;
  bool syn : 1 = false;
  bool rst : 1 = false;
  bool psh : 1 = false;
  bool ack : 1 = false;
  bool urg : 1 = false;
  bool ece : 1 = false;
  bool cwr : 1 = false;

  static TcpFlags FromByte(uint8_t byte);
  uint8_t ToByte() const;
  friend bool operator==(const TcpFlags&, const TcpFlags&) = default;
};

// RFC 7323 §3.2.
struct TcpTimestamps {
  uint32_t value = 0;  // TSval
  uint32_t echo = 0;   // TSecr
  friend bool operator==(const TcpTimestamps&, const TcpTimestamps&) = default;
};

// Bytes [begin, end) that the receiver holds, RFC 2018 §3.
struct SackBlock {
  SeqNum begin;
  SeqNum end;
  friend bool operator==(const SackBlock&, const SackBlock&) = default;
};

// The options that this stack knows; others (the user timeout of RFC 5482 too)
// are passed over.
struct TcpOptions {
  static constexpr size_t kMaxSackBlocks = 4;
  static constexpr size_t kMaxSize = 40;

  std::optional<uint16_t> mss;          // RFC 9293 §3.7.1
  std::optional<uint8_t> window_scale;  // RFC 7323 §2.2, as it came: may be over 14.
  bool sack_permitted = false;          // RFC 2018 §2
  std::optional<TcpTimestamps> timestamps;
  uint8_t sack_count = 0;
  std::array<SackBlock, kMaxSackBlocks> sack{};  // The first sack_count of them.

  // The bytes that Store writes: a multiple of 4, at most kMaxSize. Three SACK
  // blocks fit beside timestamps, four otherwise; those beyond are left out.
  size_t size() const;
  void Store(uint8_t* out) const;
  // `options` is what lies between the fixed header and the data. Refused where
  // a length is impossible; an option of a known kind with a length that is not
  // its own is passed over.
  static Parsed<TcpOptions> Parse(ByteView options);
  friend bool operator==(const TcpOptions&, const TcpOptions&) = default;
};

struct TcpHeader {
  static constexpr size_t kMinSize = 20;
  static constexpr size_t kMaxSize = kMinSize + TcpOptions::kMaxSize;

  Port source{};
  Port destination{};
  SeqNum sequence{};
  SeqNum acknowledgment{};
  TcpFlags flags{};
  uint16_t window = 0;
  uint16_t urgent = 0;
  TcpOptions options{};

  size_t size() const { return kMinSize + options.size(); }
  // Writes size() bytes; the checksum field stays 0.
  void Store(uint8_t* out) const;
};

// A segment as it came.
struct TcpSegment {
  TcpHeader header{};
  ByteView payload{};  // Of the bytes that were parsed.

  // `bytes` is the whole IP payload. Checks lengths, options and the checksum.
  static Parsed<TcpSegment> Parse(ByteView bytes, const IpAddress& source,
                                  const IpAddress& destination);
  // SEG.LEN of RFC 9293 §3.4: SYN and FIN count.
  uint32_t sequence_length() const {
    return static_cast<uint32_t>(payload.size()) + (header.flags.syn ? 1 : 0) +
           (header.flags.fin ? 1 : 0);
  }
};

// Computes and stores the checksum of a whole segment.
void StoreTcpChecksum(MutableByteView segment, const IpAddress& source,
                      const IpAddress& destination);

}  // namespace dualsim::wire
