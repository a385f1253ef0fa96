#include "sim/record/pcapng_writer.h"

#include <algorithm>
#include <cstring>

namespace dualsim::sim {
namespace {

// Block types (§4) and option codes (§3.5, §4.2).
constexpr uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr uint16_t kEndOfOptions = 0;
constexpr uint16_t kComment = 1;
constexpr uint16_t kInterfaceName = 2;
constexpr uint16_t kTimestampResolution = 9;
constexpr uint16_t kEthernet = 1;

constexpr size_t Padded(size_t size) { return (size + 3) & ~size_t{3}; }
constexpr size_t OptionSize(size_t size) { return 4 + Padded(size); }

// Lays integers and bytes down one after the other.
class Cursor {
 public:
  explicit Cursor(uint8_t* p) : p_(p) {}
  void Put16(uint16_t v) {
    *p_++ = static_cast<uint8_t>(v);
    *p_++ = static_cast<uint8_t>(v >> 8);
  }
  void Put32(uint32_t v) {
    Put16(static_cast<uint16_t>(v));
    Put16(static_cast<uint16_t>(v >> 16));
  }
  // With zeros up to the next multiple of four.
  void PutPadded(const void* data, size_t size) {
    if (size > 0) std::memcpy(p_, data, size);
    std::memset(p_ + size, 0, Padded(size) - size);
    p_ += Padded(size);
  }
  void PutOption(uint16_t code, const void* data, size_t size) {
    Put16(code);
    Put16(static_cast<uint16_t>(size));
    PutPadded(data, size);
  }

 private:
  uint8_t* p_;
};

}  // namespace

PcapngWriter::PcapngWriter(OutputFile& out) : out_(out) {
  constexpr uint32_t kSize = 28;
  Cursor block(out_.Reserve(kSize));
  block.Put32(kSectionHeader);
  block.Put32(kSize);
  block.Put32(kByteOrderMagic);
  block.Put16(1);  // Version 1.0.
  block.Put16(0);
  block.Put32(~uint32_t{0});  // The section's length: not given.
  block.Put32(~uint32_t{0});
  block.Put32(kSize);
}

void PcapngWriter::AddInterface(std::string_view name) {
  name = name.substr(0, kMaximumComment);
  const size_t size = 20 + OptionSize(name.size()) + OptionSize(1) + 4;
  Cursor block(out_.Reserve(size));
  block.Put32(kInterfaceDescription);
  block.Put32(static_cast<uint32_t>(size));
  block.Put16(kEthernet);
  block.Put16(0);
  block.Put32(0);  // Frames are never cut off.
  block.PutOption(kInterfaceName, name.data(), name.size());
  const uint8_t nanoseconds = 9;
  block.PutOption(kTimestampResolution, &nanoseconds, 1);
  block.PutOption(kEndOfOptions, nullptr, 0);
  block.Put32(static_cast<uint32_t>(size));
}

void PcapngWriter::AddPacket(uint32_t interface, Time time, ByteView frame,
                             std::string_view comment) {
  comment = comment.substr(0, kMaximumComment);
  const size_t options = comment.empty() ? 0 : OptionSize(comment.size()) + 4;
  const size_t size = 32 + Padded(frame.size()) + options;
  const auto stamp = static_cast<uint64_t>(time.nanoseconds());
  Cursor block(out_.Reserve(size));
  block.Put32(kEnhancedPacket);
  block.Put32(static_cast<uint32_t>(size));
  block.Put32(interface);
  block.Put32(static_cast<uint32_t>(stamp >> 32));
  block.Put32(static_cast<uint32_t>(stamp));
  block.Put32(static_cast<uint32_t>(frame.size()));
  block.Put32(static_cast<uint32_t>(frame.size()));
  block.PutPadded(frame.data(), frame.size());
  if (options != 0) {
    block.PutOption(kComment, comment.data(), comment.size());
    block.PutOption(kEndOfOptions, nullptr, 0);
  }
  block.Put32(static_cast<uint32_t>(size));
}

}  // namespace dualsim::sim
