#include "stack/ndp/dad.h"

#include "stack/ndp/constants.h"

namespace dualsim::ndp {

DuplicateAddressDetection::DuplicateAddressDetection(const DadConfig& config, Time start,
                                                     NdpNonce nonce)
    : config_(config), deadline_(start), nonce_(nonce) {
  if (config_.dup_addr_detect_transmits == 0) Conclude(Verdict::kUnique);
}

bool DuplicateAddressDetection::Advance(Time now) {
  if (now < deadline_) return false;
  if (probes_sent_ >= config_.dup_addr_detect_transmits) {
    // RetransTimer passed after the last probe without an objection: RFC 4862 §5.4.
    Conclude(Verdict::kUnique);
    return false;
  }
  ++probes_sent_;
  deadline_ = now + config_.retrans_timer;
  return true;
}

bool DuplicateAddressDetection::OnSolicitation(std::optional<NdpNonce> nonce) {
  if (nonce && *nonce == nonce_ && probes_sent_ > 0) {
    config_.dup_addr_detect_transmits = probes_sent_ + kMaxMulticastSolicit;
    return false;
  }
  Conclude(Verdict::kDuplicate);
  return true;
}

void DuplicateAddressDetection::Conclude(Verdict verdict) {
  if (verdict_ != Verdict::kTentative) return;
  verdict_ = verdict;
  deadline_ = Time::Never();
}

}  // namespace dualsim::ndp
