#include "stack/base/random_stream.h"

#include <bit>
#include <boost/random/uniform_int_distribution.hpp>

namespace dualsim {
namespace {

uint64_t SplitMix(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Folds text into a state so that ("ab", "c") and ("a", "bc") differ.
void Absorb(uint64_t& state, std::string_view text) {
  for (const char c : text) {
    state = (state ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  }
  state ^= text.size();
  state = SplitMix(state);
}

}  // namespace

RandomStream::RandomStream(uint64_t run_seed, std::string_view entity, std::string_view purpose) {
  uint64_t state = run_seed;
  state = SplitMix(state);
  Absorb(state, entity);
  Absorb(state, purpose);
  for (uint64_t& word : state_) word = SplitMix(state);
}

uint64_t RandomStream::operator()() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

uint64_t RandomStream::Below(uint64_t bound) {
  return boost::random::uniform_int_distribution<uint64_t>(0, bound - 1)(*this);
}

Duration RandomStream::Between(Duration low, Duration high) {
  const auto width = static_cast<uint64_t>((high - low).nanoseconds());
  return low + Nanoseconds(static_cast<int64_t>(
                   boost::random::uniform_int_distribution<uint64_t>(0, width)(*this)));
}

bool RandomStream::Chance(uint32_t parts_per_billion) {
  return Below(1'000'000'000) < parts_per_billion;
}

}  // namespace dualsim
