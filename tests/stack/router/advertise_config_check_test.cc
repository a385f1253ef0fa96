#include "stack/router/advertise_config_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dualsim::router {
namespace {

using Lines = std::vector<std::string>;

Lines Check(const AdvertiseConfig& config) { return CheckAdvertiseConfig(config, 1500); }

AdvertisedPrefix Prefix(const char* text) { return {.prefix = *Ipv6Prefix::Parse(text)}; }

TEST(CheckAdvertiseConfig, TheDefaultsAreFine) {
  EXPECT_EQ(Check({}), Lines{});
  EXPECT_EQ(Check({.prefixes = {Prefix("2001:db8::/64")}}), Lines{});
}

TEST(CheckAdvertiseConfig, IntervalsHaveTheirRanges) {  // RFC 4861 §6.2.1, 6275 §7.5, 8319
  const Lines too_long = {"MaxRtrAdvInterval is 70 ms to 65535 s"};
  EXPECT_EQ(Check({.max_rtr_adv_interval = Seconds(65536)}), too_long);
  EXPECT_EQ(Check({.max_rtr_adv_interval = Milliseconds(69)}), too_long);
  EXPECT_EQ(
      Check({.max_rtr_adv_interval = Milliseconds(70), .min_rtr_adv_interval = Milliseconds(30)}),
      Lines{});
  EXPECT_EQ(Check({.max_rtr_adv_interval = Seconds(4), .min_rtr_adv_interval = Seconds(3)}),
            Lines{});
  EXPECT_EQ(Check({.max_rtr_adv_interval = Seconds(4), .min_rtr_adv_interval = Seconds(4)}),
            Lines{"MinRtrAdvInterval is 30 ms to 0.75 * MaxRtrAdvInterval"});
}

TEST(CheckAdvertiseConfig, TheRouterLifetimeIsZeroOrCoversTheInterval) {
  EXPECT_EQ(Check({.adv_default_lifetime = Duration()}), Lines{});
  EXPECT_EQ(Check({.adv_default_lifetime = Seconds(600)}), Lines{});
  const Lines wrong = {"AdvDefaultLifetime is 0, or MaxRtrAdvInterval to 65535 s"};
  EXPECT_EQ(Check({.adv_default_lifetime = Seconds(599)}), wrong);
  EXPECT_EQ(Check({.adv_default_lifetime = Seconds(65536)}), wrong);
}

TEST(CheckAdvertiseConfig, FieldsHoldTheirUnits) {
  EXPECT_EQ(Check({.adv_reachable_time = Seconds(3601)}), Lines{"AdvReachableTime is 0 to 1 h"});
  EXPECT_EQ(Check({.adv_retrans_timer = Microseconds(1)}),
            Lines{"AdvRetransTimer is a whole number of milliseconds"});
  EXPECT_EQ(Check({.adv_link_mtu = 1501}), Lines{"AdvLinkMTU is 1280 to the link's MTU of 1500"});
  EXPECT_EQ(Check({.adv_link_mtu = 1279}).size(), 1u);
}

TEST(CheckAdvertiseConfig, PrefixesAreCheckedOneByOne) {
  AdvertisedPrefix prefix = Prefix("2001:db8::/64");
  prefix.valid_lifetime = Seconds(60);
  EXPECT_EQ(Check({.prefixes = {prefix, prefix, Prefix("fe80::/64")}}),
            (Lines{"prefix 2001:db8::/64: AdvPreferredLifetime is no longer than AdvValidLifetime",
                   "prefix 2001:db8::/64: AdvPreferredLifetime is no longer than AdvValidLifetime",
                   "prefix 2001:db8::/64 is there twice",
                   "prefix fe80::/64: the link-local prefix is not advertised"}));
  prefix.valid_lifetime = prefix.preferred_lifetime = Duration::Infinite();
  EXPECT_EQ(Check({.prefixes = {prefix}}), Lines{});
  prefix.preferred_lifetime = Milliseconds(1500);
  EXPECT_EQ(Check({.prefixes = {prefix}}).size(), 1u);
}

TEST(CheckAdvertiseConfig, OptionsKeepTheirRules) {  // RFC 8106 §5, RFC 8781 §4
  AdvertiseConfig config;
  config.dns_servers = {{Seconds(60), {}}};
  config.dns_search_lists = {{Seconds(60), {"example.com", "a..b", "end."}}};
  config.pref64s = {{*Ipv6Prefix::Parse("64:ff9b::/80"), Seconds(60)}};
  EXPECT_EQ(Check(config),
            (Lines{"a list of DNS servers has 1 to 127 addresses",
                   "'a..b' in a DNS search list is no domain name",
                   "'end.' in a DNS search list is no domain name",
                   "PREF64 64:ff9b::/80: the length is 96, 64, 56, 48, 40 or 32",
                   "PREF64 64:ff9b::/80: the lifetime is 0 to 65,528 s in steps of 8 s"}));
}

}  // namespace
}  // namespace dualsim::router
