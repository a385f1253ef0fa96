#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/router/advertise_config.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp.h"

namespace dualsim::router {

// RFC 4861 §10.
inline constexpr Duration kMaxInitialRtrAdvertInterval = Seconds(16);
inline constexpr int kMaxInitialRtrAdvertisements = 3;
inline constexpr int kMaxFinalRtrAdvertisements = 3;
inline constexpr Duration kMinDelayBetweenRas = Seconds(3);
inline constexpr Duration kMaxRaDelayTime = Milliseconds(500);

// When one advertising interface sends Router Advertisements, and what they say:
// RFC 4861 §6.2. Begins when the interface has a link-local address to send from.
//
// A pure state machine. Every advertisement goes to all nodes: a solicitation
// too is answered to the group, the usual case of §6.2.6, so that one answer
// serves all who asked. The first leaves within MAX_RA_DELAY_TIME, for §6.2.4
// says when the following ones do, and a random start keeps routers that are
// switched on together apart.
class RouterAdvertiser {
 public:
  // `mac` is for the Source Link-Layer Address option. Requires a config within the
  // ranges of RFC 4861 §6.2.1, RFC 6275 §7.5 and RFC 8319.
  RouterAdvertiser(Time now, AdvertiseConfig config, const MacAddress& mac, RandomStream random);

  // When Advance() is next needed; Time::Never() once it has ceased.
  Time deadline() const { return deadline_; }

  // Does what is due. An advertisement: multicast it now, hop limit 255.
  [[nodiscard]] std::optional<wire::RouterAdvertisement> Advance(Time now);

  // A valid solicitation came: §6.2.6. Advertisements stay MIN_DELAY_BETWEEN_RAS
  // apart (or MinRtrAdvInterval, where that is shorter: RFC 6275 §7.5).
  void OnSolicitation(Time now);

  // New values, told as quickly as those of a new advertising interface (§6.2.4),
  // also where it was ceasing. Lifetimes that count down do so from now. A prefix
  // that is no longer there is no longer advertised; to take it back from hosts,
  // advertise it with lifetimes of 0.
  void Reconfigure(Time now, AdvertiseConfig config);

  // Ceases to advertise with MAX_FINAL_RTR_ADVERTISEMENTS final advertisements,
  // §6.2.5, the first as soon as the limit on the rate allows.
  void Cease(Time now);
  bool ceased() const { return state_ == State::kCeased; }
  // Ceases at once, for a system that shuts down: the one final advertisement.
  // The limit on the rate yields to it: there is no later.
  [[nodiscard]] wire::RouterAdvertisement ShutDown(Time now);

  // What an advertisement at `now` says, §6.2.3. A final one has a router
  // lifetime of 0, and its routes have too (RFC 4191 §4).
  wire::RouterAdvertisement Advertisement(Time now) const;

  // Where another router's advertisement contradicts ours so that hosts would
  // switch to and fro, §6.2.7: a clause for each, as "Cur Hop Limit is 32, ours 64".
  std::vector<std::string> Inconsistencies(Time now, const wire::RouterAdvertisement& theirs) const;

  // For the Source Link-Layer Address option from the next advertisement on.
  void SetLinkLayerAddress(const MacAddress& mac) { mac_ = mac; }

  const AdvertiseConfig& config() const { return config_; }

 private:
  enum class State : uint8_t { kAdvertising, kCeasing, kCeased };

  void Begin(Time now);
  Duration MinimumInterval() const;
  Duration MinimumDelay() const;
  // The earliest time at or after `when` that the limit on the rate allows.
  Time Limit(Time when) const;
  wire::PrefixInformation Describe(const AdvertisedPrefix& prefix, Time now) const;

  AdvertiseConfig config_;
  MacAddress mac_;
  RandomStream random_;
  State state_ = State::kAdvertising;
  int sent_ = 0;     // Of the initial, or of the final ones.
  Time configured_;  // When the lifetimes that count down began to.
  Time deadline_;
  std::optional<Time> last_;  // When the last advertisement left.
};

}  // namespace dualsim::router
