#include "stack/ipv4/reassembly.h"

#include <cstring>
#include <utility>

namespace dualsim::ipv4 {
namespace {

constexpr size_t kLargestPacket = 65'535;
constexpr uint8_t kEcnMask = 3;
constexpr uint8_t kCongestionExperienced = 3;  // RFC 3168 §5

constexpr ip::ReassemblyRules kRules{.timeout = Reassembler::kTimeout,
                                     .overlap = DropReason::IPV4_FRAGMENT_OVERLAP,
                                     .duplicate = DropReason::IPV4_FRAGMENT_DUPLICATE,
                                     .limit = DropReason::IPV4_REASSEMBLY_LIMIT,
                                     .timed_out = DropReason::IPV4_REASSEMBLY_TIMEOUT};

Packet Assemble(const ip::PendingPacket& pending, PacketPool& pool) {
  const ip::Fragment& first = pending.fragments.front();
  // The header of another fragment was shorter, perhaps.
  if (first.data + *pending.total > kLargestPacket) return Packet();
  Packet whole = pool.Make(first.data + *pending.total);
  uint8_t* out = whole.mutable_bytes().data();
  wire::Ipv4Header header = *wire::Ipv4Header::Parse(first.packet.bytes());
  header.total_length = static_cast<uint16_t>(whole.size());
  header.more_fragments = false;
  for (const ip::Fragment& fragment : pending.fragments) {
    const ByteView bytes = fragment.bytes();
    if (!bytes.empty()) std::memcpy(out + first.data + fragment.offset, bytes.data(), bytes.size());
    // A mark on one fragment is a mark on the packet, RFC 3168 §5.3.
    if ((fragment.packet.bytes()[1] & kEcnMask) == kCongestionExperienced) {
      header.type_of_service |= kCongestionExperienced;
    }
  }
  header.Store(out);
  return whole;
}

}  // namespace

Reassembler::Reassembler(const ip::ReassemblyLimits& limits) : store_(kRules, limits) {}

Packet Reassembler::Add(Time now, const wire::Ipv4Header& header, Packet packet,
                        const ip::FragmentArrival& arrival, PacketPool& pool,
                        ReassemblyOutput& output) {
  store_.Advance(now, output);
  ip::Fragment fragment{.offset = header.fragment_offset,
                        .size = static_cast<uint32_t>(packet.size() - header.size()),
                        .data = static_cast<uint32_t>(header.size()),
                        .more = header.more_fragments,
                        .packet = std::move(packet),
                        .arrival = arrival};
  const ByteView bytes = fragment.packet.bytes();
  if (fragment.more && (fragment.size % 8 != 0 || fragment.size == 0)) {
    output.DropFragment(DropReason::IPV4_FRAGMENT_LENGTH, bytes, arrival.interface);
    return Packet();
  }
  if (fragment.data + fragment.end() > kLargestPacket) {
    output.DropFragment(DropReason::IPV4_FRAGMENT_TOO_LARGE, bytes, arrival.interface);
    return Packet();
  }
  const ip::FragmentedPacket key{.source = header.source,
                                 .destination = header.destination,
                                 .identification = header.identification,
                                 .protocol = static_cast<uint8_t>(header.protocol)};
  const ip::PendingPacket* complete = store_.Add(now, key, std::move(fragment), output);
  if (complete == nullptr) return Packet();
  Packet whole = Assemble(*complete, pool);
  if (!whole) store_.DropFragments(*complete, DropReason::IPV4_FRAGMENT_TOO_LARGE, output);
  store_.Finish(complete);
  return whole;
}

void Reassembler::Advance(Time now, ReassemblyOutput& output) { store_.Advance(now, output); }

}  // namespace dualsim::ipv4
