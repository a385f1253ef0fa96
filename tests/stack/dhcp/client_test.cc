#include "stack/dhcp/client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stack/dhcp/server.h"

namespace dualsim::dhcp {
namespace {

using wire::DhcpMessage;
using wire::DhcpMessageType;

Ipv4Address A(const char* text) { return Ipv4Address::Parse(text).value(); }
const MacAddress kMac = MacAddress::Parse("02:00:00:00:00:0a").value();
const Ipv4Address kServer = A("192.0.2.1");

ServerConfig Pool(Duration lease_time = Seconds(1000)) {
  return {.subnets = {{.prefix = Ipv4Prefix(A("192.0.2.0"), 24),
                       .first = A("192.0.2.100"),
                       .last = A("192.0.2.101"),
                       .routers = {kServer},
                       .dns_servers = {A("192.0.2.53")},
                       .domain = "example.com",
                       .lease_time = lease_time}}};
}

// A client on a wire whose other end the test is.
class ClientTest : public ::testing::Test, protected ClientOutput {
 protected:
  struct Sent {
    Time at;
    Ipv4Address source;
    Ipv4Address destination;
    DhcpMessage message;
  };

  void SendDhcp(Time at, const Ipv4Address& source, const Ipv4Address& destination,
                const DhcpMessage& message) override {
    sent.push_back({at, source, destination, message});
  }
  void UseAddress(Time at, const Lease& lease) override {
    used = lease.address.address;
    if (probe_at_once) client.OnAddress(at, *used, AddressState::kPreferred);
  }
  void DropAddress(Time, const Ipv4Address&) override { used.reset(); }
  void OnLeaseState(Time, LeaseState state, const std::optional<Lease>&) override {
    states += std::string(states.empty() ? "" : " ") + std::string(LeaseStateName(state));
  }

  // Lets time pass until the client has sent once more.
  const Sent& Next() {
    const size_t before = sent.size();
    while (sent.size() == before) {
      EXPECT_FALSE(client.deadline().is_never());
      if (client.deadline().is_never()) break;
      now = client.deadline();
      client.Advance(now);
    }
    return sent.back();
  }
  void Answer(Server& server) {
    const auto reply = server.OnMessage(now, sent.back().message, kServer);
    if (reply) client.OnMessage(now, reply->message);
  }
  void Bind(Server& server) {
    client.Start(now);
    Next();
    Answer(server);
    Answer(server);
    ASSERT_EQ(client.state(), LeaseState::kBound);
  }

  Time now;
  std::vector<Sent> sent;
  std::string states;
  std::optional<Ipv4Address> used;
  bool probe_at_once = true;
  Client client{{.mac = kMac, .host_name = "unikernel"}, RandomStream(1, "host", "dhcp"), *this};
};

TEST_F(ClientTest, GoesFromInitToBound) {
  Server server(Pool());
  client.Start(now);
  const Sent discover = Next();
  EXPECT_LE(now, Time() + Client::kLongestStart);
  EXPECT_EQ(discover.message.type, DhcpMessageType::kDiscover);
  EXPECT_TRUE(discover.message.broadcast);
  EXPECT_TRUE(discover.source.is_unspecified());
  EXPECT_EQ(discover.message.host_name, "unikernel");
  EXPECT_EQ(discover.message.client_identifier,
            (std::vector<uint8_t>{255, 0, 0, 0, 1, 0, 3, 0, 1, 2, 0, 0, 0, 0, 10}));  // RFC 4361
  Answer(server);
  const Sent request = sent.back();
  EXPECT_EQ(request.message.type, DhcpMessageType::kRequest);
  EXPECT_EQ(request.message.xid, discover.message.xid);
  EXPECT_EQ(request.message.server, kServer);
  EXPECT_EQ(request.message.requested_address, A("192.0.2.100"));
  EXPECT_EQ(request.message.host_name, "unikernel");
  Answer(server);
  EXPECT_EQ(states, "INIT SELECTING REQUESTING CHECKING BOUND");
  EXPECT_EQ(used, A("192.0.2.100"));
  EXPECT_EQ(client.lease()->gateway, kServer);
  EXPECT_EQ(client.lease()->address.prefix_length, 24);
  EXPECT_EQ(client.lease()->dns_servers, (std::vector{A("192.0.2.53")}));
  EXPECT_EQ(client.lease()->renewal, now + Seconds(500));
  EXPECT_EQ(client.lease()->rebinding, now + Seconds(875));
}

TEST_F(ClientTest, AsksAgainEverMoreSeldomAndKeepsItsHostName) {  // §4.1
  client.Start(now);
  Time last = Next().at;
  for (const int64_t seconds : {4, 8, 16, 32, 64, 64}) {
    const Sent& again = Next();
    EXPECT_GE(again.at - last, Seconds(seconds - 1));
    EXPECT_LE(again.at - last, Seconds(seconds + 1));
    EXPECT_EQ(again.message.xid, sent[0].message.xid);
    EXPECT_EQ(again.message.host_name, "unikernel");
    EXPECT_GE(again.message.seconds, 3);
    last = again.at;
  }
}

TEST_F(ClientTest, TakesTheFirstOfTwoOffersAndTheOtherServerLearnsIt) {
  Server first(Pool()), second(Pool());
  client.Start(now);
  const DhcpMessage discover = Next().message;
  const auto offer = first.OnMessage(now, discover, kServer);
  const auto other = second.OnMessage(now, discover, A("192.0.2.2"));
  client.OnMessage(now, offer->message);
  client.OnMessage(now, other->message);
  EXPECT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent.back().message.server, kServer);
  EXPECT_EQ(second.bindings(now).size(), 1u);
  EXPECT_FALSE(second.OnMessage(now, sent.back().message, A("192.0.2.2")));
  EXPECT_TRUE(second.bindings(now).empty());
}

TEST_F(ClientTest, RenewsAtT1WithTheServerAlone) {
  Server server(Pool());
  Bind(server);
  const Time bound = now;
  const Sent& renewal = Next();
  EXPECT_EQ(renewal.at, bound + Seconds(500));
  EXPECT_EQ(renewal.source, A("192.0.2.100"));
  EXPECT_EQ(renewal.destination, kServer);
  EXPECT_EQ(renewal.message.ciaddr, A("192.0.2.100"));
  EXPECT_FALSE(renewal.message.requested_address);
  EXPECT_FALSE(renewal.message.server);
  Answer(server);
  EXPECT_EQ(client.state(), LeaseState::kBound);
  EXPECT_EQ(client.lease()->until, bound + Seconds(1500));
}

TEST_F(ClientTest, RenewsNoAddressThatIsStillChecked) {
  Server server(Pool(Seconds(10)));
  probe_at_once = false;
  client.Start(now);
  Next();
  Answer(server);
  Answer(server);
  ASSERT_EQ(client.state(), LeaseState::kChecking);
  const size_t before = sent.size();
  now = now + Seconds(6);  // T1 is 5 s.
  client.Advance(now);
  EXPECT_EQ(client.state(), LeaseState::kChecking);
  EXPECT_EQ(sent.size(), before);
  client.OnAddress(now, *used, AddressState::kPreferred);
  EXPECT_EQ(client.state(), LeaseState::kBound);
  client.Advance(now);
  EXPECT_EQ(client.state(), LeaseState::kRenewing);
}

TEST_F(ClientTest, RebindsAtT2WithAnybodyAndLosesTheAddressInTheEnd) {
  Server server(Pool());
  Bind(server);
  const Time bound = now;
  Next();
  EXPECT_EQ(Next().at, bound + Seconds(500) + Nanoseconds(187'500'000'000)) << "§4.4.5: half";
  while (Next().destination == kServer) {
  }
  EXPECT_EQ(now, bound + Seconds(875));
  EXPECT_TRUE(sent.back().destination.is_broadcast());
  EXPECT_EQ(sent.back().message.ciaddr, A("192.0.2.100"));
  while (client.state() == LeaseState::kRebinding) {
    now = client.deadline();
    client.Advance(now);
  }
  EXPECT_EQ(now, bound + Seconds(1000));
  EXPECT_FALSE(used);
  EXPECT_EQ(client.state(), LeaseState::kInit);
}

TEST_F(ClientTest, BeginsAnewAfterARefusal) {
  Server server(Pool());
  Bind(server);
  Next();
  DhcpMessage refusal{.reply = true,
                      .xid = sent.back().message.xid,
                      .chaddr = kMac,
                      .type = DhcpMessageType::kNak,
                      .server = kServer};
  client.OnMessage(now, refusal);
  EXPECT_FALSE(used);
  EXPECT_EQ(Next().message.type, DhcpMessageType::kDiscover);
  EXPECT_FALSE(sent.back().message.requested_address);
}

TEST_F(ClientTest, DeclinesAnAddressThatIsInUseAndWaits) {  // §3.1 5
  probe_at_once = false;
  Server server(Pool());
  client.Start(now);
  Next();
  Answer(server);
  Answer(server);
  ASSERT_EQ(client.state(), LeaseState::kChecking);
  client.OnAddress(now, A("192.0.2.100"), AddressState::kDuplicate);
  EXPECT_EQ(sent.back().message.type, DhcpMessageType::kDecline);
  EXPECT_EQ(sent.back().message.requested_address, A("192.0.2.100"));
  Answer(server);
  const Time declined = now;
  EXPECT_EQ(Next().message.type, DhcpMessageType::kDiscover);
  EXPECT_EQ(now, declined + Client::kDeclineWait);
  Answer(server);
  EXPECT_EQ(sent.back().message.requested_address, A("192.0.2.101"));
}

TEST_F(ClientTest, AsksForItsFormerAddressAfterAnInterruption) {  // §3.2
  Server server(Pool());
  Bind(server);
  client.Stop();
  now = now + Seconds(10);
  client.Start(now);
  const Sent& request = Next();
  EXPECT_EQ(request.message.type, DhcpMessageType::kRequest);
  EXPECT_EQ(request.message.requested_address, A("192.0.2.100"));
  EXPECT_FALSE(request.message.server);
  EXPECT_TRUE(request.message.ciaddr.is_unspecified());
  Answer(server);
  EXPECT_EQ(client.state(), LeaseState::kBound);
}

TEST_F(ClientTest, FindsAnotherAddressWhereTheFormerIsRefusedOrNobodyKnowsIt) {
  Server server(Pool());
  Bind(server);
  client.Stop();
  client.Start(now);
  Next();
  Server other({.subnets = {{.prefix = Ipv4Prefix(A("198.51.100.0"), 24),
                             .first = A("198.51.100.9"),
                             .last = A("198.51.100.9")}}});
  const auto refusal = other.OnMessage(now, sent.back().message, A("198.51.100.1"));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->message.type, DhcpMessageType::kNak);
  client.OnMessage(now, refusal->message);
  EXPECT_EQ(Next().message.type, DhcpMessageType::kDiscover);
  client.Stop();
  client.Start(now);
  EXPECT_EQ(Next().message.type, DhcpMessageType::kDiscover) << "a refused lease is forgotten";
}

TEST_F(ClientTest, HeedsNoAnswerThatIsNotForIt) {
  Server server(Pool());
  client.Start(now);
  const auto offer = server.OnMessage(now, Next().message, kServer);
  DhcpMessage wrong = offer->message;
  wrong.xid ^= 1;
  client.OnMessage(now, wrong);
  wrong = offer->message;
  wrong.client_identifier = {1, 2};  // RFC 6842
  client.OnMessage(now, wrong);
  wrong = offer->message;
  wrong.chaddr = MacAddress::Parse("02:00:00:00:00:0b").value();
  client.OnMessage(now, wrong);
  wrong = offer->message;
  wrong.yiaddr = Ipv4Address::Broadcast();
  client.OnMessage(now, wrong);
  wrong = offer->message;
  wrong.server.reset();
  client.OnMessage(now, wrong);
  EXPECT_EQ(client.state(), LeaseState::kSelecting);
  wrong = offer->message;
  wrong.type = DhcpMessageType::kAck;
  client.OnMessage(now, wrong);
  EXPECT_EQ(client.state(), LeaseState::kSelecting) << "nothing was requested";
}

TEST(Client, DoesWithoutIpv4WhereItAskedAndTheServerSaysSo) {  // RFC 8925
  struct Output final : ClientOutput {
    void SendDhcp(Time, const Ipv4Address&, const Ipv4Address&, const DhcpMessage& m) override {
      last = m;
    }
    void UseAddress(Time, const Lease&) override {}
    void DropAddress(Time, const Ipv4Address&) override {}
    void OnLeaseState(Time, LeaseState, const std::optional<Lease>&) override {}
    DhcpMessage last;
  } output;
  Client client({.mac = kMac, .ipv6_only_preferred = true}, RandomStream(1, "host", "dhcp"),
                output);
  ServerConfig config = Pool();
  config.subnets[0].ipv6_only_wait = Seconds(1800);
  Server server(config);
  client.Start(Time());
  const Time now = client.deadline();
  client.Advance(now);
  client.OnMessage(now, server.OnMessage(now, output.last, kServer)->message);
  EXPECT_EQ(client.state(), LeaseState::kIpv6Only);
  EXPECT_EQ(client.deadline(), now + Seconds(1800));
}

}  // namespace
}  // namespace dualsim::dhcp
