// DNS messages and the text of names.

#include <algorithm>
#include <string_view>

#include "stack/wire/dns.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::testing::Require;
  using dualsim::wire::DnsMessage;
  using dualsim::wire::DnsName;
  const auto message = DnsMessage::Parse({data, size});
  if (message) {
    const auto bytes = message->Encode();
    const auto again = DnsMessage::Parse(bytes);
    Require(again.ok(), "what a message encodes parses");
    Require(std::ranges::equal(again->Encode(), bytes), "and encodes the same again");
    const auto small = message->Encode(DnsMessage::kMaximumUdpSize * 16);
    Require(DnsMessage::Parse(small).ok(), "a truncated message parses");
  }
  const auto name = DnsName::Parse({reinterpret_cast<const char*>(data), size});
  if (name) Require(DnsName::Parse(name->ToString()) == *name, "a name's text is the name's");
  return 0;
}
