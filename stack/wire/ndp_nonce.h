#pragma once

#include <array>
#include <cstdint>

#include "stack/base/bytes.h"

namespace dualsim {

// The nonce of a probe, RFC 3971 §5.3.2 as RFC 7527 §4 uses it: six bytes.
class NdpNonce {
 public:
  static constexpr size_t kSize = 6;
  constexpr NdpNonce() = default;
  static constexpr NdpNonce FromInteger(uint64_t n) {
    NdpNonce nonce;
    StoreBig16(nonce.bytes_.data(), static_cast<uint16_t>(n >> 32));
    StoreBig32(nonce.bytes_.data() + 2, static_cast<uint32_t>(n));
    return nonce;
  }
  constexpr uint64_t ToInteger() const {
    return static_cast<uint64_t>(LoadBig16(bytes_.data())) << 32 | LoadBig32(bytes_.data() + 2);
  }
  constexpr const std::array<uint8_t, kSize>& bytes() const { return bytes_; }
  friend constexpr bool operator==(const NdpNonce&, const NdpNonce&) = default;

 private:
  std::array<uint8_t, kSize> bytes_{};
};

}  // namespace dualsim
