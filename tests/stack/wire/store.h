#pragma once

#include <cstdint>
#include <vector>

#include "stack/wire/ndp.h"

namespace dualsim::wire {

// What a message writes. The room is filled first, so that a byte which Store()
// leaves unwritten shows.
template <typename Message>
std::vector<uint8_t> Stored(const Message& message) {
  std::vector<uint8_t> bytes(message.size(), 0xa5);
  message.Store(bytes.data());
  return bytes;
}

// Addresses of a message between two link-local neighbours.
inline NdpContext BetweenNeighbors() {
  return {*Ipv6Address::Parse("fe80::1"), *Ipv6Address::Parse("fe80::2"), 255};
}

}  // namespace dualsim::wire
