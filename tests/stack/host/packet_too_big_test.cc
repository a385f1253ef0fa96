// Which Packet Too Big messages a stack believes: RFC 8201 §4, RFC 4443 §5.2.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

#include "stack/host/zone.h"
#include "stack/tcp/endpoint.h"
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

  void ExpectDisbelieved(DropReason reason) {
    EXPECT_TRUE(a_.Dropped(reason)) << DropReasonName(reason);
    EXPECT_EQ(Largest(), 1448u);
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
  ExpectDisbelieved(DropReason::ICMPV6_TOO_BIG_BUT_FITS);
}

TEST_F(PacketTooBigTest, IsNotBelievedAboutALargerPacketThanAny) {
  Ping(1300);
  Bytes made_up = Sent();
  StoreBig16(made_up.data() + 4, 1400);
  Complain(made_up, 1360);
  ExpectDisbelieved(DropReason::ICMPV6_ERROR_UNMATCHED);
}

TEST_F(PacketTooBigTest, TellsNoMtuBelowTheMinimum) {
  Ping(1400);
  Complain(Sent(), 1279);
  ExpectDisbelieved(DropReason::ICMPV6_MTU_BELOW_MINIMUM);
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
  ExpectDisbelieved(DropReason::ICMPV6_ERROR_UNMATCHED);
}

TEST_F(PacketTooBigTest, OfASegmentOfNoConnectionIsNotBelieved) {
  Ping(1400);
  Bytes made_up = Sent();
  made_up[6] = static_cast<uint8_t>(wire::NextHeader::kTcp);
  Complain(made_up, 1300);
  ExpectDisbelieved(DropReason::ICMPV6_ERROR_UNMATCHED);
}

TEST_F(PacketTooBigTest, OfASegmentIsForAConnectionThatHasItInFlight) {  // RFC 5927 §4.1
  b_.stack.tcp(link_.now())->Listen({.port = Port{80}});
  tcp::Endpoint& endpoint = *a_.stack.tcp(link_.now());
  const tcp::Flow flow{.local = LinkLocal(1),
                       .remote = LinkLocal(2),
                       .remote_port = Port{80},
                       .zone = ZoneOf(LinkLocal(2), InterfaceId{0})};
  const auto connection = std::get<tcp::ConnectionId>(endpoint.Connect(link_.now(), flow));
  link_.RunUntil(link_.now() + Milliseconds(100));
  link_.lose = [](ByteView) { return true; };
  link_.ForgetSeen();
  endpoint.Write(link_.now(), connection, Bytes(5000));
  link_.RunUntil(link_.now() + Milliseconds(1));
  const Bytes segment = Sent();
  ASSERT_EQ(segment.size(), 1500u);
  Bytes of_nothing_sent = segment;
  constexpr size_t kSequence = 40 + 4;
  const uint32_t sequence = LoadBig32(segment.data() + kSequence);
  StoreBig32(of_nothing_sent.data() + kSequence, sequence + 1'000'000);
  Complain(of_nothing_sent, 1300);
  ExpectDisbelieved(DropReason::ICMPV6_ERROR_UNMATCHED);
  Complain(segment, 1300);
  EXPECT_LE(Largest(), 1300u);
}

}  // namespace
}  // namespace dualsim::host
