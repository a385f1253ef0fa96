#include "stack/router/redirect_sender.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "stack/wire/ipv6.h"

namespace dualsim::router {
namespace {

constexpr Time kNow = Time() + Seconds(5);

Ipv6Address Address(std::string_view text) { return *Ipv6Address::Parse(text); }
const Ipv6Address kHost = Address("2001:db8::1");
const Ipv6Address kNeighbor = Address("2001:db8::2");
const Ipv6Address kElsewhere = Address("2001:db8:9::9");
const Ipv6Address kBetterRouter = Address("fe80::b");
const MacAddress kMac = *MacAddress::Parse("02:00:00:00:00:0b");

std::vector<uint8_t> MakePacket(const Ipv6Address& source, const Ipv6Address& destination,
                                size_t payload = 20) {
  wire::Ipv6Header header;
  header.payload_length = static_cast<uint16_t>(payload);
  header.next_header = wire::NextHeader::kUdp;
  header.source = source;
  header.destination = destination;
  std::vector<uint8_t> packet(wire::Ipv6Header::kSize + payload);
  header.Store(packet.data());
  return packet;
}

ForwardedPacket Forwarded(const std::vector<uint8_t>& packet, const Ipv6Address& next_hop) {
  return {.packet = packet,
          .same_interface = true,
          .source_is_neighbor = true,
          .next_hop = next_hop,
          .next_hop_link_layer_address = kMac};
}

TEST(RedirectSender, NamesABetterRouterByItsLinkLocalAddress) {  // RFC 4861 §8.2
  RedirectSender sender;
  const auto packet = MakePacket(kHost, kElsewhere);
  const auto redirect = sender.OnForward(kNow, Forwarded(packet, kBetterRouter));
  ASSERT_TRUE(redirect);
  EXPECT_EQ(redirect->target, kBetterRouter);
  EXPECT_EQ(redirect->destination, kElsewhere);
  EXPECT_EQ(redirect->options.target_link_layer_address, kMac);
  EXPECT_EQ(redirect->options.redirected.size(), packet.size());
}

TEST(RedirectSender, NamesADestinationOnTheLinkItself) {
  RedirectSender sender;
  const auto packet = MakePacket(kHost, kNeighbor);
  const auto redirect = sender.OnForward(kNow, Forwarded(packet, kNeighbor));
  ASSERT_TRUE(redirect);
  EXPECT_EQ(redirect->target, kNeighbor);
}

TEST(RedirectSender, SaysNothingWhereThereIsNothingBetter) {
  RedirectSender sender;
  const auto packet = MakePacket(kHost, kElsewhere);
  ForwardedPacket forwarded = Forwarded(packet, kBetterRouter);
  forwarded.same_interface = false;
  EXPECT_FALSE(sender.OnForward(kNow, forwarded));
  forwarded = Forwarded(packet, kBetterRouter);
  forwarded.source_is_neighbor = false;
  EXPECT_FALSE(sender.OnForward(kNow, forwarded));
  EXPECT_FALSE(sender.OnForward(kNow, Forwarded(packet, kHost))) << "back to the sender";
  EXPECT_FALSE(sender.OnForward(kNow, Forwarded(packet, kNeighbor)))
      << "a router whose link-local address is not known";
  const auto group = MakePacket(kHost, Address("ff05::1"));
  EXPECT_FALSE(sender.OnForward(kNow, Forwarded(group, kBetterRouter)));
}

TEST(RedirectSender, QuotesWhatFitsTheMinimumMtu) {
  RedirectSender sender;
  const auto packet = MakePacket(kHost, kElsewhere, 1460);
  const auto redirect = sender.OnForward(kNow, Forwarded(packet, kBetterRouter));
  ASSERT_TRUE(redirect);
  EXPECT_LE(wire::Ipv6Header::kSize + redirect->size(), 1280u);
  EXPECT_GT(wire::Ipv6Header::kSize + redirect->size(), 1272u);
}

TEST(RedirectSender, TheRateIsLimited) {
  RedirectSender sender;
  const auto packet = MakePacket(kHost, kElsewhere);
  int sent = 0;
  for (int i = 0; i < 100; ++i) {
    if (sender.OnForward(kNow, Forwarded(packet, kBetterRouter))) ++sent;
  }
  EXPECT_EQ(sent, 10);
  EXPECT_TRUE(sender.OnForward(kNow + Milliseconds(100), Forwarded(packet, kBetterRouter)));
}

}  // namespace
}  // namespace dualsim::router
