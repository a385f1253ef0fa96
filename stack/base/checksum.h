#pragma once

#include <cstdint>

#include "stack/base/bytes.h"

namespace dualsim {

// The Internet checksum (RFC 1071), summed piece by piece. Every piece but the
// last must have an even length; the order of the pieces does not matter.
class InternetChecksum {
 public:
  InternetChecksum& Add(ByteView bytes);
  InternetChecksum& AddBig16(uint16_t word) {
    sum_ += __builtin_bswap16(word);
    return *this;
  }
  InternetChecksum& AddBig32(uint32_t words) {
    return AddBig16(static_cast<uint16_t>(words >> 16)).AddBig16(static_cast<uint16_t>(words));
  }

  // The value for the checksum field, in host order, to be stored big-endian.
  // Over data that already holds a correct checksum it is 0.
  uint16_t Value() const;

 private:
  // Sums little-endian words: the one's complement sum is the same in either
  // byte order but for a final swap (RFC 1071 §2(B)), and loads need none.
  uint64_t sum_ = 0;
};

}  // namespace dualsim
