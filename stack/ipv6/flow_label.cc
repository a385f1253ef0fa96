#include "stack/ipv6/flow_label.h"

namespace dualsim::ipv6 {
namespace {

// A round of SplitMix64's finaliser over what came before and one word more.
uint64_t Mix(uint64_t state, uint64_t word) {
  uint64_t z = (state ^ word) + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

uint32_t FlowLabel(const FlowKey& key, uint64_t secret) {
  uint64_t state = secret;
  state = Mix(state, key.source.high());
  state = Mix(state, key.source.low());
  state = Mix(state, key.destination.high());
  state = Mix(state, key.destination.low());
  state = Mix(state, static_cast<uint64_t>(key.next_header) << 32 |
                         static_cast<uint64_t>(key.source_port) << 16 | key.destination_port);
  const auto label = static_cast<uint32_t>(state >> 44);
  return label != 0 ? label : 1;
}

}  // namespace dualsim::ipv6
