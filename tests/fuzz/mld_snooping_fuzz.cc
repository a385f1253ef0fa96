// A switch that snoops on listener discovery. The input is a sequence of messages,
// each behind four bytes: by which port it comes in, how many seconds after the one
// before, and its length.

#include <algorithm>
#include <vector>

#include "sim/net/mld_snooping.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/mac_address.h"
#include "tests/fuzz/require.h"

namespace {

using namespace dualsim;  // NOLINT: a program's own file.

std::vector<uint8_t> MakeFrame(ByteView message) {
  constexpr size_t kBefore = wire::EthernetHeader::kSize + wire::Ipv6Header::kSize;
  const Ipv6Address source = *Ipv6Address::Parse("fe80::1");
  const Ipv6Address destination = Ipv6Address::AllMldv2Routers();
  std::vector<uint8_t> frame(kBefore + wire::kRouterAlertHeaderSize);
  frame.insert(frame.end(), message.begin(), message.end());
  wire::EthernetHeader{MacAddress::ForGroup(destination), MacAddress::FromInteger(0x020000000001),
                       wire::EtherType::kIpv6}
      .Store(frame.data());
  wire::Ipv6Header header;
  header.payload_length = static_cast<uint16_t>(wire::kRouterAlertHeaderSize + message.size());
  header.next_header = wire::NextHeader::kHopByHop;
  header.hop_limit = 1;
  header.source = source;
  header.destination = destination;
  header.Store(frame.data() + wire::EthernetHeader::kSize);
  wire::StoreRouterAlertHeader(frame.data() + kBefore);
  if (message.size() >= 4) {
    wire::StoreIcmpv6Checksum(
        MutableByteView(frame).subspan(kBefore + wire::kRouterAlertHeaderSize), source,
        destination);
  }
  return frame;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::sim::MldSnooping;
  constexpr size_t kHeader = 4;
  MldSnooping snooping;
  Time now;
  ByteView rest(data, size);
  while (rest.size() >= kHeader) {
    const MldSnooping::Port port = rest[0];
    now = now + Seconds(rest[1]);
    const size_t length = std::min<size_t>(LoadBig16(rest.data() + 2), rest.size() - kHeader);
    const std::vector<uint8_t> frame = MakeFrame(rest.subspan(kHeader, length));
    rest = rest.subspan(kHeader + length);
    const MldSnooping::Decision decision =
        snooping.OnFrame(now, port, MacAddress::Load(frame.data()).ToInteger(), frame);
    for (MldSnooping::Port to = 0; to < 4; ++to) snooping.Admits(now, decision, to);
    testing::Require(snooping.group_count() <= MldSnooping::kMaximumGroups, "groups are bounded");
    testing::Require(snooping.listener_count() <= MldSnooping::kMaximumListeners,
                     "listeners are bounded");
  }
  return 0;
}
