#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ip_address.h"

namespace dualsim::ip {

// What peers may make a node hold. Where a packet, or the bytes of a fragment,
// would be too many, the source that holds most gives up the packet of its that
// waits longest: who floods crowds out nobody else. Of sources that hold the
// same the one whose packet waits longest does. A packet of too many fragments
// is given up itself.
struct ReassemblyLimits {
  size_t packets = 16;
  size_t bytes = 256 * 1024;
  size_t fragments_per_packet = 64;  // 65,535 bytes in fragments of 1,280 are 54.
};

// What the fragments of one packet have in common.
struct FragmentedPacket {
  IpAddress source;
  IpAddress destination;
  uint32_t identification = 0;
  uint8_t protocol = 0;  // IPv4's; 0 in IPv6.
  uint16_t zone = 0;     // Of addresses that mean something on their link alone, RFC 4007 §6.
  friend bool operator==(const FragmentedPacket&, const FragmentedPacket&) = default;
};

// How a fragment came to the node.
struct FragmentArrival {
  InterfaceId interface {};
  bool link_layer_group = false;
};

struct Fragment {
  uint32_t offset;  // Of `data` in what was split.
  uint32_t size;    // Of its data.
  uint32_t data;    // Where that begins in the packet.
  bool more;
  Packet packet;
  FragmentArrival arrival;

  uint32_t end() const { return offset + size; }
  ByteView bytes() const { return packet.bytes().subspan(data, size); }
  bool SameAs(const Fragment& other) const;
};

// A packet whose fragments are being collected.
struct PendingPacket {
  FragmentedPacket key;
  std::optional<DropReason> abandoned;  // Then there are no fragments.
  Time deadline;
  std::vector<Fragment> fragments;  // In order of offset; none overlap.
  size_t bytes = 0;                 // Of their data.
  std::optional<uint32_t> total;    // Once the last one is here.

  bool complete() const { return total == bytes; }
};

// Under which names a family drops fragments, and for how long it waits.
struct ReassemblyRules {
  Duration timeout;
  DropReason overlap{};
  DropReason duplicate{};
  DropReason limit{};
  DropReason timed_out{};
};

// Where a store says what went wrong. Called during its methods; must not call it back.
class FragmentStoreOutput {
 public:
  virtual ~FragmentStoreOutput() = default;
  virtual void DropFragment(DropReason reason, ByteView packet, InterfaceId interface) = 0;
  // The packet's time is over and its first fragment, which was dropped with the others,
  // is here to be quoted: a Time Exceeded is due, where one may be sent (RFC 1122 §3.3.2,
  // RFC 8200 §4.5). `arrival`: as told of that fragment.
  virtual void OnReassemblyTimeout(ByteView first_fragment, const FragmentArrival& arrival) = 0;
};

// Collects the fragments of packets, of either family. A pure state machine.
//
// - Overlapping fragments give the packet up, with all of its fragments that are
//   still to come (RFC 5722 §4, which does IPv4 good too); an exact duplicate is
//   dropped alone.
// - The time allowed begins with the first to arrive: what comes at the very
//   nanosecond of its end is too late.
class FragmentStore {
 public:
  FragmentStore(const ReassemblyRules& rules, const ReassemblyLimits& limits)
      : rules_(rules), limits_(limits) {}

  // Takes a fragment that is not a whole packet and right by itself. Points to
  // the packet where this completes it; Finish() is to follow.
  const PendingPacket* Add(Time now, const FragmentedPacket& key, Fragment fragment,
                           FragmentStoreOutput& output);
  // Forgets what Add() returned.
  void Finish(const PendingPacket* packet);
  void DropFragments(const PendingPacket& packet, DropReason reason, FragmentStoreOutput& output);

  Time deadline() const { return pending_.empty() ? Time::Never() : pending_.front().deadline; }
  void Advance(Time now, FragmentStoreOutput& output);

  // Forgets everything without a word.
  void Clear();

 private:
  size_t FindOrAdd(Time now, const FragmentedPacket& key, FragmentStoreOutput& output);
  // False where the fragment, and perhaps its packet, was dropped.
  bool Insert(size_t index, Fragment fragment, FragmentStoreOutput& output);
  // Gives packets up until `bytes` more fit; false where that took pending_[index].
  bool MakeRoom(size_t index, size_t bytes, FragmentStoreOutput& output);
  // Whom to give up where `source` wants one packet more, or `more` bytes for one
  // that is here: the oldest of the source that would hold most.
  size_t FindVictim(const IpAddress& source, size_t more, std::optional<size_t> for_bytes_of) const;
  // Drops the fragments, and from now on those that follow.
  void Abandon(PendingPacket& pending, DropReason reason, FragmentStoreOutput& output);
  void Remove(size_t index);

  ReassemblyRules rules_;
  ReassemblyLimits limits_;
  size_t bytes_ = 0;
  std::vector<PendingPacket> pending_;  // In order of arrival, and so of deadline.
};

}  // namespace dualsim::ip
