#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "stack/base/bytes.h"

namespace dualsim::apps {

// SHA-256, FIPS 180-4, of bytes that come piece by piece.
class Sha256 {
 public:
  using Digest = std::array<uint8_t, 32>;

  void Add(ByteView bytes);
  // Of all that was added; nothing can be added afterwards.
  Digest Finish();

  static std::string ToHex(const Digest& digest);

 private:
  void Block(const uint8_t* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> buffer_{};
  uint64_t size_ = 0;
};

}  // namespace dualsim::apps
