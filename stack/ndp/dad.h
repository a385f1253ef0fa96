#pragma once

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
// caller passes the start delay (RFC 4862 §5.4.2) and the nonce. One object
// serves one address and is thrown away once `verdict()` is no longer kTentative.
class DuplicateAddressDetection {
 public:
  enum class Verdict { kTentative, kUnique, kDuplicate };

  // The first probe leaves at `start`. With no transmits configured the address
  // is unique at once. `nonce` marks every probe of this address (RFC 7527 §4.1).
  DuplicateAddressDetection(const DadConfig& config, Time start, NdpNonce nonce);

  // When Advance() is next needed; Time::Never() once there is a verdict.
  Time deadline() const { return deadline_; }

  // Does what is due. True: send a Neighbor Solicitation for the address, from
  // the unspecified address, carrying nonce(). A call before the deadline does
  // nothing.
  [[nodiscard]] bool Advance(Time now);

  // Somebody probes the address (a solicitation from ::, RFC 4862 §5.4.3).
  // Returns false where it is our own probe, looped back by the link: that
  // proves nothing, and another MAX_MULTICAST_SOLICIT probes follow (RFC 7527 §4.1).
  bool OnSolicitation(std::optional<NdpNonce> nonce);

  // Somebody has the address (an advertisement for it, RFC 4862 §5.4.4).
  void OnAdvertisement() { Conclude(Verdict::kDuplicate); }

  Verdict verdict() const { return verdict_; }
  NdpNonce nonce() const { return nonce_; }
  int probes_sent() const { return probes_sent_; }

 private:
  void Conclude(Verdict verdict);

  DadConfig config_;
  int probes_sent_ = 0;
  Time deadline_;
  Verdict verdict_ = Verdict::kTentative;
  NdpNonce nonce_;
};

}  // namespace dualsim::ndp
