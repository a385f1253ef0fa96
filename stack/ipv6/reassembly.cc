#include "stack/ipv6/reassembly.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/ipv6/header_walk.h"
#include "stack/wire/ipv6.h"

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
constexpr uint8_t kErroneousHeaderField = 0;    // Codes of Parameter Problem, RFC 4443 §3.4,
constexpr uint8_t kIncompleteHeaderChain = 3;   // RFC 7112 §5;
constexpr uint8_t kReassemblyTimeExceeded = 1;  // of Time Exceeded, RFC 4443 §3.3.
constexpr uint8_t kEcnMask = 0x30;              // In the IPv6 header's second byte, RFC 3168 §5;
constexpr uint8_t kCongestionExperienced = 0x30;

// How much of an upper-layer header makes it whole, RFC 7112 §3.
size_t UpperLayerHeaderSize(NextHeader type) {
  switch (type) {
    case NextHeader::kTcp:
      return 20;
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
  return !walk.on_extension_header() &&
         first_fragment.size() - walk.offset() >= UpperLayerHeaderSize(walk.type());
}

// What the packet holds by its own word; bytes after that are the frame's.
ByteView WithoutPadding(ByteView packet) {
  const size_t size = Ipv6Header::kSize + LoadBig16(packet.data() + kPayloadLengthField);
  return packet.first(std::min(size, packet.size()));
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

}  // namespace

Packet Reassembler::Add(Time now, Packet packet, size_t fragment_header, bool link_layer_group,
                        PacketPool& pool, ReassemblyOutput& output) {
  Advance(now, output);
  const ByteView bytes = WithoutPadding(packet.bytes());
  const size_t data = fragment_header + FragmentHeader::kSize;
  if (data > bytes.size()) {
    output.DropFragment(DropReason::IPV6_EXTENSION_TRUNCATED, packet.bytes());
    return Packet();
  }
  const auto header = *FragmentHeader::Parse(bytes.subspan(fragment_header));
  Fragment fragment{.offset = header.offset,
                    .size = static_cast<uint32_t>(bytes.size() - data),
                    .data = static_cast<uint32_t>(data),
                    .more = header.more,
                    .packet = std::move(packet)};
  if (fragment.offset == 0 && !fragment.more) {  // RFC 6946 §4
    Packet whole = pool.Make(fragment_header + fragment.size);
    uint8_t* out = whole.mutable_bytes().data();
    StoreHeaders(bytes, fragment_header, fragment.size, out);
    std::memcpy(out + fragment_header, bytes.data() + data, fragment.size);
    return whole;
  }
  if (Refuse(fragment, link_layer_group, output)) return Packet();

  const size_t index = FindOrAdd(now, fragment.packet.bytes(), header.identification, output);
  if (!Insert(index, std::move(fragment), link_layer_group, output)) return Packet();
  if (pending_[index].total != pending_[index].bytes) return Packet();
  Packet whole = Assemble(pending_[index], pool, output);
  Remove(index);
  return whole;
}

bool Reassembler::Refuse(const Fragment& fragment, bool link_layer_group,
                         ReassemblyOutput& output) {
  const ByteView packet = fragment.packet.bytes();
  const auto refuse = [&](DropReason reason, uint8_t code, size_t pointer) {
    output.DropFragment(reason, packet);
    output.SendError({Icmpv6Type::kParameterProblem, code, static_cast<uint32_t>(pointer), packet},
                     link_layer_group);
    return true;
  };
  if (fragment.more && fragment.size % 8 != 0) {
    return refuse(DropReason::IPV6_FRAGMENT_LENGTH, kErroneousHeaderField, kPayloadLengthField);
  }
  if (fragment.headers() - Ipv6Header::kSize + fragment.end() > kLargestPayload) {
    return refuse(DropReason::IPV6_FRAGMENT_TOO_LARGE, kErroneousHeaderField,
                  fragment.headers() + kFragmentOffsetField);
  }
  if (fragment.offset == 0 && !HoldsHeaderChain(WithoutPadding(packet))) {
    return refuse(DropReason::IPV6_FRAGMENT_HEADERS_INCOMPLETE, kIncompleteHeaderChain, 0);
  }
  if (fragment.more && fragment.size == 0) {
    // It adds nothing and would fill the limit on fragments.
    output.DropFragment(DropReason::IPV6_FRAGMENT_LENGTH, packet);
    return true;
  }
  return false;
}

size_t Reassembler::FindOrAdd(Time now, ByteView packet, uint32_t identification,
                              ReassemblyOutput& output) {
  const auto source = Ipv6Address::Load(packet.data() + kSourceField);
  const auto destination = Ipv6Address::Load(packet.data() + kDestinationField);
  for (size_t i = 0; i < pending_.size(); ++i) {
    const Pending& pending = pending_[i];
    if (pending.identification == identification && pending.source == source &&
        pending.destination == destination) {
      return i;
    }
  }
  if (pending_.size() >= limits_.packets) {
    DropFragments(pending_.front(), DropReason::IPV6_REASSEMBLY_LIMIT, output);
    Remove(0);
  }
  Pending& added = pending_.emplace_back();
  added.source = source;
  added.destination = destination;
  added.identification = identification;
  added.deadline = now + kTimeout;
  return pending_.size() - 1;
}

bool Reassembler::Insert(size_t index, Fragment fragment, bool link_layer_group,
                         ReassemblyOutput& output) {
  Pending& pending = pending_[index];
  const ByteView packet = fragment.packet.bytes();
  if (pending.abandoned) {
    output.DropFragment(*pending.abandoned, packet);
    return false;
  }
  std::vector<Fragment>& fragments = pending.fragments;
  const auto at =
      std::lower_bound(fragments.begin(), fragments.end(), fragment,
                       [](const Fragment& a, const Fragment& b) { return a.offset < b.offset; });
  if (at != fragments.end() && at->SameAs(fragment)) {
    output.DropFragment(DropReason::IPV6_FRAGMENT_DUPLICATE, packet);
    return false;
  }
  const bool overlaps = (at != fragments.begin() && std::prev(at)->end() > fragment.offset) ||
                        (at != fragments.end() && at->offset < fragment.end());
  const bool past_the_end =
      (pending.total && fragment.end() > *pending.total) ||
      (!fragment.more && ((pending.total && fragment.end() != *pending.total) ||
                          (!fragments.empty() && fragments.back().end() > fragment.end())));
  if (overlaps || past_the_end || fragments.size() >= limits_.fragments_per_packet) {
    const bool contradicts = overlaps || past_the_end;
    Abandon(pending,
            contradicts ? DropReason::IPV6_FRAGMENT_OVERLAP : DropReason::IPV6_REASSEMBLY_LIMIT,
            output);
    output.DropFragment(*pending.abandoned, packet);
    return false;
  }
  if (!MakeRoom(index, fragment.size, output)) {
    output.DropFragment(*pending.abandoned, packet);
    return false;
  }
  if (fragment.offset == 0) pending.link_layer_group = link_layer_group;
  if (!fragment.more) pending.total = fragment.end();
  pending.bytes += fragment.size;
  bytes_ += fragment.size;
  fragments.insert(at, std::move(fragment));
  return true;
}

bool Reassembler::MakeRoom(size_t index, size_t bytes, ReassemblyOutput& output) {
  for (Pending& oldest : pending_) {
    if (bytes_ + bytes <= limits_.bytes) break;
    Abandon(oldest, oldest.abandoned.value_or(DropReason::IPV6_REASSEMBLY_LIMIT), output);
    if (&oldest == &pending_[index]) break;
  }
  return !pending_[index].abandoned;
}

Packet Reassembler::Assemble(const Pending& pending, PacketPool& pool, ReassemblyOutput& output) {
  const Fragment& first = pending.fragments.front();
  // The headers of another fragment were shorter, perhaps.
  if (first.headers() - Ipv6Header::kSize + *pending.total > kLargestPayload) {
    DropFragments(pending, DropReason::IPV6_FRAGMENT_TOO_LARGE, output);
    return Packet();
  }
  Packet whole = pool.Make(first.headers() + *pending.total);
  uint8_t* out = whole.mutable_bytes().data();
  StoreHeaders(WithoutPadding(first.packet.bytes()), first.headers(), *pending.total, out);
  for (const Fragment& fragment : pending.fragments) {
    const ByteView bytes = fragment.bytes();
    if (!bytes.empty()) {
      std::memcpy(out + first.headers() + fragment.offset, bytes.data(), bytes.size());
    }
    // A mark on one fragment is a mark on the packet, RFC 3168 §5.3.
    if ((fragment.packet.bytes()[1] & kEcnMask) == kCongestionExperienced) {
      out[1] |= kCongestionExperienced;
    }
  }
  return whole;
}

void Reassembler::Advance(Time now, ReassemblyOutput& output) {
  while (!pending_.empty() && pending_.front().deadline <= now) {
    const Pending& oldest = pending_.front();
    DropFragments(oldest, DropReason::IPV6_REASSEMBLY_TIMEOUT, output);
    if (!oldest.fragments.empty() && oldest.fragments.front().offset == 0) {
      output.SendError({Icmpv6Type::kTimeExceeded, kReassemblyTimeExceeded, 0,
                        oldest.fragments.front().packet.bytes()},
                       oldest.link_layer_group);
    }
    Remove(0);
  }
}

void Reassembler::DropFragments(const Pending& pending, DropReason reason,
                                ReassemblyOutput& output) {
  for (const Fragment& fragment : pending.fragments) {
    output.DropFragment(reason, fragment.packet.bytes());
  }
}

void Reassembler::Abandon(Pending& pending, DropReason reason, ReassemblyOutput& output) {
  DropFragments(pending, reason, output);
  pending.abandoned = reason;
  bytes_ -= std::exchange(pending.bytes, 0);
  pending.fragments = {};
}

void Reassembler::Remove(size_t index) {
  bytes_ -= pending_[index].bytes;
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
  if (pending_.empty()) pending_.shrink_to_fit();
}

void Reassembler::Clear() {
  pending_ = {};
  bytes_ = 0;
}

bool Reassembler::Fragment::SameAs(const Fragment& other) const {
  const ByteView mine = bytes();
  const ByteView theirs = other.bytes();
  return offset == other.offset && more == other.more &&
         std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end());
}

}  // namespace dualsim::ipv6
