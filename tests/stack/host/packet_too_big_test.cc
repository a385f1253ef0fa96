// Which Packet Too Big messages a stack believes: RFC 8201 §4, RFC 4443 §5.2.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "tests/stack/host/test_link.h"

namespace dualsim::host {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }

class Program : public udp::DatagramHandler {
 public:
  void OnDatagram(Time, const udp::ReceivedDatagram&) override {}
  void OnDatagramError(Time, const udp::DatagramError&) override { ++errors; }
  int errors = 0;
};

// Two hosts of one link; b stands for the router that complains, too.
class PacketTooBigTest : public testing::Test {
 protected:
  PacketTooBigTest() {
    a_.stack.Boot(At(0));
    b_.stack.Boot(At(0));
    link_.RunUntil(At(3));
    Ping(56);  // Who has the address is known from here on.
  }

  static StackConfig Host(const std::string& name, uint8_t number) {
    InterfaceConfig interface;
    interface.name = "eth0";
    interface.mac = MacAddress({2, 0, 0, 0, 0, number});
    StackConfig config;
    config.name = name;
    config.interfaces.push_back(interface);
    return config;
  }
  static Ipv6Address LinkLocal(uint8_t number) {
    return Ipv6Address::FromIntegers(0xfe80ull << 48, 0x0000'00ff'fe00'0000ull | number);
  }

  void Ping(size_t size) {
    link_.ForgetSeen();
    a_.stack.SendEchoRequest(link_.now(), {.destination = LinkLocal(2), .data_size = size});
    link_.RunUntil(link_.now() + Milliseconds(10));
  }
  void Send(Port from, size_t size) {
    link_.ForgetSeen();
    const Bytes data(size);
    a_.stack.SendUdp(link_.now(), {.source_port = from,
                                   .destination = LinkLocal(2),
                                   .destination_port = Port{9},
                                   .data = data});
    link_.RunUntil(link_.now() + Milliseconds(10));
  }
  // The first packet of a's that was seen.
  Bytes Sent() const {
    for (const auto& seen : link_.seen()) {
      if (seen.frame[11] == 1) return Bytes(seen.frame.begin() + 14, seen.frame.end());
    }
    return {};
  }
  // How large the packets are that a sends to b, at most.
  size_t Largest() {
    Ping(1400);
    size_t largest = 0;
    for (const auto& seen : link_.seen()) {
      if (seen.frame[11] == 1) largest = std::max(largest, seen.frame.size() - 14);
    }
    return largest;
  }
  void Complain(const Bytes& about, uint32_t mtu) {
    const wire::Icmpv6Error error{
        .type = wire::Icmpv6Type::kPacketTooBig,
        .parameter = mtu,
        .invoking = ByteView(about).first(std::min(about.size(), size_t{1280 - 40 - 8}))};
    Bytes frame(14 + 40 + error.size());
    wire::EthernetHeader{.destination = MacAddress({2, 0, 0, 0, 0, 1}),
                         .source = MacAddress({2, 0, 0, 0, 0, 2}),
                         .type = wire::EtherType::kIpv6}
        .Store(frame.data());
    wire::Ipv6Header{.payload_length = static_cast<uint16_t>(error.size()),
                     .next_header = wire::NextHeader::kIcmpv6,
                     .hop_limit = 64,
                     .source = LinkLocal(2),
                     .destination = LinkLocal(1)}
        .Store(frame.data() + 14);
    error.Store(frame.data() + 54);
    wire::StoreIcmpv6Checksum(MutableByteView(frame).subspan(54), LinkLocal(2), LinkLocal(1));
    link_.Inject(frame);
    link_.RunUntil(link_.now() + Milliseconds(10));
  }

  TestLink link_;
  TestLink::Station& a_ = link_.Add(Host("a", 1));
  TestLink::Station& b_ = link_.Add(Host("b", 2));
};

TEST_F(PacketTooBigTest, IsBelievedAboutAPacketThatWasSentAndIsTooLarge) {
  Ping(1400);
  Complain(Sent(), 1300);
  EXPECT_LE(Largest(), 1300u);
}

TEST_F(PacketTooBigTest, IsNotBelievedWhereThePacketFits) {
  Ping(1200);
  Complain(Sent(), 1280);
  EXPECT_TRUE(a_.Dropped(DropReason::ICMPV6_ERROR_UNMATCHED));
  EXPECT_EQ(Largest(), 1448u);
}

TEST_F(PacketTooBigTest, IsNotBelievedAboutALargerPacketThanAny) {
  Ping(1300);
  Bytes made_up = Sent();
  StoreBig16(made_up.data() + 4, 1400);
  Complain(made_up, 1360);
  EXPECT_TRUE(a_.Dropped(DropReason::ICMPV6_ERROR_UNMATCHED));
  EXPECT_EQ(Largest(), 1448u);
}

TEST_F(PacketTooBigTest, TellsNoMtuBelowTheMinimum) {
  Ping(1400);
  Complain(Sent(), 1279);
  EXPECT_TRUE(a_.Dropped(DropReason::ICMPV6_ERROR_UNMATCHED));
  EXPECT_EQ(Largest(), 1448u);
}

TEST_F(PacketTooBigTest, OfADatagramIsForThePortThatSentIt) {
  Program program;
  const std::optional<Port> port = a_.stack.ListenUdpOnEphemeral(program);
  ASSERT_TRUE(port.has_value());
  Send(*port, 1400);
  const Bytes sent = Sent();
  const int before = program.errors;  // Port Unreachable.
  Complain(sent, 1300);
  EXPECT_EQ(program.errors, before + 1);
  EXPECT_LE(Largest(), 1300u);
}

TEST_F(PacketTooBigTest, OfADatagramOfAPortThatNobodyHasIsNotBelieved) {
  Program program;
  const std::optional<Port> port = a_.stack.ListenUdpOnEphemeral(program);
  ASSERT_TRUE(port.has_value());
  Send(*port, 1400);
  const Bytes sent = Sent();
  a_.stack.UnlistenUdp(*port);
  Complain(sent, 1300);
  EXPECT_TRUE(a_.Dropped(DropReason::ICMPV6_ERROR_UNMATCHED));
  EXPECT_EQ(Largest(), 1448u);
}

TEST_F(PacketTooBigTest, OfASegmentOfNoConnectionIsNotBelieved) {
  Ping(1400);
  Bytes made_up = Sent();
  made_up[6] = static_cast<uint8_t>(wire::NextHeader::kTcp);
  Complain(made_up, 1300);
  EXPECT_TRUE(a_.Dropped(DropReason::ICMPV6_ERROR_UNMATCHED));
  EXPECT_EQ(Largest(), 1448u);
}

}  // namespace
}  // namespace dualsim::host
