#include "stack/router/advertise_config_check.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dualsim::router {
namespace {

constexpr Duration kShortestMaxInterval = Milliseconds(70);   // RFC 6275 §7.5; RFC 4861: 4 s
constexpr Duration kShortestMinInterval = Milliseconds(30);   // RFC 6275 §7.5; RFC 4861: 3 s
constexpr Duration kLongestMaxInterval = Seconds(65'535);     // RFC 8319 §4; RFC 4861: 1800 s
constexpr Duration kLongestRouterLifetime = Seconds(65'535);  // RFC 8319 §4; RFC 4861: 9000 s
constexpr Duration kLongestReachableTime = Seconds(3600);
constexpr Duration kLongestRetransTimer = Milliseconds(0xffffffff);
constexpr Duration kLongestLifetime = Seconds(0xfffffffe);    // All ones mean infinity.
constexpr Duration kLongestPref64Lifetime = Seconds(65'528);  // RFC 8781 §4
constexpr uint32_t kMinimumMtu = 1280;                        // RFC 8200 §5
constexpr size_t kMaximumServers = 127;  // What an option's length can say, RFC 8106 §5.1
constexpr size_t kMaximumName = 253;     // RFC 1035 §2.3.4, as text
constexpr size_t kMaximumLabel = 63;
constexpr std::array kPref64Lengths = {96, 64, 56, 48, 40, 32};  // RFC 8781 §4

class Checker {
 public:
  explicit Checker(const AdvertiseConfig& config) : config_(config) {}

  std::vector<std::string> Check(uint32_t link_mtu) {
    CheckIntervals();
    CheckHeader(link_mtu);
    for (const AdvertisedPrefix& prefix : config_.prefixes) CheckPrefix(prefix);
    for (const wire::RouteInformation& route : config_.routes) {
      CheckLifetime("the lifetime of route " + route.prefix.ToString(), route.lifetime);
    }
    for (const wire::RecursiveDnsServers& servers : config_.dns_servers) CheckServers(servers);
    for (const wire::DnsSearchList& list : config_.dns_search_lists) CheckSearchList(list);
    for (const wire::Pref64& pref64 : config_.pref64s) CheckPref64(pref64);
    return found_;
  }

 private:
  void Add(const std::string& what) { found_.push_back(what); }
  void Require(bool holds, const std::string& what) {
    if (!holds) Add(what);
  }

  void CheckIntervals() {
    const Duration maximum = config_.max_rtr_adv_interval;
    Require(maximum >= kShortestMaxInterval && maximum <= kLongestMaxInterval,
            "MaxRtrAdvInterval is 70 ms to 65535 s");
    if (config_.min_rtr_adv_interval) {
      Require(*config_.min_rtr_adv_interval >= kShortestMinInterval &&
                  *config_.min_rtr_adv_interval <= maximum * 3 / 4,
              "MinRtrAdvInterval is 30 ms to 0.75 * MaxRtrAdvInterval");
    }
    if (config_.adv_default_lifetime && *config_.adv_default_lifetime != Duration()) {
      Require(*config_.adv_default_lifetime >= maximum &&
                  *config_.adv_default_lifetime <= kLongestRouterLifetime,
              "AdvDefaultLifetime is 0, or MaxRtrAdvInterval to 65535 s");
      Require(IsWhole(*config_.adv_default_lifetime, Seconds(1)),
              "AdvDefaultLifetime is a whole number of seconds");
    }
  }

  void CheckHeader(uint32_t link_mtu) {
    Require(config_.adv_reachable_time >= Duration() &&
                config_.adv_reachable_time <= kLongestReachableTime,
            "AdvReachableTime is 0 to 1 h");
    Require(IsWhole(config_.adv_reachable_time, Milliseconds(1)),
            "AdvReachableTime is a whole number of milliseconds");
    Require(config_.adv_retrans_timer >= Duration() &&
                config_.adv_retrans_timer <= kLongestRetransTimer,
            "AdvRetransTimer is 0 to 4,294,967,295 ms");
    Require(IsWhole(config_.adv_retrans_timer, Milliseconds(1)),
            "AdvRetransTimer is a whole number of milliseconds");
    if (config_.adv_link_mtu) {
      Require(*config_.adv_link_mtu >= kMinimumMtu && *config_.adv_link_mtu <= link_mtu,
              "AdvLinkMTU is 1280 to the link's MTU of " + std::to_string(link_mtu));
    }
  }

  void CheckPrefix(const AdvertisedPrefix& prefix) {
    const std::string name = "prefix " + prefix.prefix.ToString();
    Require(!prefix.prefix.address().is_link_local(),
            name + ": the link-local prefix is not advertised");
    Require(!prefix.prefix.address().is_multicast(), name + ": groups are not on a link");
    Require(prefix.preferred_lifetime <= prefix.valid_lifetime,
            name + ": AdvPreferredLifetime is no longer than AdvValidLifetime");
    CheckLifetime(name + ": AdvValidLifetime", prefix.valid_lifetime);
    CheckLifetime(name + ": AdvPreferredLifetime", prefix.preferred_lifetime);
    const auto same = [&](const AdvertisedPrefix& other) { return other.prefix == prefix.prefix; };
    const auto first = std::find_if(config_.prefixes.begin(), config_.prefixes.end(), same);
    Require(&*first == &prefix, name + " is there twice");
  }

  void CheckServers(const wire::RecursiveDnsServers& servers) {
    Require(!servers.addresses.empty() && servers.addresses.size() <= kMaximumServers,
            "a list of DNS servers has 1 to 127 addresses");
    CheckLifetime("the lifetime of DNS servers", servers.lifetime);
  }

  void CheckSearchList(const wire::DnsSearchList& list) {
    Require(!list.names.empty(), "a DNS search list has a name");
    for (const std::string& name : list.names) {
      Require(IsDomainName(name), "'" + name + "' in a DNS search list is no domain name");
    }
    CheckLifetime("the lifetime of a DNS search list", list.lifetime);
  }

  void CheckPref64(const wire::Pref64& pref64) {
    const std::string name = "PREF64 " + pref64.prefix.ToString();
    const bool length = std::find(kPref64Lengths.begin(), kPref64Lengths.end(),
                                  pref64.prefix.length()) != kPref64Lengths.end();
    Require(length, name + ": the length is 96, 64, 56, 48, 40 or 32");
    Require(pref64.lifetime >= Duration() && pref64.lifetime <= kLongestPref64Lifetime &&
                IsWhole(pref64.lifetime, Seconds(8)),
            name + ": the lifetime is 0 to 65,528 s in steps of 8 s");
  }

  void CheckLifetime(const std::string& name, Duration lifetime) {
    if (lifetime.is_infinite()) return;
    Require(lifetime >= Duration() && lifetime <= kLongestLifetime && IsWhole(lifetime, Seconds(1)),
            name + " is a whole number of seconds up to 4,294,967,294, or infinite");
  }

  static bool IsWhole(Duration duration, Duration unit) {
    return duration.nanoseconds() % unit.nanoseconds() == 0;
  }

  static bool IsDomainName(std::string_view name) {
    if (name.empty() || name.size() > kMaximumName) return false;
    for (size_t begin = 0; begin <= name.size();) {
      const size_t end = std::min(name.find('.', begin), name.size());
      if (end == begin || end - begin > kMaximumLabel) return false;
      begin = end + 1;
    }
    return name.back() != '.';
  }

  const AdvertiseConfig& config_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> CheckAdvertiseConfig(const AdvertiseConfig& config, uint32_t link_mtu) {
  return Checker(config).Check(link_mtu);
}

}  // namespace dualsim::router
