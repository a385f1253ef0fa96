#include <set>
#include <string>

#include "proto/advertise.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

// RFC 6275 §7.5 lowers the bounds of RFC 4861 §6.2.1, RFC 8319 §4 raises them.
constexpr Duration kLeastMaxRtrAdvInterval = Milliseconds(70);
constexpr Duration kMostMaxRtrAdvInterval = Seconds(65535);
constexpr Duration kLeastMinRtrAdvInterval = Milliseconds(30);
constexpr Duration kMostRouterLifetime = Seconds(65535);
constexpr Duration kMostReachableTime = Milliseconds(3'600'000);
constexpr Duration kMostRetransTimer = Milliseconds(0xffffffff);

wire::RouterPreference PreferenceOf(Advertise::Preference preference) {
  switch (preference) {
    case Advertise::LOW:
      return wire::RouterPreference::kLow;
    case Advertise::HIGH:
      return wire::RouterPreference::kHigh;
    default:
      return wire::RouterPreference::kMedium;
  }
}

// A Duration field of whole milliseconds, 0 to `most`.
std::optional<Duration> ReadMilliseconds(const Advertise& advertise, int field, Duration most,
                                         CheckContext* context) {
  const std::optional<Duration> value = context->ReadDuration(advertise, field);
  if (!value) return std::nullopt;
  if (value->nanoseconds() % Milliseconds(1).nanoseconds() != 0) {
    context->Error(advertise, field,
                   "it goes out in whole milliseconds, not " + DurationText(*value));
  } else if (*value > most) {
    context->Error(advertise, field, DurationText(most) + " is the most");
  } else {
    return value;
  }
  return std::nullopt;
}

void CheckIntervals(const Advertise& advertise, CheckContext* context,
                    router::AdvertiseConfig* config) {
  if (const auto value =
          context->ReadDuration(advertise, Advertise::kMaxRtrAdvIntervalFieldNumber)) {
    if (*value < kLeastMaxRtrAdvInterval || *value > kMostMaxRtrAdvInterval) {
      context->Error(advertise, Advertise::kMaxRtrAdvIntervalFieldNumber,
                     DurationText(*value) + " is not between 70ms and 65535s");
    } else {
      config->max_rtr_adv_interval = *value;
    }
  }
  if (const auto value =
          context->ReadDuration(advertise, Advertise::kMinRtrAdvIntervalFieldNumber)) {
    const Duration most = config->max_rtr_adv_interval * 3 / 4;
    if (*value < kLeastMinRtrAdvInterval || *value > most) {
      context->Error(advertise, Advertise::kMinRtrAdvIntervalFieldNumber,
                     DurationText(*value) + " is not between 30ms and " + DurationText(most) +
                         ", three quarters of MaxRtrAdvInterval");
    } else {
      config->min_rtr_adv_interval = *value;
    }
  }
  if (const auto value =
          context->ReadLifetime(advertise, Advertise::kAdvDefaultLifetimeFieldNumber)) {
    const bool off = *value == Duration();
    if (!off && (*value < config->max_rtr_adv_interval || *value > kMostRouterLifetime)) {
      context->Error(advertise, Advertise::kAdvDefaultLifetimeFieldNumber,
                     DurationText(*value) + " is neither 0 nor between MaxRtrAdvInterval (" +
                         DurationText(config->max_rtr_adv_interval) + ") and 65535s");
    } else {
      config->adv_default_lifetime = *value;
    }
  }
}

void CheckPrefixes(const Advertise& advertise, CheckContext* context,
                   router::AdvertiseConfig* config) {
  std::set<Ipv6Prefix> seen;
  for (const dualsim::AdvertisedPrefix& entry : advertise.prefix()) {
    using Entry = dualsim::AdvertisedPrefix;
    router::AdvertisedPrefix prefix;
    if (!context->Require(entry, Entry::kPrefixFieldNumber)) continue;
    const auto value = context->ReadPrefix(entry, Entry::kPrefixFieldNumber);
    if (value) {
      prefix.prefix = *value;
      if (value->address().is_multicast() || value->address().is_link_local()) {
        context->Error(entry, Entry::kPrefixFieldNumber,
                       "'" + value->ToString() + "' is not a prefix that routers advertise");
      }
      if (!seen.insert(*value).second) {
        context->Error(entry, Entry::kPrefixFieldNumber,
                       "'" + value->ToString() + "' is in this list already");
      }
    }
    if (const auto valid = context->ReadLifetime(entry, Entry::kValidFieldNumber)) {
      prefix.valid_lifetime = *valid;
    }
    if (const auto preferred = context->ReadLifetime(entry, Entry::kPreferredFieldNumber)) {
      prefix.preferred_lifetime = *preferred;
      if (*preferred > prefix.valid_lifetime) {
        context->Error(entry, Entry::kPreferredFieldNumber,
                       DurationText(*preferred) + " is longer than the valid lifetime, " +
                           DurationText(prefix.valid_lifetime));
      }
    } else {
      prefix.preferred_lifetime = std::min(prefix.preferred_lifetime, prefix.valid_lifetime);
    }
    prefix.on_link = !entry.has_on_link() || entry.on_link();
    prefix.autonomous = !entry.has_autonomous() || entry.autonomous();
    prefix.decrement = entry.decrement();
    config->prefixes.push_back(prefix);
  }
}

void CheckRoutes(const Advertise& advertise, Duration lifetime, CheckContext* context,
                 router::AdvertiseConfig* config) {
  std::set<Ipv6Prefix> seen;
  for (const AdvertisedRoute& entry : advertise.route()) {
    wire::RouteInformation route;
    if (!context->Require(entry, AdvertisedRoute::kPrefixFieldNumber)) continue;
    if (const auto prefix = context->ReadPrefix(entry, AdvertisedRoute::kPrefixFieldNumber)) {
      route.prefix = *prefix;
      // RFC 4191 §2.3: no two of one prefix in an advertisement.
      if (!seen.insert(*prefix).second) {
        context->Error(entry, AdvertisedRoute::kPrefixFieldNumber,
                       "'" + prefix->ToString() + "' is in this list already");
      }
    }
    route.lifetime =
        context->ReadLifetime(entry, AdvertisedRoute::kLifetimeFieldNumber).value_or(lifetime);
    if (entry.has_preference()) route.preference = PreferenceOf(entry.preference());
    config->routes.push_back(route);
  }
}

// A name of RFC 1035 §2.3.4: labels of 1 to 63 bytes, 253 in all.
bool IsDomainName(const std::string& name) {
  if (name.empty() || name.size() > 253) return false;
  size_t label = 0;
  for (char c : name + ".") {
    if (c != '.') {
      if (static_cast<unsigned char>(c) <= ' ' || ++label > 63) return false;
    } else {
      if (label == 0) return false;
      label = 0;
    }
  }
  return true;
}

void CheckDns(const Advertise& advertise, Duration lifetime, CheckContext* context,
              router::AdvertiseConfig* config) {
  wire::RecursiveDnsServers servers;
  servers.lifetime =
      context->ReadLifetime(advertise, Advertise::kDnsLifetimeFieldNumber).value_or(lifetime);
  for (int i = 0; i < advertise.dns_size(); ++i) {
    if (const auto address = context->ReadAddress(advertise, Advertise::kDnsFieldNumber, i)) {
      servers.addresses.push_back(*address);
    }
  }
  // The option's length is one byte of 8-byte units: RFC 8106 §5.1.
  if (advertise.dns_size() > 127) {
    context->Error(advertise, Advertise::kDnsFieldNumber, "127 addresses fit into one option", 127);
  }
  if (!servers.addresses.empty()) config->dns_servers.push_back(servers);

  wire::DnsSearchList search;
  search.lifetime =
      context->ReadLifetime(advertise, Advertise::kSearchLifetimeFieldNumber).value_or(lifetime);
  size_t bytes = 8;
  for (int i = 0; i < advertise.search_size(); ++i) {
    std::string name = advertise.search(i);
    if (!name.empty() && name.back() == '.') name.pop_back();
    if (!IsDomainName(name)) {
      context->Error(advertise, Advertise::kSearchFieldNumber,
                     "'" + name.substr(0, 60) + "' is not a domain name", i);
      continue;
    }
    bytes += name.size() + 2;
    search.names.push_back(std::move(name));
    if (bytes > 255 * 8) {
      context->Error(advertise, Advertise::kSearchFieldNumber,
                     "the names up to here are longer than one option holds", i);
      break;
    }
  }
  if (!search.names.empty()) config->dns_search_lists.push_back(search);
}

void CheckPref64s(const Advertise& advertise, Duration lifetime, CheckContext* context,
                  router::AdvertiseConfig* config) {
  constexpr Duration kMost = Seconds(65528);
  for (const dualsim::Pref64& entry : advertise.pref64()) {
    using Entry = dualsim::Pref64;
    wire::Pref64 pref64;
    if (!context->Require(entry, Entry::kPrefixFieldNumber)) continue;
    if (const auto prefix = context->ReadPrefix(entry, Entry::kPrefixFieldNumber)) {
      static const std::set<int> kLengths = {96, 64, 56, 48, 40, 32};
      if (!kLengths.contains(prefix->length())) {
        context->Error(entry, Entry::kPrefixFieldNumber,
                       "its length is one of 96, 64, 56, 48, 40, 32 (RFC 8781 §4)");
      }
      pref64.prefix = *prefix;
    }
    // Rounded up to the option's units of 8 seconds: RFC 8781 §4.1.
    pref64.lifetime =
        std::min(kMost, Seconds((lifetime.nanoseconds() + Seconds(8).nanoseconds() - 1) /
                                Seconds(8).nanoseconds() * 8));
    if (const auto value = context->ReadLifetime(entry, Entry::kLifetimeFieldNumber)) {
      if (*value > kMost || value->nanoseconds() % Seconds(8).nanoseconds() != 0) {
        context->Error(entry, Entry::kLifetimeFieldNumber,
                       DurationText(*value) + " is not a multiple of 8s up to 65528s");
      } else {
        pref64.lifetime = *value;
      }
    }
    config->pref64s.push_back(pref64);
  }
}

}  // namespace

router::AdvertiseConfig CheckAdvertise(const Advertise& advertise, CheckContext* context) {
  router::AdvertiseConfig config;
  CheckIntervals(advertise, context, &config);
  config.adv_managed_flag = advertise.adv_managed_flag();
  config.adv_other_config_flag = advertise.adv_other_config_flag();
  if (const auto mtu =
          context->ReadNumber(advertise, Advertise::kAdvLinkMtuFieldNumber, 1280, 65535)) {
    config.adv_link_mtu = *mtu;
  }
  config.adv_reachable_time = ReadMilliseconds(advertise, Advertise::kAdvReachableTimeFieldNumber,
                                               kMostReachableTime, context)
                                  .value_or(Duration());
  config.adv_retrans_timer = ReadMilliseconds(advertise, Advertise::kAdvRetransTimerFieldNumber,
                                              kMostRetransTimer, context)
                                 .value_or(Duration());
  if (const auto limit =
          context->ReadNumber(advertise, Advertise::kAdvCurHopLimitFieldNumber, 0, 255)) {
    config.adv_cur_hop_limit = static_cast<uint8_t>(*limit);
  }
  if (advertise.has_preference()) config.adv_preference = PreferenceOf(advertise.preference());
  if (advertise.has_source_link_layer_address()) {
    config.source_link_layer_address = advertise.source_link_layer_address();
  }
  // The default of RFC 8106 §5.1 and RFC 8781 §4.1, for routes as well.
  const Duration lifetime =
      Seconds((config.max_rtr_adv_interval * 3 + Seconds(1) - Nanoseconds(1)).nanoseconds() /
              Seconds(1).nanoseconds());
  CheckPrefixes(advertise, context, &config);
  CheckRoutes(advertise, lifetime, context, &config);
  CheckDns(advertise, lifetime, context, &config);
  CheckPref64s(advertise, lifetime, context, &config);
  return config;
}

}  // namespace dualsim::sim
