#include "stack/ndp/opaque_interface_identifier.h"

#include <gtest/gtest.h>

#include <set>

namespace dualsim::ndp {
namespace {

constexpr SipHashKey kKey{0x0123456789abcdef, 0xfedcba9876543210};
using Input = OpaqueInterfaceIdentifierInput;

const Input kInput{.prefix = *Ipv6Prefix::Parse("2001:db8:1::/64"),
                   .net_iface = InterfaceId{1},
                   .network_id = "lab",
                   .dad_counter = 2};

uint64_t Value(const Input& input, const SipHashKey& key = kKey) {
  return MakeOpaqueInterfaceIdentifier(key, input).value;
}

TEST(OpaqueInterfaceIdentifier, IsStable) {
  EXPECT_EQ(Value(kInput), Value(kInput));
  EXPECT_EQ(MakeOpaqueInterfaceIdentifier(kKey, kInput).dad_counter, 2u);
}

TEST(OpaqueInterfaceIdentifier, DependsOnEveryInput) {  // RFC 7217 §5
  Input prefix = kInput, length = kInput, interface = kInput, network = kInput, counter = kInput;
  prefix.prefix = *Ipv6Prefix::Parse("2001:db8:2::/64");
  length.prefix = *Ipv6Prefix::Parse("2001:db8:1::/63");
  interface.net_iface = InterfaceId{2};
  network.network_id = "lac";
  counter.dad_counter = 3;
  const std::set<uint64_t> values = {Value(kInput),
                                     Value(prefix),
                                     Value(length),
                                     Value(interface),
                                     Value(network),
                                     Value(counter),
                                     Value(kInput, {kKey.k0, kKey.k1 + 1})};
  EXPECT_EQ(values.size(), 7u);
}

TEST(OpaqueInterfaceIdentifier, TheUniversalAndGroupBitsAreRandomToo) {  // RFC 7136 §5
  Input input = kInput;
  std::set<uint64_t> bits;
  for (input.dad_counter = 0; input.dad_counter < 64; ++input.dad_counter) {
    bits.insert(Value(input) >> 56 & 3);
  }
  EXPECT_EQ(bits.size(), 4u);
}

}  // namespace
}  // namespace dualsim::ndp
