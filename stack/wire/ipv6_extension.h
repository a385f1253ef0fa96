#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// Extension headers, RFC 8200 §4.

// A Hop-by-Hop Options, Destination Options or Routing header: its first byte
// is the Next Header, its second the length in units of 8 bytes beyond the first 8.
struct ExtensionHeader {
  NextHeader next_header{};
  ByteView bytes{};  // The whole header.
  static Parsed<ExtensionHeader> Parse(ByteView packet_from_here);
};

// One option of an options header. `type` as on the wire.
struct Ipv6Option {
  uint8_t type = 0;
  ByteView data{};
  size_t offset = 0;  // Of the type byte, from the start of the options header.

  enum class Action { kSkip = 0, kDrop = 1, kReport = 2, kReportUnlessMulticast = 3 };
  // What to do with it where the type is unknown: its two highest bits, §4.2.
  Action action() const { return static_cast<Action>(type >> 6); }
};
inline constexpr uint8_t kOptionPad1 = 0x00;
inline constexpr uint8_t kOptionPadN = 0x01;
inline constexpr uint8_t kOptionRouterAlert = 0x05;   // RFC 2711
inline constexpr uint8_t kOptionJumboPayload = 0xc2;  // RFC 2675

// Walks the options of a header. Pad1 and PadN are passed over.
class Ipv6OptionReader {
 public:
  explicit Ipv6OptionReader(ByteView header) : header_(header) {}
  // The next option; nullopt at the end, and where an option runs past it (then
  // truncated() is true).
  std::optional<Ipv6Option> Next();
  bool truncated() const { return truncated_at_ != 0; }
  // From the start of the header: the length of the option that runs past the end, or
  // its type where there is nothing else of it.
  size_t truncated_at() const { return truncated_at_; }

 private:
  ByteView header_;
  size_t position_ = 2;
  size_t truncated_at_ = 0;
};

// RFC 8200 §4.5.
struct FragmentHeader {
  static constexpr size_t kSize = 8;
  NextHeader next_header{};
  uint16_t offset = 0;  // In bytes: a multiple of 8.
  bool more = false;
  uint32_t identification = 0;
  static Parsed<FragmentHeader> Parse(ByteView bytes);
  void Store(uint8_t* out) const;
};

// RFC 8200 §4.4.
struct RoutingHeader {
  NextHeader next_header{};
  uint8_t type = 0;
  uint8_t segments_left = 0;
  size_t size = 0;
  static Parsed<RoutingHeader> Parse(ByteView bytes);
};

}  // namespace dualsim::wire
