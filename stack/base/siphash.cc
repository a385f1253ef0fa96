#include "stack/base/siphash.h"

#include <bit>
#include <cstddef>

namespace dualsim {
namespace {

class SipState {
 public:
  explicit SipState(const SipHashKey& key)
      : v0_(key.k0 ^ 0x736f6d6570736575),
        v1_(key.k1 ^ 0x646f72616e646f6d),
        v2_(key.k0 ^ 0x6c7967656e657261),
        v3_(key.k1 ^ 0x7465646279746573) {}

  void Absorb(uint64_t word) {
    v3_ ^= word;
    Rounds(2);
    v0_ ^= word;
  }

  uint64_t Finish() {
    v2_ ^= 0xff;
    Rounds(4);
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void Rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0_ += v1_;
      v1_ = std::rotl(v1_, 13) ^ v0_;
      v0_ = std::rotl(v0_, 32);
      v2_ += v3_;
      v3_ = std::rotl(v3_, 16) ^ v2_;
      v0_ += v3_;
      v3_ = std::rotl(v3_, 21) ^ v0_;
      v2_ += v1_;
      v1_ = std::rotl(v1_, 17) ^ v2_;
      v2_ = std::rotl(v2_, 32);
    }
  }

  uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace

uint64_t SipHash(const SipHashKey& key, ByteView bytes) {
  SipState state(key);
  uint64_t word = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    word |= uint64_t{bytes[i]} << (i % 8 * 8);
    if (i % 8 < 7) continue;
    state.Absorb(word);
    word = 0;
  }
  // The last word ends with the length's low byte.
  state.Absorb(word | static_cast<uint64_t>(bytes.size()) << 56);
  return state.Finish();
}

}  // namespace dualsim
