#include "stack/tcp/rack.h"

namespace dualsim::tcp {

void Rack::OnDelivered(const Scoreboard::Segment& segment, Time now,
                       std::optional<Duration> echo_age) {
  const Duration rtt = now - segment.sent;
  if (segment.ever_retransmitted) {
    // §6.2 step 2: the original may have been delivered instead. Its timestamp
    // would be older than the retransmission; the clock's ticks are coarse.
    const bool echoes_original = echo_age && *echo_age > rtt + Milliseconds(1);
    if (echoes_original || (has_min_rtt_ && rtt < min_rtt_)) return;
  } else {
    min_rtt_ = has_min_rtt_ ? std::min(min_rtt_, rtt) : rtt;
    has_min_rtt_ = true;
    if (segment.end < fack_) reordering_seen_ = true;  // Step 3.
  }
  fack_ = SeqNum::Max(fack_, segment.end);
  const bool later =
      !delivered_ || segment.sent > sent_ || (segment.sent == sent_ && segment.end > end_);
  if (!later) return;
  delivered_ = true;
  sent_ = segment.sent;
  end_ = segment.end;
  rtt_ = rtt;
}

void Rack::OnDuplicateReport(SeqNum una, SeqNum next) {
  if (in_round_ && una < round_end_) return;  // Once in a round trip.
  in_round_ = true;
  round_end_ = next;
  ++multiplier_;
  persist_ = kPersistRecoveries;
}

void Rack::OnRecoveryEnd() {
  if (--persist_ > 0) return;
  persist_ = kPersistRecoveries;
  multiplier_ = 1;
}

Duration Rack::ReorderingWindow(bool eager, Duration srtt) const {
  if (!reordering_seen_ && eager) return {};
  return std::min(min_rtt_ / 4 * multiplier_, srtt);
}

Time Rack::DetectLoss(Scoreboard& board, Time now, bool eager, Duration srtt) {
  if (!delivered_) return Time::Never();
  const Duration patience = rtt_ + ReorderingWindow(eager, srtt);
  Time again = Time::Never();
  for (Scoreboard::Id id = board.oldest(); id != Scoreboard::kNone;) {
    const Scoreboard::Segment& s = board[id];
    const Scoreboard::Id later = s.later;
    // The list is in order of sending: no later one was sent before.
    if (s.sent > sent_) break;
    const bool sent_before = s.sent < sent_ || s.end < end_;
    if (sent_before) {
      const Time overdue = s.sent + patience;
      if (overdue <= now) {
        board.MarkLost(id);
      } else {
        again = std::max(again.is_never() ? overdue : again, overdue);
      }
    }
    id = later;
  }
  return again;
}

}  // namespace dualsim::tcp
