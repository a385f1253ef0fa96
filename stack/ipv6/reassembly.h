#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::ipv6 {

// What a peer may make a node hold. Where a packet, or the bytes of a fragment,
// would be too many, the packet that waits longest is given up; a packet of too
// many fragments is given up itself.
struct ReassemblyLimits {
  size_t packets = 16;
  size_t bytes = 256 * 1024;
  size_t fragments_per_packet = 64;  // 65,535 bytes in fragments of 1,280 are 54.
};

// Where a Reassembler says what went wrong. Called during its methods; must not
// call it back.
class ReassemblyOutput {
 public:
  virtual ~ReassemblyOutput() = default;
  virtual void DropFragment(DropReason reason, ByteView packet) = 0;
  // An error that RFC 8200 §4.5 asks for, subject to RFC 4443 §2.4 still.
  // `link_layer_group`: as told to Add() of the packet that is quoted.
  virtual void SendError(const wire::Icmpv6Error& error, bool link_layer_group) = 0;
};

// Puts fragments together, RFC 8200 §4.5. A pure state machine.
//
// - Overlapping fragments give the packet up, with all of its fragments that are
//   still to come (RFC 5722 §4); an exact duplicate is dropped alone.
// - A first fragment without the whole header chain is dropped (RFC 7112 §5).
// - A fragment that is a packet by itself never meets others (RFC 6946 §4).
// - The time allowed ends 60 s after the first to arrive: what comes at that very
//   nanosecond is too late.
class Reassembler {
 public:
  static constexpr Duration kTimeout = Seconds(60);

  explicit Reassembler(const ReassemblyLimits& limits = {}) : limits_(limits) {}

  // One fragment: `packet` begins with its IPv6 header, which was checked, and
  // has its Fragment header at `fragment_header`; the headers before it were
  // processed. Returns the whole packet where this completes it, without
  // Fragment header; else an empty handle.
  Packet Add(Time now, Packet packet, size_t fragment_header, bool link_layer_group,
             PacketPool& pool, ReassemblyOutput& output);

  Time deadline() const { return pending_.empty() ? Time::Never() : pending_.front().deadline; }
  void Advance(Time now, ReassemblyOutput& output);

  // Forgets everything without a word.
  void Clear();

 private:
  struct Fragment {
    uint32_t offset;  // Of `data` in the Fragmentable Part.
    uint32_t size;    // Of its data.
    uint32_t data;    // Where that begins in the packet.
    bool more;
    Packet packet;

    uint32_t end() const { return offset + size; }
    // The bytes of the headers before the Fragment header.
    size_t headers() const { return data - wire::FragmentHeader::kSize; }
    ByteView bytes() const { return packet.bytes().subspan(data, size); }
    bool SameAs(const Fragment& other) const;
  };
  struct Pending {
    Ipv6Address source;
    Ipv6Address destination;
    uint32_t identification = 0;
    bool link_layer_group = false;        // Of the first fragment.
    std::optional<DropReason> abandoned;  // Then there are no fragments.
    Time deadline;
    std::vector<Fragment> fragments;  // In order of offset; none overlap.
    size_t bytes = 0;                 // Of their data.
    std::optional<uint32_t> total;    // Once the last one is here.
  };

  // Drops a fragment that is wrong by itself, with the error that is due.
  bool Refuse(const Fragment& fragment, bool link_layer_group, ReassemblyOutput& output);
  size_t FindOrAdd(Time now, ByteView packet, uint32_t identification, ReassemblyOutput& output);
  // False where the fragment, and perhaps its packet, was dropped.
  bool Insert(size_t index, Fragment fragment, bool link_layer_group, ReassemblyOutput& output);
  // Gives up the oldest until `bytes` more fit; false where that took pending_[index].
  bool MakeRoom(size_t index, size_t bytes, ReassemblyOutput& output);
  // Requires every fragment of the packet.
  Packet Assemble(const Pending& pending, PacketPool& pool, ReassemblyOutput& output);
  void DropFragments(const Pending& pending, DropReason reason, ReassemblyOutput& output);
  // Drops the fragments, and from now on those that follow.
  void Abandon(Pending& pending, DropReason reason, ReassemblyOutput& output);
  void Remove(size_t index);

  ReassemblyLimits limits_;
  size_t bytes_ = 0;
  std::vector<Pending> pending_;  // In order of arrival, and so of deadline.
};

}  // namespace dualsim::ipv6
