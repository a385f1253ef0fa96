#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// The IPv4 header, RFC 791 §3.1. Its Protocol field has the numbers of IPv6's
// Next Header.
struct Ipv4Header {
  static constexpr size_t kMinSize = 20;
  static constexpr size_t kMaxSize = 60;

  uint8_t type_of_service = 0;  // DSCP and, in its low two bits, ECN (RFC 2474, RFC 3168).
  uint16_t total_length = 0;    // Of header and payload.
  uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  uint16_t fragment_offset = 0;  // In bytes, a multiple of 8.
  uint8_t ttl = 64;
  NextHeader protocol{};
  Ipv4Address source{};
  Ipv4Address destination{};
  ByteView options{};  // A multiple of 4 bytes, at most 40. Of the bytes that were parsed.

  size_t size() const { return kMinSize + options.size(); }
  bool is_fragment() const { return more_fragments || fragment_offset != 0; }

  // Checks version, lengths and checksum, and that the packet holds what Total
  // Length says; bytes after that (Ethernet padding) are not the packet's.
  static Parsed<Ipv4Header> Parse(ByteView packet);
  // Writes size() bytes, the checksum with them.
  void Store(uint8_t* out) const;
};

// Computes and stores anew the checksum of a header that was changed in place.
// Requires the whole header.
void StoreIpv4Checksum(MutableByteView header);

// Option types, RFC 791 §3.1 and RFC 2113; the whole first byte.
enum class Ipv4OptionType : uint8_t {
  kEndOfList = 0,
  kNoOperation = 1,
  kRecordRoute = 7,
  kTimestamp = 68,
  kLooseSourceRoute = 131,
  kStrictSourceRoute = 137,
  kRouterAlert = 148,
};

struct Ipv4Option {
  Ipv4OptionType type{};
  ByteView data{};    // After type and length.
  size_t offset = 0;  // Of the option in the IPv4 header.

  // RFC 791 §3.1: it goes into every fragment.
  bool copied() const { return (static_cast<uint8_t>(type) & 0x80) != 0; }
};

// Goes through the options of a header; End of List and No Operation are passed over.
class Ipv4OptionReader {
 public:
  explicit Ipv4OptionReader(ByteView options) : options_(options) {}
  // nullopt at the end, or where an option has an impossible length: then malformed().
  std::optional<Ipv4Option> Next();
  bool malformed() const { return malformed_; }
  // Of the option that is wrong, in the IPv4 header; requires malformed().
  size_t malformed_offset() const { return Ipv4Header::kMinSize + position_; }

 private:
  ByteView options_;
  size_t position_ = 0;
  bool malformed_ = false;
};

// The Router Alert option, RFC 2113 §2.1: "every router looks at this packet".
constexpr uint8_t kIpv4RouterAlert[4] = {148, 4, 0, 0};

}  // namespace dualsim::wire
