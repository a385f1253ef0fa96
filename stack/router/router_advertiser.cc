#include "stack/router/router_advertiser.h"

#include <algorithm>
#include <utility>

namespace dualsim::router {
namespace {

constexpr Duration kLongestRouterLifetime = Seconds(65'535);  // RFC 8319 §4
constexpr Duration kShortestIntervalForThird = Seconds(9);    // §6.2.1, MinRtrAdvInterval
// How far apart clocks may be that count a lifetime down, §6.2.7.
constexpr Duration kSkew = Seconds(5);

// To whole seconds, upwards: a lifetime that is not zero does not become zero.
Duration RoundUpToSeconds(Duration d) {
  return Seconds((d + Seconds(1) - Nanoseconds(1)).nanoseconds() / Seconds(1).nanoseconds());
}

std::string SecondsText(Duration d) {
  if (d.is_infinite()) return "infinite";
  return std::to_string(d.nanoseconds() / Seconds(1).nanoseconds()) + " s";
}

std::string MillisecondsText(Duration d) {
  return std::to_string(d.nanoseconds() / Milliseconds(1).nanoseconds()) + " ms";
}

std::string Clause(const std::string& what, const std::string& theirs, const std::string& ours) {
  return what + " is " + theirs + ", ours " + ours;
}

bool Differ(Duration theirs, Duration ours, Duration skew) {
  if (theirs.is_infinite() || ours.is_infinite()) return theirs != ours;
  return theirs - ours > skew || ours - theirs > skew;
}

}  // namespace

RouterAdvertiser::RouterAdvertiser(Time now, AdvertiseConfig config, const MacAddress& mac,
                                   RandomStream random)
    : config_(std::move(config)), mac_(mac), random_(random) {
  Begin(now);
}

void RouterAdvertiser::Begin(Time now) {
  state_ = State::kAdvertising;
  sent_ = 0;
  configured_ = now;
  deadline_ = Limit(now) + random_.Between(Duration(), kMaxRaDelayTime);
}

void RouterAdvertiser::Reconfigure(Time now, AdvertiseConfig config) {
  config_ = std::move(config);
  Begin(now);
}

Duration RouterAdvertiser::MinimumInterval() const {
  const Duration maximum = config_.max_rtr_adv_interval;
  const Duration by_default = maximum >= kShortestIntervalForThird ? maximum * 33 / 100 : maximum;
  return config_.min_rtr_adv_interval.value_or(by_default);
}

Duration RouterAdvertiser::MinimumDelay() const {
  return std::min(kMinDelayBetweenRas, MinimumInterval());
}

Time RouterAdvertiser::Limit(Time when) const {
  return last_ ? std::max(when, *last_ + MinimumDelay()) : when;
}

std::optional<wire::RouterAdvertisement> RouterAdvertiser::Advance(Time now) {
  if (now < deadline_) return std::nullopt;
  wire::RouterAdvertisement advertisement = Advertisement(now);
  last_ = now;
  sent_ = std::min(sent_ + 1, kMaxInitialRtrAdvertisements);
  if (state_ == State::kAdvertising) {
    Duration interval = random_.Between(MinimumInterval(), config_.max_rtr_adv_interval);
    if (sent_ < kMaxInitialRtrAdvertisements) {
      interval = std::min(interval, kMaxInitialRtrAdvertInterval);
    }
    deadline_ = now + interval;
  } else if (sent_ < kMaxFinalRtrAdvertisements) {
    deadline_ = Limit(now);
  } else {
    state_ = State::kCeased;
    deadline_ = Time::Never();
  }
  return advertisement;
}

void RouterAdvertiser::OnSolicitation(Time now) {
  if (state_ != State::kAdvertising) return;
  deadline_ = std::min(deadline_, Limit(now) + random_.Between(Duration(), kMaxRaDelayTime));
}

void RouterAdvertiser::Cease(Time now) {
  if (state_ != State::kAdvertising) return;
  state_ = State::kCeasing;
  sent_ = 0;
  deadline_ = Limit(now);
}

wire::RouterAdvertisement RouterAdvertiser::ShutDown(Time now) {
  state_ = State::kCeased;
  deadline_ = Time::Never();
  last_ = now;
  return Advertisement(now);
}

wire::RouterAdvertisement RouterAdvertiser::Advertisement(Time now) const {
  const bool final = state_ != State::kAdvertising;
  wire::RouterAdvertisement advertisement;
  advertisement.cur_hop_limit = config_.adv_cur_hop_limit;
  advertisement.managed = config_.adv_managed_flag;
  advertisement.other = config_.adv_other_config_flag;
  if (!final) {
    advertisement.router_lifetime = RoundUpToSeconds(config_.adv_default_lifetime.value_or(
        std::min(config_.max_rtr_adv_interval * 3, kLongestRouterLifetime)));
  }
  // RFC 4191 §2.2: who is no default router has no preference as one.
  if (advertisement.router_lifetime > Duration()) {
    advertisement.preference = config_.adv_preference;
  }
  advertisement.reachable_time = config_.adv_reachable_time;
  advertisement.retrans_timer = config_.adv_retrans_timer;

  wire::NdpOptions& options = advertisement.options;
  if (config_.source_link_layer_address) options.source_link_layer_address = mac_;
  options.mtu = config_.adv_link_mtu;
  for (const AdvertisedPrefix& prefix : config_.prefixes) {
    // §4.6.2: a router does not send the link-local prefix.
    if (!prefix.prefix.address().is_link_local()) options.prefixes.push_back(Describe(prefix, now));
  }
  options.routes = config_.routes;
  if (final) {
    for (wire::RouteInformation& route : options.routes) route.lifetime = Duration();
  }
  options.dns_servers = config_.dns_servers;
  options.dns_search_lists = config_.dns_search_lists;
  options.pref64s = config_.pref64s;
  return advertisement;
}

wire::PrefixInformation RouterAdvertiser::Describe(const AdvertisedPrefix& prefix, Time now) const {
  const auto left = [&](Duration lifetime) {
    if (!prefix.decrement || lifetime.is_infinite()) return lifetime;
    return std::max(lifetime - (now - configured_), Duration());
  };
  wire::PrefixInformation information;
  information.prefix = prefix.prefix.address();
  information.prefix_length = static_cast<uint8_t>(prefix.prefix.length());
  information.on_link = prefix.on_link;
  information.autonomous = prefix.autonomous;
  information.valid_lifetime = left(prefix.valid_lifetime);
  information.preferred_lifetime = left(prefix.preferred_lifetime);
  return information;
}

std::vector<std::string> RouterAdvertiser::Inconsistencies(
    Time now, const wire::RouterAdvertisement& theirs) const {
  const wire::RouterAdvertisement ours = Advertisement(now);
  std::vector<std::string> found;
  const auto compare = [&](const char* what, auto their, auto our, auto text) {
    if (their != our) found.push_back(Clause(what, text(their), text(our)));
  };
  // Zero is unspecified, and contradicts nothing.
  const auto compare_specified = [&](const char* what, auto their, auto our, auto text) {
    if (their != decltype(their)() && our != decltype(our)()) compare(what, their, our, text);
  };
  const auto number = [](uint32_t n) { return std::to_string(n); };
  compare_specified("Cur Hop Limit", theirs.cur_hop_limit, ours.cur_hop_limit, number);
  compare("the M flag", theirs.managed, ours.managed, number);
  compare("the O flag", theirs.other, ours.other, number);
  compare_specified("Reachable Time", theirs.reachable_time, ours.reachable_time, MillisecondsText);
  compare_specified("Retrans Timer", theirs.retrans_timer, ours.retrans_timer, MillisecondsText);
  if (theirs.options.mtu && ours.options.mtu) {
    compare("the MTU", *theirs.options.mtu, *ours.options.mtu, number);
  }
  for (const AdvertisedPrefix& prefix : config_.prefixes) {
    const wire::PrefixInformation our = Describe(prefix, now);
    for (const wire::PrefixInformation& their : theirs.options.prefixes) {
      if (their.prefix_length != our.prefix_length ||
          CommonPrefixLength(their.prefix, our.prefix) < our.prefix_length) {
        continue;
      }
      const std::string of = " of " + prefix.prefix.ToString();
      const Duration skew = prefix.decrement ? kSkew : Duration();
      if (Differ(their.valid_lifetime, our.valid_lifetime, skew)) {
        found.push_back(Clause("the Valid Lifetime" + of, SecondsText(their.valid_lifetime),
                               SecondsText(our.valid_lifetime)));
      }
      if (Differ(their.preferred_lifetime, our.preferred_lifetime, skew)) {
        found.push_back(Clause("the Preferred Lifetime" + of, SecondsText(their.preferred_lifetime),
                               SecondsText(our.preferred_lifetime)));
      }
    }
  }
  return found;
}

}  // namespace dualsim::router
