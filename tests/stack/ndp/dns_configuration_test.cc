#include "stack/ndp/dns_configuration.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

constexpr Time kStart = Time() + Seconds(10);
const Ipv6Address kRouter = *Ipv6Address::Parse("fe80::1");
const Ipv6Address kOther = *Ipv6Address::Parse("fe80::2");

Ipv6Address Server(uint64_t n) { return Ipv6Address::FromIntegers(0x2001'0db8ull << 32, n); }

wire::RouterAdvertisement Servers(Duration router_lifetime, Duration lifetime,
                                  std::vector<Ipv6Address> addresses) {
  wire::RouterAdvertisement message{.router_lifetime = router_lifetime, .options = {}};
  message.options.dns_servers = {{.lifetime = lifetime, .addresses = std::move(addresses)}};
  return message;
}

std::vector<Ipv6Address> Known(const DnsConfiguration& dns) {
  std::vector<Ipv6Address> result;
  for (const DnsConfiguration::Server& server : dns.servers()) result.push_back(server.value);
  return result;
}

TEST(DnsConfiguration, ServersAreKeptInOrderWhileTheyLast) {  // RFC 8106 §5.1, §6
  DnsConfiguration dns;
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(1800), Seconds(60), {Server(2), Server(1)}));
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(1800), Seconds(30), {Server(3)}));
  EXPECT_EQ(Known(dns), (std::vector{Server(2), Server(1), Server(3)}));
  EXPECT_EQ(dns.deadline(), kStart + Seconds(30));
  dns.Advance(kStart + Seconds(30) - Nanoseconds(1));
  EXPECT_EQ(dns.servers().size(), 3u);
  dns.Advance(kStart + Seconds(30));
  EXPECT_EQ(Known(dns), (std::vector{Server(2), Server(1)}));
}

TEST(DnsConfiguration, ALifetimeIsRefreshedOrEndedByALaterOption) {  // §6.2
  DnsConfiguration dns;
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(1800), Seconds(60), {Server(1)}));
  dns.OnAdvertisement(kStart + Seconds(50), kRouter,
                      Servers(Seconds(1800), Seconds(60), {Server(1)}));
  EXPECT_EQ(dns.deadline(), kStart + Seconds(110));
  dns.OnAdvertisement(kStart + Seconds(60), kRouter,
                      Servers(Seconds(1800), Seconds(5), {Server(1)}));
  EXPECT_EQ(dns.deadline(), kStart + Seconds(65));
  dns.OnAdvertisement(kStart + Seconds(60), kOther,
                      Servers(Seconds(1800), Duration(), {Server(1)}));
  EXPECT_TRUE(dns.servers().empty());
}

TEST(DnsConfiguration, InfiniteOptionsEndWithTheirRouter) {  // §5.3.1
  DnsConfiguration dns;
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(100), Duration::Infinite(), {Server(1)}));
  EXPECT_EQ(dns.deadline(), kStart + Seconds(100));
  // The router is refreshed by an advertisement without the option.
  dns.OnAdvertisement(kStart + Seconds(50), kRouter,
                      {.router_lifetime = Seconds(100), .options = {}});
  EXPECT_EQ(dns.deadline(), kStart + Seconds(150));
  // It ceases to be a default router.
  dns.OnAdvertisement(kStart + Seconds(60), kRouter, {.options = {}});
  EXPECT_TRUE(dns.servers().empty());
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(100), Seconds(100), {Server(1)}));
  dns.RemoveRouter(kOther);
  EXPECT_EQ(dns.servers().size(), 1u);
  dns.RemoveRouter(kRouter);
  EXPECT_TRUE(dns.servers().empty());
}

TEST(DnsConfiguration, OfTwoRoutersTheOneThatLetsItLiveLongerCounts) {
  DnsConfiguration dns;
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(1800), Seconds(600), {Server(1)}));
  dns.OnAdvertisement(kStart, kOther, Servers(Seconds(10), Seconds(600), {Server(1)}));
  EXPECT_EQ(dns.deadline(), kStart + Seconds(600));
  dns.OnAdvertisement(kStart, kOther, {.options = {}});
  EXPECT_EQ(dns.servers().size(), 1u) << "it was the first one's";
  dns.OnAdvertisement(kStart, kOther, Servers(Seconds(1800), Seconds(900), {Server(1)}));
  dns.OnAdvertisement(kStart, kRouter, {.options = {}});
  EXPECT_EQ(dns.servers().size(), 1u) << "it became the other's";
  EXPECT_EQ(dns.deadline(), kStart + Seconds(900));
}

TEST(DnsConfiguration, WhatIsNoUnicastAddressIsNoServer) {  // §5.3.1
  DnsConfiguration dns;
  dns.OnAdvertisement(kStart, kRouter,
                      Servers(Seconds(100), Seconds(100),
                              {*Ipv6Address::Parse("ff02::1"), Ipv6Address(),
                               Ipv6Address::Loopback(), *Ipv6Address::Parse("fe80::53")}));
  EXPECT_EQ(Known(dns), std::vector{*Ipv6Address::Parse("fe80::53")});
}

TEST(DnsConfiguration, AFullListLetsGoOfWhatEndsFirst) {  // §6.2
  DnsConfiguration dns;
  for (uint64_t n = 0; n < DnsConfiguration::kMaxServers; ++n) {
    dns.OnAdvertisement(
        kStart, kRouter,
        Servers(Seconds(9000), Seconds(100 + static_cast<int64_t>(n)), {Server(n)}));
  }
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(9000), Seconds(500), {Server(51)}));
  EXPECT_EQ(dns.servers().size(), DnsConfiguration::kMaxServers);
  EXPECT_EQ(Known(dns).front(), Server(1));
  EXPECT_EQ(Known(dns).back(), Server(51));
  dns.OnAdvertisement(kStart, kRouter, Servers(Seconds(9000), Seconds(50), {Server(50)}));
  EXPECT_EQ(dns.servers().size(), DnsConfiguration::kMaxServers);
  EXPECT_EQ(Known(dns).front(), Server(2));
  EXPECT_EQ(Known(dns).back(), Server(50)) << "even where it ends first";
}

TEST(DnsConfiguration, OfAnAdvertisementThatListsTooManyTheFirstStay) {
  DnsConfiguration dns;
  std::vector<Ipv6Address> many;
  for (uint64_t n = 0; n <= DnsConfiguration::kMaxServers; ++n) many.push_back(Server(n));
  for (int again = 0; again < 2; ++again) {
    dns.OnAdvertisement(kStart + Seconds(again), kRouter,
                        Servers(Seconds(9000), Seconds(100), many));
    EXPECT_EQ(dns.servers().size(), DnsConfiguration::kMaxServers);
    EXPECT_EQ(Known(dns).front(), Server(0));
    EXPECT_EQ(Known(dns).back(), Server(DnsConfiguration::kMaxServers - 1));
  }
}

TEST(DnsConfiguration, SearchDomainsLikewise) {  // v6LC.2.2.25.F
  DnsConfiguration dns;
  wire::RouterAdvertisement message{.router_lifetime = Seconds(1800), .options = {}};
  message.options.dns_search_lists = {
      {.lifetime = Seconds(60), .names = {"example.com", "example.org"}}};
  dns.OnAdvertisement(kStart, kRouter, message);
  ASSERT_EQ(dns.search_domains().size(), 2u);
  EXPECT_EQ(dns.search_domains()[1].value, "example.org");
  message.options.dns_search_lists = {{.lifetime = Duration(), .names = {"example.com"}}};
  dns.OnAdvertisement(kStart, kRouter, message);
  ASSERT_EQ(dns.search_domains().size(), 1u);
  dns.Advance(kStart + Seconds(60) - Nanoseconds(1));
  EXPECT_EQ(dns.search_domains().size(), 1u);
  dns.Advance(kStart + Seconds(60));
  EXPECT_TRUE(dns.search_domains().empty());
  for (int n = 0; n < 100; ++n) {
    message.options.dns_search_lists = {
        {.lifetime = Seconds(60 + n), .names = {"d" + std::to_string(n) + ".example"}}};
    dns.OnAdvertisement(kStart, kRouter, message);
  }
  EXPECT_EQ(dns.search_domains().size(), DnsConfiguration::kMaxSearchDomains);
  EXPECT_EQ(dns.search_domains().back().value, "d99.example");
}

}  // namespace
}  // namespace dualsim::ndp
