#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "stack/base/time.h"

namespace dualsim {

// A stream of random numbers that depends on (run seed, entity name, purpose)
// alone: adding a host changes nobody else's draws, and neither does a new
// purpose within a host. xoshiro256** (Blackman and Vigna), 32 bytes of state;
// integers only, so that every machine draws the same.
//
// Meets UniformRandomBitGenerator, so Boost.Random's distributions apply.
class RandomStream {
 public:
  using result_type = uint64_t;

  RandomStream(uint64_t run_seed, std::string_view entity, std::string_view purpose);

  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return ~uint64_t{0}; }
  uint64_t operator()();

  // Uniform in [0, bound); requires bound > 0.
  uint64_t Below(uint64_t bound);
  // Uniform in [low, high], both included; requires low <= high.
  Duration Between(Duration low, Duration high);
  // True with a probability of parts_per_billion / 1e9.
  bool Chance(uint32_t parts_per_billion);

 private:
  std::array<uint64_t, 4> state_;
};

// What a stack draws from: makes the stream of one purpose. A stack's owner
// gives it one, bound to the run's seed and to the stack's name.
class RandomSource {
 public:
  RandomSource(uint64_t run_seed, std::string_view entity) : seed_(run_seed), entity_(entity) {}
  RandomStream Stream(std::string_view purpose) const { return {seed_, entity_, purpose}; }

 private:
  uint64_t seed_;
  std::string_view entity_;  // Outlives the source: an entity's name lasts as long as the run.
};

}  // namespace dualsim
