#pragma once

#include <array>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/random_stream.h"
#include "stack/tcp/flow.h"

namespace dualsim::tcp {

// SipHash-2-4 (Aumasson and Bernstein): a hash that nobody without the key can
// predict, for tables and numbers that the network can see.
class SipHash {
 public:
  SipHash(uint64_t k0, uint64_t k1) : k0_(k0), k1_(k1) {}
  // A key drawn from `random`.
  explicit SipHash(RandomStream& random) : k0_(random()), k1_(random()) {}

  uint64_t operator()(ByteView bytes) const;
  // Of a flow and a number more.
  uint64_t operator()(const Flow& flow, uint64_t number = 0) const;

 private:
  uint64_t k0_;
  uint64_t k1_;
};

}  // namespace dualsim::tcp
