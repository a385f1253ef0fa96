#pragma once

#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/ip/fragment_store.h"
#include "stack/wire/ipv4.h"

namespace dualsim::ipv4 {

using ReassemblyOutput = ip::FragmentStoreOutput;

// Puts IPv4 fragments together, RFC 791 §3.2 and RFC 1122 §3.3.2, with the limits
// and rules of ip::FragmentStore. The time allowed ends 30 s after the first to
// arrive. A pure state machine.
class Reassembler {
 public:
  // RFC 791 §3.2 says 15 s and RFC 1122 60 to 120; 30 is what hosts have come to.
  static constexpr Duration kTimeout = Seconds(30);

  explicit Reassembler(const ip::ReassemblyLimits& limits = {});

  // One fragment: `packet` begins with its IPv4 header, `header`, which was
  // checked, and holds no more than its Total Length. Returns the whole packet
  // where this completes it; else an empty handle.
  Packet Add(Time now, const wire::Ipv4Header& header, Packet packet,
             const ip::FragmentArrival& arrival, PacketPool& pool, ReassemblyOutput& output);

  Time deadline() const { return store_.deadline(); }
  void Advance(Time now, ReassemblyOutput& output);
  void Clear() { store_.Clear(); }

 private:
  ip::FragmentStore store_;
};

}  // namespace dualsim::ipv4
