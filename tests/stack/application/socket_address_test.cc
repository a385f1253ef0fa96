#include "stack/application/socket_address.h"

#include <gtest/gtest.h>

namespace dualsim::application {
namespace {

std::string Again(std::string_view text, std::optional<Port> port = std::nullopt) {
  const auto address = SocketAddress::Parse(text, port);
  return address ? address->ToString() : "none";
}

TEST(SocketAddress, ReadsWhatItWrites) {
  EXPECT_EQ(Again("192.0.2.1:80"), "192.0.2.1:80");
  EXPECT_EQ(Again("[2001:db8::1]:8080"), "[2001:db8::1]:8080");
}

TEST(SocketAddress, TakesADefaultPortWhereOneIsGiven) {
  EXPECT_EQ(Again("192.0.2.1", Port{7}), "192.0.2.1:7");
  EXPECT_EQ(Again("2001:db8::1", Port{7}), "[2001:db8::1]:7");
  EXPECT_EQ(Again("[2001:db8::1]", Port{7}), "[2001:db8::1]:7");
  EXPECT_EQ(Again("192.0.2.1"), "none");
}

TEST(SocketAddress, RefusesWhatIsNone) {
  for (const char* text : {"", ":80", "1.2.3:80", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536",
                           "[1.2.3.4]:80", "[::1", "[::1]80", "[::1]:", "2001:db8::1:80 "}) {
    EXPECT_EQ(Again(text), "none") << text;
  }
}

}  // namespace
}  // namespace dualsim::application
