#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/record/packet_text.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// One packet of a capture file. All views are valid until the next call of the reader.
struct CapturePacket {
  uint64_t number = 0;     // From 1, as Wireshark counts.
  uint64_t offset = 0;     // Of its record or block, in the file.
  Time time;               // Since the Unix epoch; saturates. 0 where the file gives none.
  LinkType link_type{};    // As in the file, also where it has no name here.
  uint32_t interface = 0;  // Counted within its section; 0 in pcap.
  std::string_view interface_name{};  // Empty where the file gives none.
  uint32_t original_size = 0;         // On the wire; `bytes` may hold fewer.
  ByteView bytes{};
  std::vector<std::string_view> comments{};  // opt_comment, in order.
};

// Why a file could not be read on. What came before it was read well.
struct CaptureError {
  enum class Kind : uint8_t {
    kNotACapture,
    kUnknownVersion,
    kTruncated,
    kBadBlockLength,
    kBlockTooLarge,
    kPacketTooLarge,
    kBadPacketLength,
    kBadOption,
    kUnknownInterface,
    kTooManyInterfaces,
    kReadFailed,
  };
  Kind kind{};
  uint64_t offset = 0;  // Of the record or block that is at fault.

  // "byte 24: the file ends within a packet".
  std::string ToString() const;
};

// Reads capture files from front to end: pcap (both byte orders, microseconds
// and nanoseconds) and pcapng (both byte orders, any time resolution; blocks of
// unknown types are passed over). Total: any bytes give packets, an end or an
// error. Needs no seeking, so a pipe will do, and holds one block at a time.
class CaptureReader {
 public:
  // Limits on what a file can make it hold.
  static constexpr size_t kMaximumPacket = 262'144;  // As tcpdump's largest snapshot.
  static constexpr size_t kMaximumBlock = 1'048'576;
  static constexpr size_t kMaximumInterfaces = 4096;    // In one section.
  static constexpr size_t kMaximumInterfaceName = 255;  // Longer ones are cut.

  // Reads from where `file` stands. The file outlives the reader and stays open.
  explicit CaptureReader(std::FILE* file) : file_(file) {}
  // Reads a capture that is in memory, which outlives the reader.
  explicit CaptureReader(ByteView capture) : memory_(capture) {}

  // The next packet, which the reader owns; nullptr at the end and where error() is set.
  const CapturePacket* Next();
  const std::optional<CaptureError>& error() const { return error_; }

 private:
  enum class Format : uint8_t { kUnknown, kPcap, kPcapng, kEnded };
  struct Interface {
    LinkType link_type{};
    uint32_t snapshot_size = 0;  // 0: no limit.
    uint8_t resolution = 6;      // if_tsresol: 10^-n, or 2^-n with the top bit set.
    int64_t offset_seconds = 0;  // if_tsoffset
    std::string name{};
  };

  bool Begin();
  bool BeginPcap(uint32_t magic);
  const CapturePacket* NextPcap();
  const CapturePacket* NextPcapng();
  bool ReadBlock(uint32_t& type);
  bool ReadBlockBody(size_t total);
  bool SkipBlock(size_t total);
  bool OpenSection();
  bool AddInterface();
  bool ReadEnhancedPacket();
  bool ReadObsoletePacket();
  bool ReadStampedPacket(uint32_t interface, size_t header);
  bool ReadSimplePacket();
  bool FillPacket(uint32_t interface, size_t header, size_t captured);
  template <typename Each>
  bool ForEachOption(size_t begin, Each each);

  uint16_t Load16(size_t at) const;
  uint32_t Load32(size_t at) const;
  bool ReadBytes(size_t count);
  bool SkipBytes(uint64_t count);
  size_t ReadSome(uint8_t* out, size_t count);
  bool Fail(CaptureError::Kind kind);
  bool FailAtEnd();

  std::FILE* file_ = nullptr;
  ByteView memory_;
  uint64_t position_ = 0;      // In the file.
  uint64_t record_begin_ = 0;  // Of the record or block that is read.

  Format format_ = Format::kUnknown;
  bool big_endian_ = false;
  bool nanoseconds_ = false;  // pcap's fraction of a second.
  LinkType pcap_link_type_{};
  std::vector<Interface> interfaces_;

  std::vector<uint8_t> buffer_;  // The record or block, as far as read.
  CapturePacket packet_;
  std::optional<CaptureError> error_;
};

}  // namespace dualsim::sim
