#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/craft/packet_spec.h"
#include "sim/craft/surroundings.h"

namespace dualsim::craft {

// The frames that a description makes: one, or the pieces of it; or a sentence
// about what is missing (a node without such an address, a packet that was not
// seen), and no frame.
struct BuiltFrames {
  std::vector<std::vector<uint8_t>> frames;
  std::string error;
  bool ok() const { return error.empty(); }
};

inline constexpr size_t kMaximumFrame = 65'535 + 14;
// Packets in packets in packets: as deep as quotes go.
inline constexpr int kMaximumQuoteDepth = 4;

// Makes frames of a description, as proto/packet.proto says. Total: any spec
// gives frames or an error; a wrong value that is given goes out as it is, cut
// to the width of its field.
BuiltFrames BuildFrames(const PacketSpec& spec, const Surroundings& surroundings);

// Likewise without Ethernet header and without pieces: what a quote holds.
struct BuiltPacket {
  std::vector<uint8_t> bytes;
  std::string error;
};
BuiltPacket BuildPacket(const PacketSpec& spec, const Surroundings& surroundings, int depth = 0);

// Where a packet goes that does not say so: RS, RA, NS and MLD messages have one
// place to go (RFC 4861 §4, RFC 3810 §5). nullopt: the destination must be given.
std::optional<AddressTerm> DefaultDestination(const PacketSpec& spec);

}  // namespace dualsim::craft
