#pragma once

#include <cstdint>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"

namespace dualsim::arp {

// RFC 5227 §1.1.
struct ConflictDetectionConfig {
  Duration probe_wait = Seconds(1);
  int probe_num = 3;  // 0: the address is used without a question.
  Duration probe_min = Seconds(1);
  Duration probe_max = Seconds(2);
  Duration announce_wait = Seconds(2);
  int announce_num = 2;
  Duration announce_interval = Seconds(2);
  Duration defend_interval = Seconds(10);
  // RFC 5227 §2.4 (c): the address is kept, whoever else uses it; a router's way.
  bool defend_always = false;
};

// IPv4 Address Conflict Detection of one address, RFC 5227: probing before it is
// used (§2.1.1), announcing it (§2.3), and defending it from then on (§2.4).
//
// A pure state machine. It is told the time and what was heard, and answers with
// what to send; random delays are drawn from the caller's stream.
class AddressConflictDetection {
 public:
  enum class Action : uint8_t { kNothing, kProbe, kUse, kAnnounce };
  enum class Verdict : uint8_t {
    kProbing,   // Not to be used yet.
    kInUse,     // Ours.
    kConflict,  // Another's, for good.
  };

  // The first probe leaves after a random part of PROBE_WAIT, later where
  // `hold_off` is longer (the rate limit of §2.1.1). Without probes the address is
  // in use at once, and announced when Advance() is next called.
  AddressConflictDetection(const ConflictDetectionConfig& config, Time now, RandomStream& random,
                           Duration hold_off = Duration());

  // Does one thing that is due; to be called until it is kNothing. kUse: probing
  // found nobody, the address is ours; kAnnounce follows.
  [[nodiscard]] Action Advance(Time now, RandomStream& random);
  Time deadline() const { return deadline_; }

  // Another node has the address as its own, or (while we probe) probes it too.
  // True: defend it, by one announcement. False: nothing is to be sent, and
  // verdict() tells whether the address is lost. Who came second, and is still
  // announcing, yields (§2.4 (a)); who was there defends once in DEFEND_INTERVAL
  // (§2.4 (b)).
  [[nodiscard]] bool OnConflict(Time now);

  // Tells everybody anew that it is ours here: the card has another address.
  void Announce(Time now);

  Verdict verdict() const { return verdict_; }

 private:
  ConflictDetectionConfig config_;
  Verdict verdict_ = Verdict::kProbing;
  bool established_ = false;  // The announcements are over.
  int sent_ = 0;              // Probes, then announcements.
  Time deadline_;
  Time defended_ = Time::Never();  // When we last did.
};

}  // namespace dualsim::arp
