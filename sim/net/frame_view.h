#pragma once

#include <cstdint>
#include <utility>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"

namespace dualsim::sim {

// A frame as the payload of an event, which then owns it, and back.
inline uint64_t ToPayload(Packet frame) { return reinterpret_cast<uintptr_t>(frame.Detach()); }
inline Packet FrameFromPayload(uint64_t payload) {
  return Packet::Attach(reinterpret_cast<internal::PacketBuffer*>(payload));
}

// The addresses at the start of an Ethernet header, as numbers below 2^48.
inline uint64_t DestinationOf(ByteView frame) { return LoadBig64(frame.data()) >> 16; }
inline uint64_t SourceOf(ByteView frame) { return LoadBig64(frame.data() + 4) & 0xffff'ffff'ffff; }
inline constexpr uint64_t kBroadcast = 0xffff'ffff'ffff;
// The Individual/Group bit, the first one sent of an address.
inline bool IsGroup(uint64_t mac) { return (mac >> 40 & 1) != 0; }

}  // namespace dualsim::sim
