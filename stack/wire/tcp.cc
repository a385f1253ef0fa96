#include "stack/wire/tcp.h"

#include <algorithm>

#include "stack/wire/transport_checksum.h"

namespace dualsim::wire {
namespace {

enum OptionKind : uint8_t {
  kEnd = 0,
  kNop = 1,
  kMss = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

constexpr size_t kMssSize = 4;
constexpr size_t kWindowScaleSize = 3;
constexpr size_t kSackPermittedSize = 2;
constexpr size_t kSackHeaderSize = 2;
constexpr size_t kSackBlockSize = 8;
constexpr size_t kTimestampsSize = 10;
constexpr size_t kChecksumOffset = 16;

// Every option is led by as many NOPs as bring its end to a multiple of four, so
// that the option's fields are aligned (RFC 7323 appendix A).
constexpr size_t Padded(size_t size) { return (size + 3) / 4 * 4; }

size_t SackBlocksThatFit(const TcpOptions& options, size_t used) {
  const size_t room = TcpOptions::kMaxSize - used;
  if (room < Padded(kSackHeaderSize) + kSackBlockSize) return 0;
  return std::min<size_t>(options.sack_count, (room - Padded(kSackHeaderSize)) / kSackBlockSize);
}

// SACK permitted fills the two NOPs before the timestamps.
size_t SizeWithoutSack(const TcpOptions& options) {
  size_t size = 0;
  if (options.mss) size += kMssSize;
  if (options.window_scale) size += Padded(kWindowScaleSize);
  if (options.timestamps) {
    size += Padded(kTimestampsSize);
  } else if (options.sack_permitted) {
    size += Padded(kSackPermittedSize);
  }
  return size;
}

// Begins an option with its padding; returns where its value goes.
uint8_t* Begin(uint8_t* out, OptionKind kind, size_t size) {
  for (size_t i = size; i < Padded(size); ++i) *out++ = kNop;
  *out++ = kind;
  *out++ = static_cast<uint8_t>(size);
  return out;
}

void TakeSackBlocks(ByteView value, TcpOptions& options) {
  if (value.empty() || value.size() % kSackBlockSize != 0) return;
  options.sack_count = 0;
  for (size_t i = 0; i + kSackBlockSize <= value.size(); i += kSackBlockSize) {
    if (options.sack_count == TcpOptions::kMaxSackBlocks) return;
    options.sack[options.sack_count++] = {SeqNum(LoadBig32(value.data() + i)),
                                          SeqNum(LoadBig32(value.data() + i + 4))};
  }
}

void TakeOption(uint8_t kind, ByteView value, TcpOptions& options) {
  const uint8_t* p = value.data();
  const size_t size = value.size() + 2;
  switch (kind) {
    case kMss:
      if (size == kMssSize) options.mss = LoadBig16(p);
      break;
    case kWindowScale:
      if (size == kWindowScaleSize) options.window_scale = *p;
      break;
    case kSackPermitted:
      if (size == kSackPermittedSize) options.sack_permitted = true;
      break;
    case kSack:
      TakeSackBlocks(value, options);
      break;
    case kTimestamps:
      if (size == kTimestampsSize) {
        options.timestamps = TcpTimestamps{LoadBig32(p), LoadBig32(p + 4)};
      }
      break;
    default:
      break;
  }
}

}  // namespace

TcpFlags TcpFlags::FromByte(uint8_t byte) {
  TcpFlags flags;
  flags.fin = (byte & 0x01) != 0;
  flags.syn = (byte & 0x02) != 0;
  flags.rst = (byte & 0x04) != 0;
  flags.psh = (byte & 0x08) != 0;
  flags.ack = (byte & 0x10) != 0;
  flags.urg = (byte & 0x20) != 0;
  flags.ece = (byte & 0x40) != 0;
  flags.cwr = (byte & 0x80) != 0;
  return flags;
}

uint8_t TcpFlags::ToByte() const {
  return static_cast<uint8_t>(fin | syn << 1 | rst << 2 | psh << 3 | ack << 4 | urg << 5 |
                              ece << 6 | cwr << 7);
}

size_t TcpOptions::size() const {
  const size_t used = SizeWithoutSack(*this);
  const size_t blocks = SackBlocksThatFit(*this, used);
  return blocks == 0 ? used : used + Padded(kSackHeaderSize) + blocks * kSackBlockSize;
}

void TcpOptions::Store(uint8_t* out) const {
  const size_t blocks = SackBlocksThatFit(*this, SizeWithoutSack(*this));
  if (mss) {
    StoreBig16(Begin(out, kMss, kMssSize), *mss);
    out += kMssSize;
  }
  if (timestamps) {
    uint8_t* const value = Begin(out, kTimestamps, kTimestampsSize);
    StoreBig32(value, timestamps->value);
    StoreBig32(value + 4, timestamps->echo);
    if (sack_permitted) {  // In place of the two NOPs.
      out[0] = kSackPermitted;
      out[1] = kSackPermittedSize;
    }
    out += Padded(kTimestampsSize);
  } else if (sack_permitted) {
    Begin(out, kSackPermitted, kSackPermittedSize);
    out += Padded(kSackPermittedSize);
  }
  if (window_scale) {
    *Begin(out, kWindowScale, kWindowScaleSize) = *window_scale;
    out += Padded(kWindowScaleSize);
  }
  if (blocks > 0) {
    // The length of the blocks is a multiple of four: the padding is the header's.
    out = Begin(out, kSack, kSackHeaderSize + blocks * kSackBlockSize);
    for (size_t i = 0; i < blocks; ++i, out += kSackBlockSize) {
      StoreBig32(out, sack[i].begin.value());
      StoreBig32(out + 4, sack[i].end.value());
    }
  }
}

Parsed<TcpOptions> TcpOptions::Parse(ByteView bytes) {
  TcpOptions options;
  while (!bytes.empty() && bytes[0] != kEnd) {
    if (bytes[0] == kNop) {
      bytes = bytes.subspan(1);
      continue;
    }
    if (bytes.size() < 2 || bytes[1] < 2 || bytes[1] > bytes.size()) {
      return DropReason::TCP_OPTION_LENGTH;
    }
    TakeOption(bytes[0], bytes.subspan(2, size_t{bytes[1]} - 2), options);
    bytes = bytes.subspan(bytes[1]);
  }
  return options;
}

void TcpHeader::Store(uint8_t* out) const {
  StoreBig16(out, Number(source));
  StoreBig16(out + 2, Number(destination));
  StoreBig32(out + 4, sequence.value());
  StoreBig32(out + 8, acknowledgment.value());
  out[12] = static_cast<uint8_t>(size() / 4 << 4);
  out[13] = flags.ToByte();
  StoreBig16(out + 14, window);
  StoreBig16(out + kChecksumOffset, 0);
  StoreBig16(out + 18, urgent);
  options.Store(out + kMinSize);
}

Parsed<TcpSegment> TcpSegment::Parse(ByteView bytes, const IpAddress& source,
                                     const IpAddress& destination) {
  if (bytes.size() < TcpHeader::kMinSize) return DropReason::TCP_TRUNCATED;
  const uint8_t* p = bytes.data();
  const size_t header_size = size_t{p[12]} / 16 * 4;
  if (header_size < TcpHeader::kMinSize || header_size > bytes.size()) {
    return DropReason::TCP_HEADER_LENGTH;
  }
  InternetChecksum sum = TransportPseudoHeader(source, destination, NextHeader::kTcp, bytes.size());
  if (sum.Add(bytes).Value() != 0) return DropReason::TCP_BAD_CHECKSUM;
  Parsed<TcpOptions> options =
      TcpOptions::Parse(bytes.subspan(TcpHeader::kMinSize, header_size - TcpHeader::kMinSize));
  if (!options) return options.reason();
  return TcpSegment{{.source = Port{LoadBig16(p)},
                     .destination = Port{LoadBig16(p + 2)},
                     .sequence = SeqNum(LoadBig32(p + 4)),
                     .acknowledgment = SeqNum(LoadBig32(p + 8)),
                     .flags = TcpFlags::FromByte(p[13]),
                     .window = LoadBig16(p + 14),
                     .urgent = LoadBig16(p + 18),
                     .options = *std::move(options)},
                    bytes.subspan(header_size)};
}

void StoreTcpChecksum(MutableByteView segment, const IpAddress& source,
                      const IpAddress& destination) {
  StoreBig16(segment.data() + kChecksumOffset, 0);
  InternetChecksum sum =
      TransportPseudoHeader(source, destination, NextHeader::kTcp, segment.size());
  StoreBig16(segment.data() + kChecksumOffset, sum.Add(segment).Value());
}

}  // namespace dualsim::wire
