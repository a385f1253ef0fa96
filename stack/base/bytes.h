#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dualsim {

// Bytes as they are on the wire. Views own nothing; whoever hands one out says
// how long it lives.
using ByteView = std::span<const uint8_t>;
using MutableByteView = std::span<uint8_t>;

// Integers in network byte order. `p` needs as many bytes as the integer has
// and no alignment.
constexpr uint16_t LoadBig16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
constexpr uint32_t LoadBig32(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 |
         static_cast<uint32_t>(p[2]) << 8 | p[3];
}
constexpr uint64_t LoadBig64(const uint8_t* p) {
  return static_cast<uint64_t>(LoadBig32(p)) << 32 | LoadBig32(p + 4);
}
constexpr void StoreBig16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
constexpr void StoreBig32(uint8_t* p, uint32_t v) {
  StoreBig16(p, static_cast<uint16_t>(v >> 16));
  StoreBig16(p + 2, static_cast<uint16_t>(v));
}
constexpr void StoreBig64(uint8_t* p, uint64_t v) {
  StoreBig32(p, static_cast<uint32_t>(v >> 32));
  StoreBig32(p + 4, static_cast<uint32_t>(v));
}

}  // namespace dualsim
