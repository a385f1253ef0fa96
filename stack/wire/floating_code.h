#pragma once

#include <algorithm>
#include <cstdint>

namespace dualsim::wire {

// The codes of IGMPv3 and MLDv2 (RFC 3376 §4.1.1, RFC 3810 §5.1.3 and §5.1.9): a
// plain number, or, with the top bit set, a floating-point one of a 3-bit
// exponent and a mantissa whose top bit is implied. `mantissa_bits` is 12 in MLD's
// Maximum Response Code, 4 in the others.
constexpr uint64_t DecodeFloatingCode(uint32_t code, int mantissa_bits) {
  const uint32_t implied = uint32_t{1} << mantissa_bits;
  if (code < implied << 3) return code;
  const uint32_t exponent = (code >> mantissa_bits) & 7;
  return uint64_t{(code & (implied - 1)) | implied} << (exponent + 3);
}

// The code of the largest value that is not over `value`.
constexpr uint32_t EncodeFloatingCode(uint64_t value, int mantissa_bits) {
  const uint32_t implied = uint32_t{1} << mantissa_bits;
  if (value < implied << 3) return static_cast<uint32_t>(value);
  uint32_t exponent = 0;
  while (exponent < 7 && value >> (exponent + 3) >= implied << 1) ++exponent;
  const uint64_t mantissa = std::min<uint64_t>(value >> (exponent + 3), (implied << 1) - 1);
  return implied << 3 | exponent << mantissa_bits |
         (static_cast<uint32_t>(mantissa) & (implied - 1));
}

}  // namespace dualsim::wire
