#pragma once

#include <cstdint>

#include "stack/base/bytes.h"

namespace dualsim {

struct SipHashKey {
  uint64_t k0 = 0;
  uint64_t k1 = 0;
};

// SipHash-2-4 (Aumasson and Bernstein, 2012): a pseudo-random function of a
// 128-bit key, for what a peer must neither guess nor make collide.
uint64_t SipHash(const SipHashKey& key, ByteView bytes);

}  // namespace dualsim
