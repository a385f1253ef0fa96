// The five messages of neighbour discovery. The first byte chooses the addresses
// and the hop limit, the message follows and is read as each of the five.

#include "stack/wire/ndp.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/store.h"

namespace {

namespace wire = dualsim::wire;
using dualsim::Ipv6Address;

wire::NdpContext ContextOf(uint8_t choice) {
  const Ipv6Address sources[] = {Ipv6Address::FromIntegers(0xfe80ull << 48, 1), Ipv6Address(),
                                 Ipv6Address::FromIntegers(0x20010db8ull << 32, 1),
                                 Ipv6Address::AllNodes()};
  const Ipv6Address destinations[] = {
      Ipv6Address::FromIntegers(0xfe80ull << 48, 2), Ipv6Address::AllNodes(),
      Ipv6Address::FromIntegers(0, 2).SolicitedNode(), Ipv6Address::AllRouters()};
  const bool forwarded = (choice & 0x10) != 0;
  return {sources[choice & 3], destinations[choice >> 2 & 3],
          static_cast<uint8_t>(forwarded ? 254 : 255)};
}

template <typename Message>
void Check(dualsim::ByteView message, const wire::NdpContext& context) {
  dualsim::testing::RequireRoundTrip<Message>(
      message, [&](dualsim::ByteView bytes) { return Message::Parse(bytes, context); });
  const auto parsed = Message::Parse(message, context);
  if (parsed) dualsim::testing::Require(context.hop_limit == 255, "none was forwarded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const wire::NdpContext context = ContextOf(data[0]);
  const dualsim::ByteView message(data + 1, size - 1);
  Check<wire::RouterSolicitation>(message, context);
  Check<wire::RouterAdvertisement>(message, context);
  Check<wire::NeighborSolicitation>(message, context);
  Check<wire::NeighborAdvertisement>(message, context);
  Check<wire::Redirect>(message, context);
  return 0;
}
