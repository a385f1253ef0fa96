#include "stack/tcp/siphash.h"

#include <bit>
#include <cstring>

namespace dualsim::tcp {
namespace {

uint64_t LoadLittle64(const uint8_t* p) { return __builtin_bswap64(LoadBig64(p)); }

struct State {
  uint64_t v0, v1, v2, v3;

  void Round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void Absorb(uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }
};

}  // namespace

uint64_t SipHash::operator()(ByteView bytes) const {
  State s{k0_ ^ 0x736f6d6570736575, k1_ ^ 0x646f72616e646f6d, k0_ ^ 0x6c7967656e657261,
          k1_ ^ 0x7465646279746573};
  const uint64_t length = bytes.size();
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) s.Absorb(LoadLittle64(bytes.data()));
  uint8_t tail[8] = {};
  if (!bytes.empty()) std::memcpy(tail, bytes.data(), bytes.size());
  tail[7] = static_cast<uint8_t>(length);
  s.Absorb(LoadLittle64(tail));
  s.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) s.Round();
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t SipHash::operator()(const Flow& flow, uint64_t number) const {
  uint8_t bytes[48];
  std::memcpy(bytes, flow.local.bytes().data(), 16);
  std::memcpy(bytes + 16, flow.remote.bytes().data(), 16);
  StoreBig16(bytes + 32, Number(flow.local_port));
  StoreBig16(bytes + 34, Number(flow.remote_port));
  StoreBig16(bytes + 36, flow.zone);
  StoreBig16(bytes + 38, static_cast<uint16_t>(flow.local.family()));
  StoreBig64(bytes + 40, number);
  return (*this)(ByteView(bytes));
}

}  // namespace dualsim::tcp
