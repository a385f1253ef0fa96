#include "sim/filter/packet_filter.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dualsim::sim {
namespace {

// A neighbour solicitation's first bytes: Ethernet, IPv6 from ::, ICMPv6 type 135.
std::vector<uint8_t> Solicitation() {
  std::vector<uint8_t> frame(14 + 40 + 24);
  frame[0] = 0x33;
  frame[1] = 0x33;
  frame[6] = 0x02;
  frame[12] = 0x86;
  frame[13] = 0xdd;
  frame[14] = 0x60;
  frame[19] = 24;
  frame[20] = 58;
  frame[21] = 255;
  frame[54] = 135;
  return frame;
}

bool Matches(const std::string& text, const std::vector<uint8_t>& frame) {
  PacketFilter filter;
  EXPECT_EQ(PacketFilter::Compile(text, &filter), "") << text;
  return filter.Matches(frame);
}

TEST(PacketFilter, MatchesAsLibpcapDoes) {
  EXPECT_TRUE(Matches("icmp6 and ip6[40] == 135 and src host ::", Solicitation()));
  EXPECT_TRUE(Matches("ether src 02:00:00:00:00:00", Solicitation()));
  EXPECT_FALSE(Matches("icmp6 and ip6[40] == 136", Solicitation()));
  EXPECT_FALSE(Matches("udp", Solicitation()));
}

TEST(PacketFilter, NothingMatchesEveryFrame) {
  EXPECT_TRUE(Matches("", Solicitation()));
  EXPECT_TRUE(PacketFilter().Matches(Solicitation()));
}

TEST(PacketFilter, AFrameThatIsTooShortIsNoMatchAndNoHarm) {
  EXPECT_FALSE(Matches("icmp6 and ip6[40] == 135", {}));
  EXPECT_FALSE(Matches("icmp6 and ip6[40] == 135", {1, 2, 3}));
}

TEST(PacketFilter, ABadFilterIsRefusedInLibpcapsWords) {
  EXPECT_NE(PacketFilter::Compile("icmp6 and", nullptr).find("syntax error"), std::string::npos);
  EXPECT_NE(PacketFilter::Compile("ip6[", nullptr), "");
  EXPECT_NE(PacketFilter::Compile(std::string("ip6\0", 4), nullptr), "");
  EXPECT_NE(PacketFilter::Compile(std::string(10'000, '('), nullptr), "");
}

TEST(PacketFilter, NamesAreNotLookedUp) {
  EXPECT_NE(PacketFilter::Compile("host localhost", nullptr).find("names are not looked up"),
            std::string::npos);
  EXPECT_NE(PacketFilter::Compile("port http", nullptr), "");
}

TEST(PacketFilter, AMisspelledWordGetsANearOne) {
  EXPECT_NE(PacketFilter::Compile("icpm6", nullptr).find("did you mean 'icmp6'?"),
            std::string::npos);
}

TEST(PacketFilter, AddressesNumbersAndOperatorsAreNoForeignWords) {
  for (const char* text :
       {"dst host ff02::1", "ether host 02:00:00:00:00:0a", "ip6[6:1] == 0x3a", "len <= 100",
        "icmp6[icmp6type] == icmp6-neighborsolicit", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
        "net 2001:db8::/32", "less 100 || !(udp && port 53)", "ip6[4:2]-8 > 16",
        "host 10.0.0.1 and portrange 1-1024"}) {
    EXPECT_EQ(PacketFilter::Compile(text, nullptr), "") << text;
  }
}

}  // namespace
}  // namespace dualsim::sim
