#include "stack/udp/udp_ports.h"

#include <gtest/gtest.h>

namespace dualsim::udp {
namespace {

class Program : public DatagramHandler {
  void OnDatagram(Time, const ReceivedDatagram&) override {}
};

TEST(UdpPorts, APortHasOneHolder) {
  UdpPorts ports;
  Program a;
  Program b;
  EXPECT_TRUE(ports.Listen(Port{53}, a));
  EXPECT_FALSE(ports.Listen(Port{53}, b));
  EXPECT_EQ(ports.Find(Port{53}), &a);
  EXPECT_EQ(ports.Find(Port{54}), nullptr);
}

TEST(UdpPorts, APortCanBeTakenAgainAtOnce) {
  UdpPorts ports;
  Program a;
  Program b;
  ASSERT_TRUE(ports.Listen(Port{53}, a));
  ports.Unlisten(Port{53});
  EXPECT_EQ(ports.Find(Port{53}), nullptr);
  EXPECT_TRUE(ports.Listen(Port{53}, b));
}

TEST(UdpPorts, EphemeralPortsAreInTheirRangeAndRunOut) {
  UdpPorts ports;
  Program a;
  RandomStream random(1, "a", "ports");
  for (int i = UdpPorts::kFirstEphemeral; i < 0x10000; ++i) {
    const auto port = ports.ListenOnEphemeral(a, random);
    ASSERT_TRUE(port.has_value());
    ASSERT_GE(Number(*port), UdpPorts::kFirstEphemeral);
  }
  EXPECT_EQ(ports.ListenOnEphemeral(a, random), std::nullopt);
}

}  // namespace
}  // namespace dualsim::udp
