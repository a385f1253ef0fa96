#include "sim/record/capture_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace dualsim::sim {
namespace {

using Kind = CaptureError::Kind;

// https://www.tcpdump.org/manpages/pcap-savefile.5.html
constexpr uint32_t kPcapMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kPcapNanoseconds = 0xa1b23c4d;
constexpr size_t kPcapHeader = 24;
constexpr size_t kPcapRecordHeader = 16;

// draft-ietf-opsawg-pcapng.
constexpr uint32_t kSectionHeaderBlock = 0x0a0d0d0a;
constexpr uint32_t kInterfaceBlock = 1;
constexpr uint32_t kObsoletePacketBlock = 2;
constexpr uint32_t kSimplePacketBlock = 3;
constexpr uint32_t kEnhancedPacketBlock = 6;
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr size_t kBlockOverhead = 12;  // The type, and the length at both ends.
constexpr size_t kBody = 8;            // Where a block's body begins.

constexpr uint16_t kOptionEnd = 0;
constexpr uint16_t kOptionComment = 1;
constexpr uint16_t kInterfaceName = 2;
constexpr uint16_t kInterfaceResolution = 9;
constexpr uint16_t kInterfaceOffset = 14;

constexpr size_t PadTo4(size_t size) { return (size + 3) / 4 * 4; }

__extension__ using Wide = __int128;

Time SaturatedTime(Wide nanoseconds) {
  constexpr Wide kMost = std::numeric_limits<int64_t>::max();
  return Time::FromNanoseconds(static_cast<int64_t>(std::clamp(nanoseconds, -kMost, kMost)));
}

// A count of units of `resolution` (if_tsresol) as nanoseconds.
Wide ToNanoseconds(uint64_t count, uint8_t resolution) {
  constexpr Wide kPerSecond = 1'000'000'000;
  const int exponent = resolution & 0x7f;
  if ((resolution & 0x80) != 0) return exponent > 94 ? 0 : (count * kPerSecond) >> exponent;
  Wide nanoseconds = count;
  for (int i = exponent; i < 9; ++i) nanoseconds *= 10;
  for (int i = 9; i < exponent && nanoseconds != 0; ++i) nanoseconds /= 10;
  return nanoseconds;
}

std::string_view Describe(Kind kind) {
  switch (kind) {
    case Kind::kNotACapture:
      return "this is no pcap or pcapng file";
    case Kind::kUnknownVersion:
      return "the version of the file format is unknown";
    case Kind::kTruncated:
      return "the file ends within a packet or block";
    case Kind::kBadBlockLength:
      return "the block's length is impossible, or differs between its two ends";
    case Kind::kBlockTooLarge:
      return "the block is larger than 1 MiB";
    case Kind::kPacketTooLarge:
      return "the packet is larger than 256 KiB";
    case Kind::kBadPacketLength:
      return "the packet is longer than its block";
    case Kind::kBadOption:
      return "an option runs past the end of its block";
    case Kind::kUnknownInterface:
      return "the packet's interface was not described before";
    case Kind::kTooManyInterfaces:
      return "more than 4096 interfaces in one section";
    case Kind::kReadFailed:
      return "reading failed";
  }
  return "";
}

}  // namespace

std::string CaptureError::ToString() const {
  return "byte " + std::to_string(offset) + ": " + std::string(Describe(kind));
}

const CapturePacket* CaptureReader::Next() {
  if (error_ || format_ == Format::kEnded) return nullptr;
  if (format_ == Format::kUnknown && !Begin()) return nullptr;
  return format_ == Format::kPcap ? NextPcap() : NextPcapng();
}

// Bytes of the file, all through ReadSome().

size_t CaptureReader::ReadSome(uint8_t* out, size_t count) {
  size_t got = 0;
  if (file_ != nullptr) {
    got = std::fread(out, 1, count, file_);
  } else {
    got = std::min(count, memory_.size());
    if (got > 0) std::memcpy(out, memory_.data(), got);
    memory_ = memory_.subspan(got);
  }
  position_ += got;
  return got;
}

// Adds `count` bytes to the buffer, or as many as there are.
bool CaptureReader::ReadBytes(size_t count) {
  const size_t old = buffer_.size();
  buffer_.resize(old + count);
  const size_t got = ReadSome(buffer_.data() + old, count);
  buffer_.resize(old + got);
  return got == count;
}

bool CaptureReader::SkipBytes(uint64_t count) {
  uint8_t waste[4096];
  while (count > 0) {
    const size_t piece = static_cast<size_t>(std::min<uint64_t>(count, sizeof(waste)));
    if (ReadSome(waste, piece) != piece) return false;
    count -= piece;
  }
  return true;
}

uint16_t CaptureReader::Load16(size_t at) const {
  const uint16_t value = LoadBig16(buffer_.data() + at);
  return big_endian_ ? value : __builtin_bswap16(value);
}

uint32_t CaptureReader::Load32(size_t at) const {
  const uint32_t value = LoadBig32(buffer_.data() + at);
  return big_endian_ ? value : __builtin_bswap32(value);
}

bool CaptureReader::Fail(Kind kind) {
  if (!error_) error_ = CaptureError{kind, record_begin_};
  return false;
}

// The bytes ran out: it is the end where a record would begin there.
bool CaptureReader::FailAtEnd() {
  if (file_ != nullptr && std::ferror(file_) != 0) return Fail(Kind::kReadFailed);
  if (buffer_.empty() && format_ != Format::kUnknown) {
    format_ = Format::kEnded;
    return false;
  }
  return Fail(format_ == Format::kUnknown ? Kind::kNotACapture : Kind::kTruncated);
}

bool CaptureReader::Begin() {
  if (!ReadBytes(4)) return FailAtEnd();
  const uint32_t magic = LoadBig32(buffer_.data());
  if (magic == kSectionHeaderBlock) {
    format_ = Format::kPcapng;
    return true;
  }
  return BeginPcap(magic);
}

// pcap.

bool CaptureReader::BeginPcap(uint32_t magic) {
  const uint32_t swapped = __builtin_bswap32(magic);
  big_endian_ = magic == kPcapMicroseconds || magic == kPcapNanoseconds;
  if (!big_endian_ && swapped != kPcapMicroseconds && swapped != kPcapNanoseconds) {
    return Fail(Kind::kNotACapture);
  }
  nanoseconds_ = (big_endian_ ? magic : swapped) == kPcapNanoseconds;
  format_ = Format::kPcap;
  if (!ReadBytes(kPcapHeader - 4)) return FailAtEnd();
  if (Load16(4) != 2) return Fail(Kind::kUnknownVersion);
  // The upper half holds the length of frame check sequences.
  pcap_link_type_ = static_cast<LinkType>(Load32(20) & 0xffff);
  buffer_.clear();
  return true;
}

const CapturePacket* CaptureReader::NextPcap() {
  buffer_.clear();
  record_begin_ = position_;
  if (!ReadBytes(kPcapRecordHeader)) {
    FailAtEnd();
    return nullptr;
  }
  const Wide seconds = Load32(0);
  const Wide fraction = Load32(4);
  const size_t captured = Load32(8);
  packet_.original_size = Load32(12);
  if (captured > kMaximumPacket) {
    Fail(Kind::kPacketTooLarge);
    return nullptr;
  }
  if (!ReadBytes(captured)) {
    FailAtEnd();
    return nullptr;
  }
  ++packet_.number;
  packet_.offset = record_begin_;
  packet_.time = SaturatedTime(seconds * 1'000'000'000 + fraction * (nanoseconds_ ? 1 : 1000));
  packet_.link_type = pcap_link_type_;
  packet_.bytes = ByteView(buffer_).subspan(kPcapRecordHeader);
  return &packet_;
}

// pcapng.

const CapturePacket* CaptureReader::NextPcapng() {
  uint32_t type = 0;
  while (ReadBlock(type)) {
    bool is_packet = false;
    bool good = true;
    switch (type) {
      case kSectionHeaderBlock:
        good = OpenSection();
        break;
      case kInterfaceBlock:
        good = AddInterface();
        break;
      case kEnhancedPacketBlock:
        good = is_packet = ReadEnhancedPacket();
        break;
      case kObsoletePacketBlock:
        good = is_packet = ReadObsoletePacket();
        break;
      case kSimplePacketBlock:
        good = is_packet = ReadSimplePacket();
        break;
      default:
        break;  // Passed over already.
    }
    if (!good) return nullptr;
    if (is_packet) return &packet_;
  }
  return nullptr;
}

// Reads the next block whole, or passes over it where its type says nothing here.
// False: the end, or an error.
bool CaptureReader::ReadBlock(uint32_t& type) {
  // The type of the first block was read to tell the format.
  const bool first = position_ == 4;
  if (!first) buffer_.clear();
  record_begin_ = position_ - buffer_.size();
  if (!ReadBytes(first ? 4 : kBody)) return FailAtEnd();
  if (LoadBig32(buffer_.data()) == kSectionHeaderBlock) {
    // Its third word says in which byte order the section is.
    if (!ReadBytes(4)) return FailAtEnd();
    const uint32_t magic = LoadBig32(buffer_.data() + kBody);
    big_endian_ = magic == kByteOrderMagic;
    if (!big_endian_ && __builtin_bswap32(magic) != kByteOrderMagic) {
      return Fail(Kind::kNotACapture);
    }
  }
  type = Load32(0);
  const size_t total = Load32(4);
  if (total < kBlockOverhead || total % 4 != 0 || total < buffer_.size() + 4) {
    return Fail(Kind::kBadBlockLength);
  }
  const bool known = type == kSectionHeaderBlock || type == kInterfaceBlock ||
                     type == kEnhancedPacketBlock || type == kObsoletePacketBlock ||
                     type == kSimplePacketBlock;
  return known ? ReadBlockBody(total) : SkipBlock(total);
}

// Afterwards the buffer holds the block up to, and without, the length at its end.
bool CaptureReader::ReadBlockBody(size_t total) {
  if (total > kMaximumBlock) return Fail(Kind::kBlockTooLarge);
  if (!ReadBytes(total - buffer_.size())) return FailAtEnd();
  if (Load32(total - 4) != total) return Fail(Kind::kBadBlockLength);
  buffer_.resize(total - 4);
  return true;
}

bool CaptureReader::SkipBlock(size_t total) {
  if (!SkipBytes(total - buffer_.size() - 4)) return FailAtEnd();
  if (!ReadBytes(4)) return FailAtEnd();
  if (Load32(buffer_.size() - 4) != total) return Fail(Kind::kBadBlockLength);
  return true;
}

// Calls each(code, value) for the options from `begin` of the buffer on.
template <typename Each>
bool CaptureReader::ForEachOption(size_t begin, Each each) {
  while (buffer_.size() - begin >= 4) {
    const uint16_t code = Load16(begin);
    const size_t length = Load16(begin + 2);
    begin += 4;
    if (code == kOptionEnd) return true;
    if (buffer_.size() - begin < PadTo4(length)) return Fail(Kind::kBadOption);
    each(code, begin, length);
    begin += PadTo4(length);
  }
  return true;
}

bool CaptureReader::OpenSection() {
  constexpr size_t kSize = kBody + 16;
  if (buffer_.size() < kSize) return Fail(Kind::kBadBlockLength);
  if (Load16(kBody + 4) != 1) return Fail(Kind::kUnknownVersion);
  interfaces_.clear();
  return true;
}

bool CaptureReader::AddInterface() {
  constexpr size_t kSize = kBody + 8;
  if (buffer_.size() < kSize) return Fail(Kind::kBadBlockLength);
  if (interfaces_.size() == kMaximumInterfaces) return Fail(Kind::kTooManyInterfaces);
  Interface interface;
  interface.link_type = static_cast<LinkType>(Load16(kBody));
  interface.snapshot_size = Load32(kBody + 4);
  const bool good = ForEachOption(kSize, [&](uint16_t code, size_t at, size_t length) {
    if (code == kInterfaceName) {
      interface.name.assign(reinterpret_cast<const char*>(buffer_.data()) + at,
                            std::min(length, kMaximumInterfaceName));
    } else if (code == kInterfaceResolution && length == 1) {
      interface.resolution = buffer_[at];
    } else if (code == kInterfaceOffset && length == 8) {
      const uint64_t low = Load32(big_endian_ ? at + 4 : at);
      const uint64_t high = Load32(big_endian_ ? at : at + 4);
      interface.offset_seconds = static_cast<int64_t>(high << 32 | low);
    }
  });
  if (good) interfaces_.push_back(std::move(interface));
  return good;
}

// What the three kinds of packet blocks have in common: `captured` bytes from
// `header` of the buffer on, and what is known of the interface.
bool CaptureReader::FillPacket(uint32_t interface, size_t header, size_t captured) {
  if (interface >= interfaces_.size()) return Fail(Kind::kUnknownInterface);
  if (captured > kMaximumPacket) return Fail(Kind::kPacketTooLarge);
  if (buffer_.size() - header < captured) return Fail(Kind::kBadPacketLength);
  ++packet_.number;
  packet_.offset = record_begin_;
  packet_.link_type = interfaces_[interface].link_type;
  packet_.interface = interface;
  packet_.interface_name = interfaces_[interface].name;
  packet_.bytes = ByteView(buffer_).subspan(header, captured);
  packet_.comments.clear();
  return true;
}

bool CaptureReader::ReadEnhancedPacket() {
  constexpr size_t kHeader = kBody + 20;
  if (buffer_.size() < kHeader) return Fail(Kind::kBadBlockLength);
  return ReadStampedPacket(Load32(kBody), kHeader);
}

// The Packet Block that the Enhanced one replaced: 16 bits of interface, 16 of drops.
bool CaptureReader::ReadObsoletePacket() {
  constexpr size_t kHeader = kBody + 20;
  if (buffer_.size() < kHeader) return Fail(Kind::kBadBlockLength);
  return ReadStampedPacket(Load16(kBody), kHeader);
}

bool CaptureReader::ReadStampedPacket(uint32_t interface, size_t header) {
  const size_t captured = Load32(kBody + 12);
  if (!FillPacket(interface, header, captured)) return false;
  packet_.original_size = Load32(kBody + 16);
  const uint64_t count = uint64_t{Load32(kBody + 4)} << 32 | Load32(kBody + 8);
  packet_.time = SaturatedTime(ToNanoseconds(count, interfaces_[interface].resolution) +
                               Wide{interfaces_[interface].offset_seconds} * 1'000'000'000);
  const size_t options = std::min(header + PadTo4(captured), buffer_.size());
  return ForEachOption(options, [this](uint16_t code, size_t at, size_t length) {
    if (code != kOptionComment) return;
    packet_.comments.emplace_back(reinterpret_cast<const char*>(buffer_.data()) + at, length);
  });
}

bool CaptureReader::ReadSimplePacket() {
  constexpr size_t kHeader = kBody + 4;
  if (buffer_.size() < kHeader) return Fail(Kind::kBadBlockLength);
  if (interfaces_.empty()) return Fail(Kind::kUnknownInterface);
  const uint32_t original = Load32(kBody);
  // It does not say how much was captured: what fits, and what the interface allowed.
  const uint32_t snapshot = interfaces_[0].snapshot_size;
  size_t captured = std::min<size_t>(original, buffer_.size() - kHeader);
  if (snapshot != 0) captured = std::min<size_t>(captured, snapshot);
  if (!FillPacket(0, kHeader, captured)) return false;
  packet_.original_size = original;
  packet_.time = Time();
  return true;
}

}  // namespace dualsim::sim
