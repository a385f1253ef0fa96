#include "stack/application/implementation.h"

#include <gtest/gtest.h>

namespace dualsim::application {
namespace {

std::string Broadcast(std::string_view address, int prefix_length) {
  const auto to = BroadcastOf(*IpAddress::Parse(address), prefix_length);
  return to ? to->ToString() : "none";
}

TEST(Implementation, KnowsTheBroadcastAddressOfAPrefix) {
  EXPECT_EQ(Broadcast("192.0.2.2", 24), "192.0.2.255");
  EXPECT_EQ(Broadcast("192.0.2.66", 26), "192.0.2.127");
  EXPECT_EQ(Broadcast("10.1.2.3", 8), "10.255.255.255");
  EXPECT_EQ(Broadcast("192.0.2.2", 30), "192.0.2.3");
}

TEST(Implementation, KnowsPrefixesWithoutOne) {
  EXPECT_EQ(Broadcast("192.0.2.2", 31), "none");
  EXPECT_EQ(Broadcast("192.0.2.2", 32), "none");
  EXPECT_EQ(Broadcast("192.0.2.2", 0), "none");
  EXPECT_EQ(Broadcast("2001:db8::2", 64), "none");
}

TEST(Implementation, SaysWhatIcmpMeans) {
  EXPECT_EQ(ErrorOfIcmp(IpFamily::kIpv4, 3, 3), Error::kRefused);
  EXPECT_EQ(ErrorOfIcmp(IpFamily::kIpv4, 3, 4), Error::kTooLarge);
  EXPECT_EQ(ErrorOfIcmp(IpFamily::kIpv4, 3, 1), Error::kUnreachable);
  EXPECT_EQ(ErrorOfIcmp(IpFamily::kIpv4, 11, 0), Error::kUnreachable);
  EXPECT_EQ(ErrorOfIcmp(IpFamily::kIpv6, 1, 4), Error::kRefused);
  EXPECT_EQ(ErrorOfIcmp(IpFamily::kIpv6, 2, 0), Error::kTooLarge);
  EXPECT_EQ(ErrorOfIcmp(IpFamily::kIpv6, 1, 3), Error::kUnreachable);
}

}  // namespace
}  // namespace dualsim::application
