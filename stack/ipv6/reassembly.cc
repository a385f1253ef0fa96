#include "stack/ipv6/reassembly.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/ip/link_zone.h"
#include "stack/ipv6/header_walk.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::ipv6 {
namespace {

using wire::FragmentHeader;
using wire::Icmpv6Error;
using wire::Icmpv6Type;
using wire::Ipv6Header;
using wire::NextHeader;

constexpr size_t kPayloadLengthField = 4;  // Of the IPv6 header, RFC 8200 §3.
constexpr size_t kSourceField = 8;
constexpr size_t kDestinationField = 24;
constexpr size_t kFragmentOffsetField = 2;  // Of the Fragment header.
constexpr size_t kLargestPayload = 65'535;
constexpr uint8_t kErroneousHeaderField = 0;  // Codes of Parameter Problem, RFC 4443 §3.4,
constexpr uint8_t kUnknownNextHeader = 1;
constexpr uint8_t kIncompleteHeaderChain = 3;   // RFC 7112 §5;
constexpr uint8_t kReassemblyTimeExceeded = 1;  // of Time Exceeded, RFC 4443 §3.3.
constexpr uint8_t kEcnMask = 0x30;              // In the IPv6 header's second byte, RFC 3168 §5;
constexpr uint8_t kCongestionExperienced = 0x30;

constexpr ip::ReassemblyRules kRules{.timeout = Reassembler::kTimeout,
                                     .overlap = DropReason::IPV6_FRAGMENT_OVERLAP,
                                     .duplicate = DropReason::IPV6_FRAGMENT_DUPLICATE,
                                     .limit = DropReason::IPV6_REASSEMBLY_LIMIT,
                                     .timed_out = DropReason::IPV6_REASSEMBLY_TIMEOUT};

// The bytes of the headers before the Fragment header.
size_t HeadersSize(const ip::Fragment& fragment) { return fragment.data - FragmentHeader::kSize; }

// How much of an upper-layer header makes it whole, RFC 7112 §3. `header`: what there is of it.
size_t UpperLayerHeaderSize(NextHeader type, ByteView header) {
  constexpr size_t kTcpHeader = 20;
  constexpr size_t kDataOffsetField = 12;  // With the options, RFC 9293 §3.1.
  switch (type) {
    case NextHeader::kTcp:
      return header.size() < kTcpHeader
                 ? kTcpHeader
                 : std::max(kTcpHeader, size_t{header[kDataOffsetField]} / 16 * 4);
    case NextHeader::kUdp:
    case NextHeader::kEncapsulatingSecurityPayload:
      return 8;
    case NextHeader::kIcmpv6:
      return wire::Icmpv6Header::kSize;
    case NextHeader::kIpv6:
      return Ipv6Header::kSize;
    default:
      return 0;
  }
}

bool HoldsHeaderChain(ByteView first_fragment) {
  HeaderWalk walk(first_fragment);
  while (walk.Step()) {
  }
  if (walk.on_extension_header()) return false;
  const ByteView upper = first_fragment.subspan(walk.offset());
  return upper.size() >= UpperLayerHeaderSize(walk.type(), upper);
}

// What the packet holds by its own word; bytes after that are the frame's.
ByteView WithoutPadding(ByteView packet) {
  const size_t size = Ipv6Header::kSize + LoadBig16(packet.data() + kPayloadLengthField);
  return packet.first(std::min(size, packet.size()));
}

// Where the packet's addresses mean something; 0: on every link.
uint16_t ZoneOf(ByteView packet, const ip::FragmentArrival& arrival) {
  const auto source = Ipv6Address::Load(packet.data() + kSourceField);
  const auto destination = Ipv6Address::Load(packet.data() + kDestinationField);
  if (!source.is_link_local() && !destination.is_link_local()) return 0;
  return ip::ZoneOfLink(arrival.interface);
}

// The whole packet's headers: those of the first fragment, without the Fragment
// header at `fragment_header`.
void StoreHeaders(ByteView first, size_t fragment_header, size_t total, uint8_t* out) {
  HeaderWalk walk(first);
  while (walk.offset() < fragment_header && walk.Step()) {
  }
  std::memcpy(out, first.data(), fragment_header);
  out[walk.naming_field()] = first[fragment_header];
  StoreBig16(out + kPayloadLengthField,
             static_cast<uint16_t>(fragment_header - Ipv6Header::kSize + total));
}

void RefuseWithError(ByteView packet, const ip::FragmentArrival& arrival, DropReason reason,
                     uint8_t code, size_t pointer, ReassemblyOutput& output) {
  output.DropFragment(reason, packet, arrival.interface);
  output.SendError({Icmpv6Type::kParameterProblem, code, static_cast<uint32_t>(pointer), packet},
                   arrival);
}

// Drops a fragment that is wrong by itself, with the error that is due.
bool Refuse(const ip::Fragment& fragment, ReassemblyOutput& output) {
  const ByteView packet = fragment.packet.bytes();
  const auto refuse = [&](DropReason reason, uint8_t code, size_t pointer) {
    RefuseWithError(packet, fragment.arrival, reason, code, pointer, output);
    return true;
  };
  if (fragment.more && fragment.size % 8 != 0) {
    return refuse(DropReason::IPV6_FRAGMENT_LENGTH, kErroneousHeaderField, kPayloadLengthField);
  }
  const size_t headers = HeadersSize(fragment);
  if (headers - Ipv6Header::kSize + fragment.end() > kLargestPayload) {
    return refuse(DropReason::IPV6_FRAGMENT_TOO_LARGE, kErroneousHeaderField,
                  headers + kFragmentOffsetField);
  }
  if (fragment.offset == 0 && !HoldsHeaderChain(WithoutPadding(packet))) {
    return refuse(DropReason::IPV6_FRAGMENT_HEADERS_INCOMPLETE, kIncompleteHeaderChain, 0);
  }
  if (fragment.more && fragment.size == 0) {
    // It adds nothing and would fill the limit on fragments.
    output.DropFragment(DropReason::IPV6_FRAGMENT_LENGTH, packet, fragment.arrival.interface);
    return true;
  }
  return false;
}

// Requires every fragment of the packet. Empty where it would be too large.
Packet Assemble(const ip::PendingPacket& pending, PacketPool& pool) {
  const ip::Fragment& first = pending.fragments.front();
  const size_t headers = HeadersSize(first);
  // The headers of another fragment were shorter, perhaps.
  if (headers - Ipv6Header::kSize + *pending.total > kLargestPayload) return Packet();
  Packet whole = pool.Make(headers + *pending.total);
  uint8_t* out = whole.mutable_bytes().data();
  StoreHeaders(WithoutPadding(first.packet.bytes()), headers, *pending.total, out);
  for (const ip::Fragment& fragment : pending.fragments) {
    const ByteView bytes = fragment.bytes();
    if (!bytes.empty()) std::memcpy(out + headers + fragment.offset, bytes.data(), bytes.size());
    // A mark on one fragment is a mark on the packet, RFC 3168 §5.3.
    if ((fragment.packet.bytes()[1] & kEcnMask) == kCongestionExperienced) {
      out[1] |= kCongestionExperienced;
    }
  }
  return whole;
}

}  // namespace

void ReassemblyOutput::OnReassemblyTimeout(ByteView first_fragment,
                                           const ip::FragmentArrival& arrival) {
  SendError({Icmpv6Type::kTimeExceeded, kReassemblyTimeExceeded, 0, first_fragment}, arrival);
}

Reassembler::Reassembler(const ip::ReassemblyLimits& limits) : store_(kRules, limits) {}

Packet Reassembler::Add(Time now, Packet packet, size_t fragment_header,
                        const ip::FragmentArrival& arrival, PacketPool& pool,
                        ReassemblyOutput& output) {
  Advance(now, output);
  const ByteView bytes = WithoutPadding(packet.bytes());
  const size_t data = fragment_header + FragmentHeader::kSize;
  if (data > bytes.size()) {
    RefuseWithError(packet.bytes(), arrival, DropReason::IPV6_EXTENSION_TRUNCATED,
                    kErroneousHeaderField, kPayloadLengthField, output);
    return Packet();
  }
  const auto header = *FragmentHeader::Parse(bytes.subspan(fragment_header));
  const ip::FragmentedPacket key{.source = Ipv6Address::Load(bytes.data() + kSourceField),
                                 .destination = Ipv6Address::Load(bytes.data() + kDestinationField),
                                 .identification = header.identification,
                                 .zone = ZoneOf(bytes, arrival)};
  ip::Fragment fragment{.offset = header.offset,
                        .size = static_cast<uint32_t>(bytes.size() - data),
                        .data = static_cast<uint32_t>(data),
                        .more = header.more,
                        .packet = std::move(packet),
                        .arrival = arrival};
  if (fragment.offset == 0 && header.next_header == NextHeader::kHopByHop) {
    RefuseWithError(fragment.packet.bytes(), arrival, DropReason::IPV6_HOP_BY_HOP_MISPLACED,
                    kUnknownNextHeader, fragment_header, output);
    return Packet();
  }
  if (fragment.offset == 0 && !fragment.more) {  // RFC 6946 §4
    Packet whole = pool.Make(fragment_header + fragment.size);
    uint8_t* out = whole.mutable_bytes().data();
    StoreHeaders(bytes, fragment_header, fragment.size, out);
    std::memcpy(out + fragment_header, bytes.data() + data, fragment.size);
    return whole;
  }
  if (Refuse(fragment, output)) return Packet();
  const ip::PendingPacket* complete = store_.Add(now, key, std::move(fragment), output);
  if (complete == nullptr) return Packet();
  Packet whole = Assemble(*complete, pool);
  if (!whole) store_.DropFragments(*complete, DropReason::IPV6_FRAGMENT_TOO_LARGE, output);
  store_.Finish(complete);
  return whole;
}

void Reassembler::Advance(Time now, ReassemblyOutput& output) { store_.Advance(now, output); }

}  // namespace dualsim::ipv6
