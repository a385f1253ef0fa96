// DHCP messages.

#include <algorithm>

#include "stack/wire/dhcp.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::testing::Require;
  using dualsim::wire::DhcpMessage;
  const auto message = DhcpMessage::Parse({data, size});
  if (!message) return 0;
  const auto bytes = message->Encode();
  const auto again = DhcpMessage::Parse(bytes);
  Require(again.ok(), "what a message encodes parses");
  Require(std::ranges::equal(again->Encode(), bytes), "and encodes the same again");
  return 0;
}
