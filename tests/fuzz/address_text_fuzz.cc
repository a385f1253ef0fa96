// Addresses as text: what parses is written and read back to the same, and IPv6
// addresses are those that the C library takes.

#include <arpa/inet.h>

#include <cstring>
#include <string>
#include <string_view>

#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "tests/fuzz/require.h"

namespace {

using dualsim::testing::Require;

template <typename Value>
void CheckText(std::string_view text) {
  const auto value = Value::Parse(text);
  if (value) Require(Value::Parse(value->ToString()) == value, "text is read back to the same");
}

void CheckAgainstLibrary(const std::string& text) {
  if (text.find('\0') != std::string::npos) return;
  uint8_t bytes[16];
  const bool good = inet_pton(AF_INET6, text.c_str(), bytes) == 1;
  const auto address = dualsim::Ipv6Address::Parse(text);
  Require(address.has_value() == good, "inet_pton agrees on what is an address");
  if (good) Require(std::memcmp(bytes, address->bytes().data(), 16) == 0, "and on which");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  CheckAgainstLibrary(text);
  CheckText<dualsim::Ipv6Address>(text);
  CheckText<dualsim::Ipv6Prefix>(text);
  CheckText<dualsim::Ipv6Cidr>(text);
  CheckText<dualsim::MacAddress>(text);
  return 0;
}
