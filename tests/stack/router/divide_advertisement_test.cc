#include "stack/router/divide_advertisement.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dualsim::router {
namespace {

constexpr size_t kRoom = 1460;

Ipv6Address Address(uint64_t n) { return Ipv6Address::FromIntegers(0x2001'0db8ull << 32, n); }

wire::RouterAdvertisement Large() {
  wire::RouterAdvertisement message;
  message.cur_hop_limit = 9;
  message.router_lifetime = Seconds(1800);
  message.options.source_link_layer_address = MacAddress({2, 0, 0, 0, 0, 1});
  message.options.mtu = 1500;
  for (uint64_t i = 0; i < 50; ++i) {
    message.options.prefixes.push_back({.prefix = Address(i), .prefix_length = 64});
  }
  message.options.dns_servers = {{.lifetime = Seconds(60), .addresses = {}}};
  for (uint64_t i = 0; i < 127; ++i) message.options.dns_servers[0].addresses.push_back(Address(i));
  message.options.dns_search_lists = {{.lifetime = Seconds(60), .names = {}}};
  for (int i = 0; i < 20; ++i) {
    message.options.dns_search_lists[0].names.push_back(std::string(60, 'a') + ".example" +
                                                        std::to_string(i));
  }
  return message;
}

TEST(Divide, EachPartFitsAndHasTheFieldsOfTheWhole) {  // RFC 4861 §6.2.3
  const wire::RouterAdvertisement whole = Large();
  ASSERT_GT(whole.size(), 2 * kRoom);
  const auto parts = Divide(whole, kRoom);
  EXPECT_EQ(parts.size(), 4u);
  for (const wire::RouterAdvertisement& part : parts) {
    EXPECT_LE(part.size(), kRoom);
    EXPECT_EQ(part.cur_hop_limit, 9);
    EXPECT_EQ(part.router_lifetime, Seconds(1800));
    EXPECT_EQ(part.options.source_link_layer_address, whole.options.source_link_layer_address);
  }
}

TEST(Divide, TogetherTheySayWhatTheWholeSays) {
  const wire::RouterAdvertisement whole = Large();
  std::vector<Ipv6Address> prefixes;
  std::vector<Ipv6Address> servers;
  std::vector<std::string> names;
  int mtus = 0;
  for (const wire::RouterAdvertisement& part : Divide(whole, kRoom)) {
    if (part.options.mtu) ++mtus;
    for (const auto& prefix : part.options.prefixes) prefixes.push_back(prefix.prefix);
    for (const auto& list : part.options.dns_servers) {
      EXPECT_EQ(list.lifetime, Seconds(60));
      servers.insert(servers.end(), list.addresses.begin(), list.addresses.end());
    }
    for (const auto& list : part.options.dns_search_lists) {
      EXPECT_EQ(list.lifetime, Seconds(60));
      names.insert(names.end(), list.names.begin(), list.names.end());
    }
  }
  EXPECT_EQ(mtus, 1);
  ASSERT_EQ(prefixes.size(), 50u);
  for (uint64_t i = 0; i < 50; ++i) EXPECT_EQ(prefixes[i], Address(i));
  EXPECT_EQ(servers, whole.options.dns_servers[0].addresses);
  EXPECT_EQ(names, whole.options.dns_search_lists[0].names);
}

TEST(Divide, AnOptionThatFitsNowhereIsSentAlone) {
  const auto parts = Divide(Large(), 40);
  for (const wire::RouterAdvertisement& part : parts) {
    EXPECT_LE(part.options.prefixes.size(), 1u);
    EXPECT_GT(part.options.size(), 8u) << "none is empty";
  }
}

}  // namespace
}  // namespace dualsim::router
