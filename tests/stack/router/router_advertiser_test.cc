#include "stack/router/router_advertiser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace dualsim::router {
namespace {

constexpr Time kStart = Time() + Seconds(20);
const MacAddress kMac = *MacAddress::Parse("02:00:00:00:00:01");

RandomStream Random(uint64_t seed) { return RandomStream(seed, "r1", "advertise"); }

RouterAdvertiser Make(AdvertiseConfig config = {}, uint64_t seed = 1) {
  return RouterAdvertiser(kStart, std::move(config), kMac, Random(seed));
}

// Lets the next advertisement out and says when it left.
Time Next(RouterAdvertiser& advertiser) {
  const Time when = advertiser.deadline();
  EXPECT_FALSE(advertiser.Advance(when - Nanoseconds(1)));
  EXPECT_TRUE(advertiser.Advance(when));
  return when;
}

Time SkipInitial(RouterAdvertiser& advertiser) {
  for (int i = 1; i < kMaxInitialRtrAdvertisements; ++i) Next(advertiser);
  return Next(advertiser);
}

AdvertisedPrefix Prefix(const char* text) { return {.prefix = *Ipv6Prefix::Parse(text)}; }

TEST(RouterAdvertiser, FirstThreeAreAtMost16SecondsApartThenTheIntervalsAreRandom) {  // §6.2.4
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RouterAdvertiser advertiser = Make({}, seed);
    Time previous = Next(advertiser);
    EXPECT_LE(previous, kStart + kMaxRaDelayTime);
    for (int i = 1; i < 3; ++i) {
      const Time when = Next(advertiser);
      EXPECT_EQ(when - previous, Seconds(16));
      previous = when;
    }
    for (int i = 0; i < 50; ++i) {
      const Time when = Next(advertiser);
      EXPECT_GE(when - previous, Seconds(198));
      EXPECT_LE(when - previous, Seconds(600));
      previous = when;
    }
  }
}

TEST(RouterAdvertiser, EveryIntervalIsDrawnAnew) {
  RouterAdvertiser advertiser = Make();
  Time previous = SkipInitial(advertiser);
  std::vector<Duration> intervals;
  for (int i = 0; i < 20; ++i) {
    const Time when = Next(advertiser);
    intervals.push_back(when - previous);
    previous = when;
  }
  std::sort(intervals.begin(), intervals.end());
  EXPECT_EQ(std::unique(intervals.begin(), intervals.end()), intervals.end());
  EXPECT_LT(intervals.front(), Seconds(300));
  EXPECT_GT(intervals.back(), Seconds(500));
}

TEST(RouterAdvertiser, ASolicitationIsAnsweredWithinMaxRaDelayTime) {  // §6.2.6
  RouterAdvertiser advertiser = Make();
  const Time asked = SkipInitial(advertiser) + Seconds(100);
  advertiser.OnSolicitation(asked);
  const Time answered = Next(advertiser);
  EXPECT_GE(answered, asked);
  EXPECT_LE(answered, asked + kMaxRaDelayTime);
  EXPECT_GE(advertiser.deadline(), answered + Seconds(198)) << "the interval begins anew";
}

TEST(RouterAdvertiser, OneAnswerServesManySolicitationsAndCountsFromTheFirst) {  // §6.2.6
  RouterAdvertiser advertiser = Make();
  const Time asked = SkipInitial(advertiser) + Seconds(100);
  advertiser.OnSolicitation(asked);
  const Time answer = advertiser.deadline();
  for (Time t = asked; t < answer; t = t + Milliseconds(10)) advertiser.OnSolicitation(t);
  EXPECT_LE(advertiser.deadline(), answer);
  Next(advertiser);
  EXPECT_GE(advertiser.deadline(), answer + Seconds(190));
}

TEST(RouterAdvertiser, AnswersStayThreeSecondsApart) {  // §6.2.6
  RouterAdvertiser advertiser = Make();
  Time previous = SkipInitial(advertiser);
  for (int i = 0; i < 20; ++i) {
    advertiser.OnSolicitation(previous + Milliseconds(10));
    const Time when = Next(advertiser);
    EXPECT_GE(when - previous, kMinDelayBetweenRas);
    EXPECT_LE(when - previous, kMinDelayBetweenRas + kMaxRaDelayTime);
    previous = when;
  }
}

TEST(RouterAdvertiser, AnAnswerNeverDelaysWhatIsScheduledSooner) {  // §6.2.6
  RouterAdvertiser advertiser = Make();
  SkipInitial(advertiser);
  const Time scheduled = advertiser.deadline();
  advertiser.OnSolicitation(scheduled - Nanoseconds(1));
  EXPECT_LE(advertiser.deadline(), scheduled);
}

TEST(RouterAdvertiser, ShortIntervalsAreKept) {  // RFC 6275 §7.5
  RouterAdvertiser advertiser =
      Make({.max_rtr_adv_interval = Milliseconds(70), .min_rtr_adv_interval = Milliseconds(30)});
  Time previous = SkipInitial(advertiser);
  for (int i = 0; i < 20; ++i) {
    const Time when = Next(advertiser);
    EXPECT_GE(when - previous, Milliseconds(30));
    EXPECT_LE(when - previous, Milliseconds(70));
    previous = when;
  }
  EXPECT_EQ(advertiser.Advertisement(previous).router_lifetime, Seconds(1))
      << "never 0 by rounding";
}

TEST(RouterAdvertiser, CeasingSendsThreeFinalAdvertisements) {  // §6.2.5
  RouterAdvertiser advertiser = Make({.routes = {{*Ipv6Prefix::Parse("2001:db8:9::/48"),
                                                  wire::RouterPreference::kHigh, Seconds(600)}}});
  const Time now = SkipInitial(advertiser) + Seconds(50);
  advertiser.Cease(now);
  advertiser.OnSolicitation(now);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(advertiser.deadline(), now + kMinDelayBetweenRas * i);
    const auto final = advertiser.Advance(advertiser.deadline());
    ASSERT_TRUE(final);
    EXPECT_EQ(final->router_lifetime, Duration());
    EXPECT_EQ(final->options.routes[0].lifetime, Duration()) << "RFC 4191 §4";
  }
  EXPECT_TRUE(advertiser.ceased());
  EXPECT_EQ(advertiser.deadline(), Time::Never());
}

TEST(RouterAdvertiser, ShuttingDownSendsOneFinalAdvertisementAtOnce) {
  RouterAdvertiser advertiser = Make();
  const Time now = SkipInitial(advertiser);
  EXPECT_EQ(advertiser.ShutDown(now).router_lifetime, Duration());
  EXPECT_TRUE(advertiser.ceased());
  EXPECT_FALSE(advertiser.Advance(now + Seconds(10'000)));
}

TEST(RouterAdvertiser, NewValuesAreToldQuickly) {  // §6.2.4
  RouterAdvertiser advertiser = Make();
  const Time now = SkipInitial(advertiser) + Seconds(1);
  advertiser.Reconfigure(now, {.adv_cur_hop_limit = 32});
  const Time when = advertiser.deadline();
  EXPECT_GE(when, now + Seconds(2)) << "3 s after the last";
  EXPECT_LE(when, now + Seconds(2) + kMaxRaDelayTime);
  EXPECT_EQ(advertiser.Advance(when)->cur_hop_limit, 32);
  EXPECT_EQ(advertiser.deadline(), when + Seconds(16));
}

TEST(RouterAdvertiser, ReconfiguringWhileCeasingAdvertisesAgain) {
  RouterAdvertiser advertiser = Make();
  const Time now = SkipInitial(advertiser) + Seconds(50);
  advertiser.Cease(now);
  Next(advertiser);
  advertiser.Reconfigure(now + Seconds(1), {});
  EXPECT_EQ(advertiser.Advance(advertiser.deadline())->router_lifetime, Seconds(1800));
}

TEST(RouterAdvertiser, SaysWhatIsConfigured) {  // §6.2.3
  AdvertiseConfig config{.adv_managed_flag = true,
                         .adv_link_mtu = 1400,
                         .adv_reachable_time = Seconds(10),
                         .adv_retrans_timer = Milliseconds(1500),
                         .adv_preference = wire::RouterPreference::kHigh};
  config.prefixes = {Prefix("2001:db8:1::/64"), Prefix("2001:db8:2::/64")};
  config.dns_servers = {{Seconds(60), {*Ipv6Address::Parse("2001:db8::53")}}};
  config.dns_search_lists = {{Seconds(60), {"example.com"}}};
  config.pref64s = {{*Ipv6Prefix::Parse("64:ff9b::/96"), Seconds(64)}};
  const wire::RouterAdvertisement said = Make(config).Advertisement(kStart);
  EXPECT_TRUE(said.managed);
  EXPECT_FALSE(said.other);
  EXPECT_EQ(said.cur_hop_limit, 64);
  EXPECT_EQ(said.router_lifetime, Seconds(1800)) << "3 * MaxRtrAdvInterval";
  EXPECT_EQ(said.reachable_time, Seconds(10));
  EXPECT_EQ(said.retrans_timer, Milliseconds(1500));
  EXPECT_EQ(said.preference, wire::RouterPreference::kHigh);
  EXPECT_EQ(said.options.mtu, 1400u);
  EXPECT_EQ(said.options.source_link_layer_address, kMac);
  ASSERT_EQ(said.options.prefixes.size(), 2u);
  EXPECT_EQ(said.options.prefixes[1].prefix, *Ipv6Address::Parse("2001:db8:2::"));
  EXPECT_EQ(said.options.prefixes[1].prefix_length, 64);
  EXPECT_TRUE(said.options.prefixes[1].on_link);
  EXPECT_TRUE(said.options.prefixes[1].autonomous);
  EXPECT_EQ(said.options.prefixes[1].valid_lifetime, Seconds(2'592'000));
  EXPECT_EQ(said.options.prefixes[1].preferred_lifetime, Seconds(604'800));
  EXPECT_EQ(said.options.dns_servers.size(), 1u);
  EXPECT_EQ(said.options.dns_search_lists.size(), 1u);
  EXPECT_EQ(said.options.pref64s.size(), 1u);
}

TEST(RouterAdvertiser, WhoIsNoDefaultRouterHasNoPreference) {  // RFC 4191 §2.2
  const RouterAdvertiser advertiser =
      Make({.adv_default_lifetime = Duration(), .adv_preference = wire::RouterPreference::kHigh});
  EXPECT_EQ(advertiser.Advertisement(kStart).router_lifetime, Duration());
  EXPECT_EQ(advertiser.Advertisement(kStart).preference, wire::RouterPreference::kMedium);
}

TEST(RouterAdvertiser, TheLinkLocalPrefixIsNeverAdvertised) {  // RFC 4861 §4.6.2
  const RouterAdvertiser advertiser = Make({.prefixes = {Prefix("fe80::/64")}});
  EXPECT_TRUE(advertiser.Advertisement(kStart).options.prefixes.empty());
}

TEST(RouterAdvertiser, LifetimesMayCountDownToZero) {  // §6.2.1
  AdvertisedPrefix prefix = Prefix("2001:db8:1::/64");
  prefix.valid_lifetime = Seconds(100);
  prefix.preferred_lifetime = Seconds(50);
  prefix.decrement = true;
  AdvertisedPrefix forever = Prefix("2001:db8:2::/64");
  forever.valid_lifetime = forever.preferred_lifetime = Duration::Infinite();
  forever.decrement = true;
  const RouterAdvertiser advertiser = Make({.prefixes = {prefix, forever}});
  const auto at = [&](Duration after) {
    return advertiser.Advertisement(kStart + after).options.prefixes[0];
  };
  EXPECT_EQ(at(Seconds(30)).valid_lifetime, Seconds(70));
  EXPECT_EQ(at(Seconds(30)).preferred_lifetime, Seconds(20));
  EXPECT_EQ(at(Seconds(60)).preferred_lifetime, Duration());
  EXPECT_EQ(at(Seconds(1000)).valid_lifetime, Duration());
  EXPECT_EQ(advertiser.Advertisement(kStart + Seconds(9)).options.prefixes[1].valid_lifetime,
            Duration::Infinite());
}

TEST(RouterAdvertiser, NamesWhatAnotherRouterContradicts) {  // §6.2.7
  AdvertiseConfig config{.adv_link_mtu = 1500, .adv_retrans_timer = Seconds(1)};
  config.prefixes = {Prefix("2001:db8:1::/64")};
  const RouterAdvertiser advertiser = Make(config);
  wire::RouterAdvertisement theirs = advertiser.Advertisement(kStart);
  EXPECT_TRUE(advertiser.Inconsistencies(kStart, theirs).empty());
  theirs.cur_hop_limit = 32;
  theirs.managed = true;
  theirs.retrans_timer = Seconds(2);
  theirs.options.mtu = 1280;
  theirs.options.prefixes[0].preferred_lifetime = Seconds(60);
  EXPECT_EQ(advertiser.Inconsistencies(kStart, theirs),
            (std::vector<std::string>{
                "Cur Hop Limit is 32, ours 64", "the M flag is 1, ours 0",
                "Retrans Timer is 2000 ms, ours 1000 ms", "the MTU is 1280, ours 1500",
                "the Preferred Lifetime of 2001:db8:1::/64 is 60 s, ours 604800 s"}));
}

TEST(RouterAdvertiser, WhatIsUnspecifiedOrElsewhereContradictsNothing) {  // §6.2.7
  AdvertiseConfig config{.adv_link_mtu = 1500, .adv_retrans_timer = Seconds(1)};
  config.prefixes = {Prefix("2001:db8:1::/64")};
  const RouterAdvertiser advertiser = Make(config);
  wire::RouterAdvertisement theirs;
  theirs.reachable_time = Seconds(30);
  theirs.options.prefixes = {{.prefix = *Ipv6Address::Parse("2001:db8:2::"), .prefix_length = 64}};
  EXPECT_TRUE(advertiser.Inconsistencies(kStart, theirs).empty());
}

TEST(RouterAdvertiser, LifetimesThatCountDownMayDifferByClockSkew) {  // §6.2.7
  AdvertisedPrefix prefix = Prefix("2001:db8:1::/64");
  prefix.decrement = true;
  const RouterAdvertiser advertiser = Make({.prefixes = {prefix}});
  wire::RouterAdvertisement theirs = advertiser.Advertisement(kStart);
  EXPECT_TRUE(advertiser.Inconsistencies(kStart + Seconds(4), theirs).empty());
  EXPECT_EQ(advertiser.Inconsistencies(kStart + Seconds(60), theirs).size(), 2u);
}

}  // namespace
}  // namespace dualsim::router
