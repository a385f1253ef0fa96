#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "stack/base/time.h"
#include "stack/tcp/scoreboard.h"

namespace dualsim::tcp {

// RACK, RFC 8985 §6: a segment is lost when one that was sent enough later has
// been delivered.
class Rack {
 public:
  void Start(SeqNum first) { *this = Rack(first); }
  Rack() = default;

  // A segment was delivered for the first time we hear of (§6.2 steps 1 to 3).
  // `echo_age` is how long ago the peer's timestamp echo was sent, where there
  // is one: it tells the delivery of a retransmission from that of the original.
  void OnDelivered(const Scoreboard::Segment& segment, Time now, std::optional<Duration> echo_age);
  // The peer reported a duplicate (RFC 2883): reordering may be worse than
  // thought (§6.2 step 4). `next` is SND.NXT, `una` SND.UNA.
  void OnDuplicateReport(SeqNum una, SeqNum next);
  // A recovery ended: a wider reordering window lasts for some of them.
  void OnRecoveryEnd();
  // A timeout: reports may be taken back, and times begin anew.
  void OnTimeout() { delivered_ = false; }

  // §6.2 step 5: marks lost what is overdue. `eager`: in recovery or with
  // DupThresh segments reported, there is no tolerance until reordering was
  // seen. Returns when to look again; Never() where nothing is in doubt.
  Time DetectLoss(Scoreboard& board, Time now, bool eager, Duration srtt);

  // The least round-trip time seen; 0 where none.
  Duration min_rtt() const { return min_rtt_; }

 private:
  explicit Rack(SeqNum first) : fack_(first) {}
  Duration ReorderingWindow(bool eager, Duration srtt) const;

  static constexpr int kPersistRecoveries = 16;  // §6.2: RACK.reo_wnd_persist.

  bool delivered_ = false;  // The four that follow mean something.
  Time sent_;               // RACK.xmit_ts
  SeqNum end_;              // RACK.end_seq
  Duration rtt_;            // RACK.rtt
  SeqNum fack_;             // The highest sequence number delivered.
  Duration min_rtt_;
  bool has_min_rtt_ = false;
  bool reordering_seen_ = false;
  uint32_t multiplier_ = 1;  // RACK.reo_wnd_mult
  int persist_ = kPersistRecoveries;
  bool in_round_ = false;
  SeqNum round_end_;  // RACK.dsack_round
};

}  // namespace dualsim::tcp
