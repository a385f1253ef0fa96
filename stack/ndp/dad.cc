#include "stack/ndp/dad.h"

#include <algorithm>

#include "stack/ndp/constants.h"

namespace dualsim::ndp {

DuplicateAddressDetection::DuplicateAddressDetection(const DadConfig& config, Time start)
    : config_(config), deadline_(start) {
  if (config_.dup_addr_detect_transmits == 0) Conclude(Verdict::kUnique);
}

bool DuplicateAddressDetection::Advance(Time now, NdpNonce nonce) {
  if (now < deadline_) return false;
  if (probes_sent_ >= config_.dup_addr_detect_transmits) {
    // RetransTimer passed after the last probe without an objection: RFC 4862 §5.4.
    Conclude(Verdict::kUnique);
    return false;
  }
  nonces_[static_cast<size_t>(probes_sent_) % kNoncesKept] = nonce;
  ++probes_sent_;
  deadline_ = now + config_.retrans_timer;
  return true;
}

bool DuplicateAddressDetection::OnSolicitation(std::optional<NdpNonce> nonce) {
  if (nonce && IsOurs(*nonce)) {
    config_.dup_addr_detect_transmits =
        std::max(config_.dup_addr_detect_transmits, probes_sent_ + kMaxMulticastSolicit);
    return false;
  }
  Conclude(Verdict::kDuplicate);
  return true;
}

bool DuplicateAddressDetection::IsOurs(const NdpNonce& nonce) const {
  const auto kept = std::min(static_cast<size_t>(probes_sent_), kNoncesKept);
  return std::find(nonces_.begin(), nonces_.begin() + kept, nonce) != nonces_.begin() + kept;
}

void DuplicateAddressDetection::Conclude(Verdict verdict) {
  if (verdict_ != Verdict::kTentative) return;
  verdict_ = verdict;
  deadline_ = Time::Never();
}

}  // namespace dualsim::ndp
