#pragma once

#include <cstdint>

namespace dualsim::tcp {

// The largest n with n * n * n <= value: digit by digit, in integers, so that
// every machine has the same answer.
constexpr uint64_t CubeRoot(unsigned __int128 value) {
  uint64_t root = 0;
  for (int bit = 41; bit >= 0; --bit) {
    const uint64_t candidate = root | uint64_t{1} << bit;
    const auto cube = static_cast<unsigned __int128>(candidate) * candidate * candidate;
    if (cube <= value) root = candidate;
  }
  return root;
}

// a * b / c without overflow in between. Requires that the result fits, c > 0.
constexpr uint64_t MultiplyDivide(uint64_t a, uint64_t b, uint64_t c) {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b / c);
}

}  // namespace dualsim::tcp
