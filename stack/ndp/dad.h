#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "stack/base/time.h"
#include "stack/wire/ndp_nonce.h"

namespace dualsim::ndp {

struct DadConfig {
  int dup_addr_detect_transmits = 1;    // RFC 4862 §5.1; 0 switches detection off
  Duration retrans_timer = Seconds(1);  // RFC 4861 §10, or what the router advertised
};

// Duplicate Address Detection of one tentative address, RFC 4862 §5.4 with the
// loop check of RFC 7527.
//
// A pure state machine: it is told what happened and at what time, and answers
// with what to send. It owns no clock, no socket and no random numbers, so the
// caller passes the start delay (RFC 4862 §5.4.2) and every nonce. One object
// serves one address and is thrown away once `verdict()` is no longer kTentative.
class DuplicateAddressDetection {
 public:
  enum class Verdict { kTentative, kUnique, kDuplicate };

  // The first probe leaves at `start`. With no transmits configured the address
  // is unique at once.
  DuplicateAddressDetection(const DadConfig& config, Time start);

  // When Advance() is next needed; Time::Never() once there is a verdict.
  Time deadline() const { return deadline_; }

  // Does what is due. True: send a Neighbor Solicitation for the address, from
  // the unspecified address, carrying `nonce`, which is random and of this probe
  // alone (RFC 7527 §4.1). A call before the deadline does nothing.
  [[nodiscard]] bool Advance(Time now, NdpNonce nonce);

  // Somebody probes the address (a solicitation from ::, RFC 4862 §5.4.3).
  // Returns false where it is one of our own probes, looped back by the link:
  // that proves nothing, and another MAX_MULTICAST_SOLICIT follow (RFC 7527 §4.1).
  bool OnSolicitation(std::optional<NdpNonce> nonce);

  // Somebody has the address (an advertisement for it, RFC 4862 §5.4.4).
  void OnAdvertisement() { Conclude(Verdict::kDuplicate); }

  Verdict verdict() const { return verdict_; }
  int probes_sent() const { return probes_sent_; }

 private:
  // A probe that comes back later than this many others is not known again.
  static constexpr size_t kNoncesKept = 4;

  bool IsOurs(const NdpNonce& nonce) const;
  void Conclude(Verdict verdict);

  DadConfig config_;
  int probes_sent_ = 0;
  Time deadline_;
  Verdict verdict_ = Verdict::kTentative;
  std::array<NdpNonce, kNoncesKept> nonces_;  // Of the latest probes, a ring.
};

}  // namespace dualsim::ndp
