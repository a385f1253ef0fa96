#include "stack/base/checksum.h"

#include <bit>
#include <cstring>

static_assert(std::endian::native == std::endian::little,
              "InternetChecksum sums words in the machine's order and swaps once at the end");

namespace dualsim {

InternetChecksum& InternetChecksum::Add(ByteView bytes) {
  const uint8_t* p = bytes.data();
  size_t left = bytes.size();
  uint64_t low = 0;
  uint64_t high = 0;
  // 32-bit halves in 64-bit sums: no carry is lost below 2^32 rounds.
  while (left >= 16) {
    uint64_t a = 0;
    uint64_t b = 0;
    std::memcpy(&a, p, 8);
    std::memcpy(&b, p + 8, 8);
    low += (a & 0xffffffff) + (b & 0xffffffff);
    high += (a >> 32) + (b >> 32);
    p += 16;
    left -= 16;
  }
  while (left >= 2) {
    uint16_t word = 0;
    std::memcpy(&word, p, 2);
    low += word;
    p += 2;
    left -= 2;
  }
  if (left == 1) low += *p;
  const auto fold = [](uint64_t v) { return (v & 0xffffffff) + (v >> 32); };
  sum_ += fold(low) + fold(high);
  return *this;
}

uint16_t InternetChecksum::Value() const {
  uint64_t sum = sum_;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~__builtin_bswap16(static_cast<uint16_t>(sum)));
}

}  // namespace dualsim
