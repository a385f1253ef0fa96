// ICMPv6: the checksum, echoes and errors. 32 bytes of addresses, then a message.

#include <vector>

#include "stack/wire/icmpv6.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/store.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace wire = dualsim::wire;
  using dualsim::testing::Require;
  using dualsim::testing::RequireRoundTrip;
  if (size < 32) return 0;
  const auto source = dualsim::Ipv6Address::Load(data);
  const auto destination = dualsim::Ipv6Address::Load(data + 16);
  const dualsim::ByteView message(data + 32, size - 32);
  std::vector<uint8_t> checked(message.begin(), message.end());
  if (checked.size() >= wire::Icmpv6Header::kSize) {
    wire::StoreIcmpv6Checksum(checked, source, destination);
    Require(wire::Icmpv6Header::Parse(checked, source, destination).ok(),
            "a checksum that was stored is right");
  }
  (void)wire::Icmpv6Header::Parse(message, source, destination);
  RequireRoundTrip<wire::EchoMessage>(message, wire::EchoMessage::Parse);
  RequireRoundTrip<wire::Icmpv6Error>(message, wire::Icmpv6Error::Parse);
  return 0;
}
