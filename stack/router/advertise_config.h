#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::router {

// One entry of AdvPrefixList, RFC 4861 §6.2.1.
struct AdvertisedPrefix {
  Ipv6Prefix prefix;
  Duration valid_lifetime = Seconds(2'592'000);
  Duration preferred_lifetime = Seconds(604'800);
  bool on_link = true;
  bool autonomous = true;
  // RFC 4861 §6.2.7: the lifetimes count down in real time from when the prefix
  // was configured, instead of being the same in every advertisement.
  bool decrement = false;
};

// How an interface advertises: the router variables of RFC 4861 §6.2.1 under
// their names there. AdvSendAdvertisements is that the configuration exists.
struct AdvertiseConfig {
  Duration max_rtr_adv_interval = Seconds(600);
  std::optional<Duration> min_rtr_adv_interval{};  // Default: 0.33 * Max, or Max where under 9 s.
  bool adv_managed_flag = false;
  bool adv_other_config_flag = false;
  std::optional<uint32_t> adv_link_mtu{};  // No option where not set.
  Duration adv_reachable_time{};           // 0: unspecified
  Duration adv_retrans_timer{};            // 0: unspecified
  uint8_t adv_cur_hop_limit = 64;
  std::optional<Duration> adv_default_lifetime{};  // Default: 3 * Max, 65535 s at most.
  wire::RouterPreference adv_preference = wire::RouterPreference::kMedium;  // RFC 4191
  bool source_link_layer_address = true;  // Whether the option is sent, §6.2.3.
  std::vector<AdvertisedPrefix> prefixes{};
  std::vector<wire::RouteInformation> routes{};          // RFC 4191
  std::vector<wire::RecursiveDnsServers> dns_servers{};  // RFC 8106
  std::vector<wire::DnsSearchList> dns_search_lists{};   // RFC 8106
  std::vector<wire::Pref64> pref64s{};                   // RFC 8781
};

}  // namespace dualsim::router
