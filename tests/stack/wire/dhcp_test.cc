#include "stack/wire/dhcp.h"

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::ToHex;

Ipv4Address Address(const char* text) { return Ipv4Address::Parse(text).value(); }

DhcpMessage Ack() {
  DhcpMessage message{.reply = true,
                      .hops = 1,
                      .xid = 0x12345678,
                      .seconds = 3,
                      .broadcast = true,
                      .ciaddr = Address("192.0.2.9"),
                      .yiaddr = Address("192.0.2.10"),
                      .siaddr = Address("192.0.2.1"),
                      .giaddr = Address("192.0.2.2"),
                      .chaddr = MacAddress({2, 0, 0, 0, 0, 10}),
                      .type = DhcpMessageType::kAck};
  message.subnet_mask = Address("255.255.255.0");
  message.routers = {Address("192.0.2.1"), Address("192.0.2.2")};
  message.dns_servers = {Address("192.0.2.53")};
  message.host_name = "a";
  message.domain_name = "example.com";
  message.broadcast_address = Address("192.0.2.255");
  message.requested_address = Address("192.0.2.10");
  message.lease_time = Seconds(3600);
  message.renewal_time = Seconds(1800);
  message.rebinding_time = Duration::Infinite();
  message.server = Address("192.0.2.1");
  message.parameter_requests = {1, 3, 6};
  message.message = "hello";
  message.maximum_message_size = 1500;
  message.client_identifier = {1, 2, 0, 0, 0, 0, 10};
  message.ipv6_only_wait = Seconds(1800);
  message.domain_search = {DnsName::Parse("example.com").value(), DnsName::Parse("b.c").value()};
  message.classless_routes = {{Ipv4Cidr::Parse("0.0.0.0/0").value(), Address("192.0.2.1")},
                              {Ipv4Cidr::Parse("198.51.100.0/22").value(), Address("192.0.2.2")}};
  message.relay_agent_information = {1, 2, 3, 4};
  return message;
}

TEST(DhcpMessage, SurvivesTheWire) {
  const DhcpMessage sent = Ack();
  const auto bytes = sent.Encode();
  const auto read = DhcpMessage::Parse(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(ToHex(read->Encode()), ToHex(bytes));
  EXPECT_EQ(read->yiaddr, sent.yiaddr);
  EXPECT_EQ(read->routers, sent.routers);
  EXPECT_EQ(read->rebinding_time, Duration::Infinite());
  EXPECT_EQ(read->domain_search, sent.domain_search);
  EXPECT_EQ(read->classless_routes, sent.classless_routes);
  EXPECT_EQ(read->ipv6_only_wait, Seconds(1800));
  EXPECT_TRUE(read->Requests(DhcpOption::kRouter));
  EXPECT_FALSE(read->Requests(DhcpOption::kIpv6OnlyPreferred));
}

TEST(DhcpMessage, GoesOutWith300BytesAtLeast) {
  EXPECT_EQ(DhcpMessage{.type = DhcpMessageType::kDiscover}.Encode().size(), 300u);
}

TEST(DhcpMessage, IsRefusedWhereItIsCutOffOrAnotherProtocol) {
  auto bytes = Ack().Encode();
  EXPECT_EQ(DhcpMessage::Parse(ByteView(bytes).first(239)).reason(), DropReason::DHCP_TRUNCATED);
  EXPECT_EQ(DhcpMessage::Parse(ByteView(bytes).first(245)).reason(),
            DropReason::DHCP_OPTION_TRUNCATED);
  EXPECT_EQ(DhcpMessage::Parse(ByteView(bytes).first(240)).reason(), DropReason::DHCP_NO_TYPE);
  bytes[1] = 6;
  EXPECT_EQ(DhcpMessage::Parse(bytes).reason(), DropReason::DHCP_HARDWARE);
  bytes[236] = 0;
  EXPECT_EQ(DhcpMessage::Parse(bytes).reason(), DropReason::DHCP_NO_COOKIE);
}

TEST(DhcpMessage, PutsSplitAndOverloadedOptionsTogether) {  // RFC 3396, RFC 2132 §9.3
  DhcpMessage message{.type = DhcpMessageType::kRequest};
  message.message = std::string(300, 'x');
  auto bytes = message.Encode();
  EXPECT_EQ(DhcpMessage::Parse(bytes)->message.size(), 300u);
  bytes.back() = 52;  // In place of the end: file and sname hold options.
  bytes.insert(bytes.end(), {1, 3, 255});
  const std::vector<uint8_t> in_file = {12, 1, 'a', 255};
  const std::vector<uint8_t> in_sname = {12, 1, 'b', 255};
  std::copy(in_file.begin(), in_file.end(), bytes.begin() + 108);
  std::copy(in_sname.begin(), in_sname.end(), bytes.begin() + 44);
  EXPECT_EQ(DhcpMessage::Parse(bytes)->host_name, "ab");
}

TEST(DhcpMessage, OptionsOfAnImpossibleLengthArePassedOver) {
  auto bytes = DhcpMessage{.type = DhcpMessageType::kOffer}.Encode();
  const std::vector<uint8_t> wrong = {1, 3, 255, 255, 255, 51, 2, 0,   1, 6, 5, 1,  2,
                                      3, 4, 5,   121, 2,   33, 1, 119, 2, 5, 0, 255};
  std::copy(wrong.begin(), wrong.end(), bytes.begin() + 243);
  const auto read = DhcpMessage::Parse(bytes);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->subnet_mask || read->lease_time);
  EXPECT_TRUE(read->dns_servers.empty() && read->classless_routes.empty());
  EXPECT_TRUE(read->domain_search.empty());
}

}  // namespace
}  // namespace dualsim::wire
