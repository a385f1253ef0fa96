#pragma once

#include <cstddef>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/ip/fragment_store.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/icmpv6.h"

namespace dualsim::ipv6 {

// Where a Reassembler says what went wrong, as to ip::FragmentStore's output.
class ReassemblyOutput : public ip::FragmentStoreOutput {
 public:
  // An error that RFC 8200 §4.5 asks for, subject to RFC 4443 §2.4 still.
  // `arrival`: as told to Add() of the packet that is quoted.
  virtual void SendError(const wire::Icmpv6Error& error, const ip::FragmentArrival& arrival) = 0;

 private:
  void OnReassemblyTimeout(ByteView first_fragment, const ip::FragmentArrival& arrival) final;
};

// Puts fragments together, RFC 8200 §4.5. A pure state machine.
//
// - Limits, overlaps (RFC 5722 §4) and duplicates: as ip::FragmentStore says.
// - A first fragment without the whole header chain is dropped (RFC 7112 §5), and one
//   that names Hop-by-Hop Options, which only the IPv6 header may (RFC 8200 §4).
// - A fragment that is a packet by itself never meets others (RFC 6946 §4).
// - The time allowed ends 60 s after the first to arrive: what comes at that very
//   nanosecond is too late.
class Reassembler {
 public:
  static constexpr Duration kTimeout = Seconds(60);
  // RFC 8200 §5 promises 1,500 bytes, which in fragments of 8 are 183.
  static constexpr ip::ReassemblyLimits kLimits{.fragments_per_packet = 192};

  explicit Reassembler(const ip::ReassemblyLimits& limits = kLimits);

  // One fragment: `packet` begins with its IPv6 header, which was checked, and
  // has its Fragment header at `fragment_header`; the headers before it were
  // processed. Returns the whole packet where this completes it, without
  // Fragment header; else an empty handle.
  Packet Add(Time now, Packet packet, size_t fragment_header, const ip::FragmentArrival& arrival,
             PacketPool& pool, ReassemblyOutput& output);

  Time deadline() const { return store_.deadline(); }
  void Advance(Time now, ReassemblyOutput& output);

  // Forgets everything without a word.
  void Clear() { store_.Clear(); }

 private:
  ip::FragmentStore store_;
};

}  // namespace dualsim::ipv6
