#include "stack/dhcp/server.h"

#include <gtest/gtest.h>

namespace dualsim::dhcp {
namespace {

using wire::DhcpMessage;
using wire::DhcpMessageType;

Ipv4Address A(const char* text) { return Ipv4Address::Parse(text).value(); }
MacAddress Mac(uint8_t last) { return MacAddress(std::array<uint8_t, 6>{2, 0, 0, 0, 0, last}); }
const Ipv4Address kServer = A("192.0.2.1");

ServerConfig Pool() {
  return {.subnets = {{.prefix = Ipv4Prefix(A("192.0.2.0"), 24),
                       .first = A("192.0.2.100"),
                       .last = A("192.0.2.101"),
                       .lease_time = Seconds(100)},
                      {.prefix = Ipv4Prefix(A("198.51.100.0"), 24),
                       .first = A("198.51.100.10"),
                       .last = A("198.51.100.10")}},
          .reservations = {{Mac(9), A("192.0.2.9")}}};
}

DhcpMessage Discover(uint8_t mac) {
  return {.xid = mac, .chaddr = Mac(mac), .type = DhcpMessageType::kDiscover};
}
DhcpMessage Request(uint8_t mac, const char* address) {
  return {.xid = mac,
          .chaddr = Mac(mac),
          .type = DhcpMessageType::kRequest,
          .requested_address = A(address),
          .server = kServer};
}

class ServerTest : public ::testing::Test {
 protected:
  std::string Offered(uint8_t mac) {
    const auto reply = server.OnMessage(now, Discover(mac), kServer);
    return reply ? reply->message.yiaddr.ToString() : "nothing";
  }
  bool Lease(uint8_t mac, const char* address) {
    const auto reply = server.OnMessage(now, Request(mac, address), kServer);
    return reply && reply->message.type == DhcpMessageType::kAck;
  }
  Server server{Pool()};
  Time now = Time() + Seconds(1000);
};

TEST_F(ServerTest, OffersEachClientAnAddressOfItsOwnUntilThePoolIsEmpty) {
  EXPECT_EQ(Offered(1), "192.0.2.100");
  EXPECT_EQ(Offered(2), "192.0.2.101");
  EXPECT_EQ(Offered(1), "192.0.2.100") << "and the same again";
  EXPECT_EQ(Offered(3), "nothing");
  now = now + Server::kOfferTime;
  EXPECT_EQ(Offered(3), "192.0.2.100") << "an offer that nobody took is free again";
}

TEST_F(ServerTest, LeasesWhatItOfferedAndNothingOfOthers) {
  Offered(1);
  EXPECT_FALSE(Lease(2, "192.0.2.100"));
  EXPECT_TRUE(Lease(1, "192.0.2.100"));
  EXPECT_FALSE(Lease(2, "192.0.2.50")) << "not of the pool";
  ASSERT_EQ(server.bindings(now).size(), 1u);
  EXPECT_EQ(server.bindings(now)[0].until, now + Seconds(100));
  now = now + Seconds(100);
  EXPECT_TRUE(server.bindings(now).empty());
  EXPECT_EQ(Offered(1), "192.0.2.100") << "it remembers";
}

TEST_F(ServerTest, KeepsReservationsForTheirCards) {
  EXPECT_EQ(Offered(9), "192.0.2.9");
  EXPECT_FALSE(Lease(1, "192.0.2.9"));
  EXPECT_TRUE(Lease(9, "192.0.2.9"));
}

TEST_F(ServerTest, AnswersThroughRelaysFromThePoolOfTheirLink) {
  DhcpMessage message = Discover(1);
  message.giaddr = A("198.51.100.1");
  message.relay_agent_information = {1, 2, 3};
  const auto reply = server.OnMessage(now, message, kServer);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->to_relay);
  EXPECT_EQ(reply->destination, A("198.51.100.1"));
  EXPECT_EQ(reply->message.giaddr, A("198.51.100.1"));
  EXPECT_EQ(reply->message.relay_agent_information, message.relay_agent_information);
  EXPECT_EQ(reply->message.yiaddr, A("198.51.100.10"));
  message.giaddr = A("203.0.113.1");
  EXPECT_FALSE(server.OnMessage(now, message, kServer)) << "a link that it does not know";
}

TEST_F(ServerTest, GivesNobodyAnAddressThatWasDeclinedForAWhile) {
  Offered(1);
  Lease(1, "192.0.2.100");
  DhcpMessage decline = Request(1, "192.0.2.100");
  decline.type = DhcpMessageType::kDecline;
  EXPECT_FALSE(server.OnMessage(now, decline, kServer));
  EXPECT_EQ(Offered(1), "192.0.2.101");
  EXPECT_EQ(Offered(2), "nothing");
  now = now + Server::kDeclinedTime;
  EXPECT_EQ(Offered(2), "192.0.2.101") << "what ended first";
  EXPECT_EQ(Offered(3), "192.0.2.100");
}

TEST_F(ServerTest, TakesBackWhatIsReleased) {
  Lease(1, "192.0.2.100");
  DhcpMessage release{.ciaddr = A("192.0.2.100"),
                      .chaddr = Mac(1),
                      .type = DhcpMessageType::kRelease,
                      .server = kServer};
  server.OnMessage(now, release, kServer);
  EXPECT_TRUE(server.bindings(now).empty());
}

TEST_F(ServerTest, TellsClientsThatInformWhatGoesWithTheirAddress) {
  DhcpMessage inform{
      .ciaddr = A("192.0.2.200"), .chaddr = Mac(1), .type = DhcpMessageType::kInform};
  const auto reply = server.OnMessage(now, inform, kServer);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->message.type, DhcpMessageType::kAck);
  EXPECT_EQ(reply->destination, A("192.0.2.200"));
  EXPECT_TRUE(reply->message.yiaddr.is_unspecified());
  EXPECT_FALSE(reply->message.lease_time);
}

TEST_F(ServerTest, RefusesAStrangerAddressOnlyWhereItIsTheAuthority) {
  DhcpMessage reboot = Request(1, "192.0.2.100");
  reboot.server.reset();
  EXPECT_EQ(server.OnMessage(now, reboot, kServer)->message.type, DhcpMessageType::kAck);
  reboot.chaddr = Mac(2);
  EXPECT_EQ(server.OnMessage(now, reboot, kServer)->message.type, DhcpMessageType::kNak);
  ServerConfig humble = Pool();
  humble.authoritative = false;
  Server other(humble);
  EXPECT_FALSE(other.OnMessage(now, reboot, kServer)) << "another server may know it";
}

TEST_F(ServerTest, MakesNothingOfReplies) {
  DhcpMessage message = Discover(1);
  message.reply = true;
  EXPECT_FALSE(server.OnMessage(now, message, kServer));
}

}  // namespace
}  // namespace dualsim::dhcp
