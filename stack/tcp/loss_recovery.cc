#include "stack/tcp/loss_recovery.h"

#include <algorithm>

namespace dualsim::tcp {

LossRecovery::LossRecovery(const Config& config)
    : config_(config), rtt_(config.initial_rto, config.min_rto, config.max_rto) {}

void LossRecovery::Start(SeqNum iss) {
  board_.Start(iss);
  rack_.Start(iss);
  recover_ = iss;
  timeout_una_ = iss;
}

uint32_t LossRecovery::InitialWindow() const {
  // RFC 6928 §2 with 10 segments; the bytes are those of 10 full Ethernet frames.
  const auto segments = static_cast<uint32_t>(config_.initial_window_segments);
  const uint32_t smss = window_.smss;
  return std::min(segments * smss, std::max(2 * smss, segments * 1460));
}

void LossRecovery::Establish(bool sack, uint32_t smss, bool slow) {
  sack_ = sack;
  control_ = MakeCongestionControl(config_.congestion);
  window_ = {.smss = smss, .maximum = config_.max_cwnd};
  window_.cwnd = slow ? smss : InitialWindow();
  phase_ = Phase::kOpen;
}

void LossRecovery::SetSmss(uint32_t smss) {
  const bool fell = smss < window_.smss;
  window_.smss = smss;
  window_.cwnd = std::max(window_.cwnd, smss);
  if (fell) board_.Resegment(smss, false);
}

void LossRecovery::OnTooBig(uint32_t smss) {
  window_.smss = smss;
  board_.Resegment(smss, true);
}

uint32_t LossRecovery::pipe() const {
  return board_.pipe() - std::min(board_.pipe(), left_network_);
}

bool LossRecovery::MaySend(uint32_t bytes) const {
  const uint32_t in_network = pipe();
  return in_network == 0 || in_network + bytes <= window_.cwnd;
}

void LossRecovery::OnSent(SeqNum end, Time now) {
  prr_.OnSent(end - board_.next());
  board_.Append(end, now);
}

void LossRecovery::OnRetransmitted(Scoreboard::Id id, Time now) {
  prr_.OnSent(board_[id].size());
  board_.MarkRetransmitted(id, now);
}

LossRecovery::Outcome LossRecovery::OnAck(const Ack& ack) {
  const uint32_t pipe_before = pipe();
  const uint32_t acknowledged = ack.ack - board_.una();
  Delivery delivery;
  board_.Acknowledge(ack.ack, [&](const auto& segment) { Deliver(segment, ack, delivery); });
  Delivery reported;
  if (sack_) {
    TakeBlocks(ack, reported);
  } else {
    TakeDuplicate(ack, acknowledged, delivery);
  }
  const Outcome outcome{acknowledged, MeasureRtt(ack, delivery, reported)};
  delivery.bytes += reported.bytes;
  delivery.duplicate_report = reported.duplicate_report;
  const bool only_ack = acknowledged == 0 && ack.blocks.empty() && ack.duplicate;
  const bool repaired = probe_.OnAck(ack.ack, delivery.duplicate_report, only_ack);
  if (phase_ != Phase::kOpen && ack.ack >= recover_) LeavePhase();
  if (control_ == nullptr) return outcome;
  DetectLoss(ack.now, ack.ack, acknowledged);
  EnterRecoveryIfLost(ack.now);
  const bool congested = repaired || (ack.ece && ack.ack >= recover_);
  if (phase_ == Phase::kOpen && congested) {
    Reduce(ack.now, Phase::kCwr);
  }
  MoveWindow(ack, acknowledged, delivery, pipe_before);
  return outcome;
}

void LossRecovery::Deliver(const Scoreboard::Segment& segment, const Ack& ack, Delivery& delivery) {
  delivery.bytes += segment.size();
  if (segment.ever_retransmitted) {
    delivery.ambiguous = true;
  } else {
    delivery.sent = delivery.measured ? std::max(delivery.sent, segment.sent) : segment.sent;
    delivery.measured = true;
  }
  rack_.OnDelivered(segment, ack.now, ack.echo_age);
}

void LossRecovery::TakeBlocks(const Ack& ack, Delivery& delivery) {
  for (size_t i = 0; i < ack.blocks.size(); ++i) {
    const wire::SackBlock& block = ack.blocks[i];
    if (!(block.begin < block.end) || block.end > board_.next()) continue;
    // RFC 2883 §4: the first block lies below the ACK or within the second.
    const bool repeats = i == 0 && ack.blocks.size() > 1 && ack.blocks[1].begin <= block.begin &&
                         block.end <= ack.blocks[1].end;
    if (i == 0 && (block.end <= ack.ack || repeats)) {
      delivery.duplicate_report = true;
      rack_.OnDuplicateReport(board_.una(), board_.next());
      continue;
    }
    if (block.begin < board_.una()) continue;
    board_.Sack(block, [&](const auto& segment) { Deliver(segment, ack, delivery); });
  }
}

void LossRecovery::TakeDuplicate(const Ack& ack, uint32_t acknowledged, Delivery& delivery) {
  if (acknowledged > 0) {
    if (phase_ == Phase::kRecovery) ++partial_acks_;
    // One segment filled the hole; the others are those that the duplicates stood for.
    const uint32_t beyond = acknowledged - std::min(acknowledged, window_.smss);
    const uint32_t known = std::min(beyond, left_network_);
    left_network_ = phase_ == Phase::kRecovery ? left_network_ - known : 0;
    duplicate_acks_ = 0;
    delivery.bytes = acknowledged - known;
    return;
  }
  if (!ack.duplicate || board_.empty() || phase_ == Phase::kLoss) return;
  ++duplicate_acks_;
  const uint32_t limit = board_.flight() - board_[board_.first()].size();
  const uint32_t before = left_network_;
  left_network_ = std::min(left_network_ + window_.smss, limit);
  delivery.bytes = left_network_ > before ? left_network_ - before : 0;
}

std::optional<Duration> LossRecovery::MeasureRtt(const Ack& ack, const Delivery& acknowledged,
                                                 const Delivery& reported) {
  // Karn's algorithm, RFC 6298 §3: what was sent twice measures nothing, and what
  // waited behind it measures the wait. Timestamps tell (RFC 7323 §4.1), and so
  // do reports of what just arrived.
  std::optional<Duration> sample;
  if (acknowledged.measured && !acknowledged.ambiguous) {
    sample = ack.now - acknowledged.sent;
  } else if (acknowledged.ambiguous && !reported.duplicate_report) {
    // An ACK that a duplicate called forth echoes what came long before it.
    sample = ack.echo_age;
  } else if (reported.measured) {
    sample = ack.now - reported.sent;
  }
  if (!sample) return sample;
  const uint32_t smss = std::max<uint32_t>(window_.smss, 1);
  rtt_.AddSample(*sample, std::max<uint32_t>(1, board_.flight() / (2 * smss)));
  probe_.OnRttSample();
  return sample;
}

void LossRecovery::DetectLoss(Time now, SeqNum ack, uint32_t acknowledged) {
  if (sack_ && config_.rack) {
    const bool eager = phase_ == Phase::kRecovery || phase_ == Phase::kLoss ||
                       board_.sacked_segments() >= kDupThresh;
    rack_deadline_ = rack_.DetectLoss(board_, now, eager, rtt_.srtt());
  } else if (sack_) {
    DetectByDupThresh();
  } else if (!board_.empty()) {
    // RFC 6582 §3.2 steps 2 and 3: three duplicates, beyond what an earlier
    // recovery resent; within recovery, each partial acknowledgment.
    const bool third = phase_ == Phase::kOpen && duplicate_acks_ == kDupThresh && ack > recover_;
    const bool partial = phase_ == Phase::kRecovery && acknowledged > 0;
    if ((third || partial) && !board_[board_.first()].ever_retransmitted) {
      board_.MarkLost(board_.first());
    }
  }
}

void LossRecovery::DetectByDupThresh() {
  // RFC 6675 §4, IsLost: DupThresh segments above it were reported.
  uint32_t reported = 0;
  uint32_t left = static_cast<uint32_t>(board_.count());
  for (Scoreboard::Id id = board_.first() + left; left > 0; --left) {
    const Scoreboard::Segment& s = board_[--id];
    if (s.sacked) {
      ++reported;
    } else if (reported >= kDupThresh && !s.lost) {
      board_.MarkLost(id);
    }
  }
}

void LossRecovery::LeavePhase() {
  if (phase_ == Phase::kRecovery) rack_.OnRecoveryEnd();
  // RFC 6937 ends at ssthresh; after a timeout the window has its own growth.
  if (phase_ != Phase::kLoss) window_.cwnd = std::max(window_.ssthresh, window_.smss);
  phase_ = Phase::kOpen;
  left_network_ = 0;
  duplicate_acks_ = 0;
}

void LossRecovery::Reduce(Time now, Phase phase) {
  const uint32_t flight = std::max(board_.flight(), window_.smss);
  window_.ssthresh = control_->OnCongestion(now, flight, window_);
  prr_.Begin(flight);
  recover_ = board_.next();
  cwr_pending_ = true;
  partial_acks_ = 0;
  phase_ = phase;
}

void LossRecovery::EnterRecoveryIfLost(Time now) {
  if (!board_.has_lost()) return;
  if (phase_ == Phase::kOpen) {
    Reduce(now, Phase::kRecovery);
  } else if (phase_ == Phase::kCwr) {
    // The window is falling already, for the same reason.
    phase_ = Phase::kRecovery;
    recover_ = board_.next();
  } else {
    return;
  }
  probe_.End();
  force_one_ = true;
}

void LossRecovery::MoveWindow(const Ack& ack, uint32_t acknowledged, const Delivery& delivery,
                              uint32_t pipe_before) {
  if (phase_ == Phase::kRecovery || phase_ == Phase::kCwr) {
    if (delivery.bytes > 0 || force_one_) {
      window_.cwnd = prr_.OnAck(delivery.bytes, pipe(), window_.ssthresh, window_.smss);
    }
    if (force_one_) window_.cwnd = std::max(window_.cwnd, pipe() + window_.smss);
    force_one_ = false;
    return;
  }
  if (acknowledged == 0) return;
  // A window that was not used says nothing about the path (RFC 9438 §5.8).
  const bool limited = phase_ == Phase::kLoss || pipe_before + window_.smss > window_.cwnd ||
                       (window_.in_slow_start() && 2 * uint64_t{pipe_before} >= window_.cwnd);
  if (!limited) return;
  control_->OnAck({ack.now, acknowledged, rtt_.srtt()}, window_);
}

void LossRecovery::OnRackDeadline(Time now) {
  rack_deadline_ = Time::Never();
  DetectLoss(now, board_.una(), 0);
  EnterRecoveryIfLost(now);
  if (force_one_) window_.cwnd = pipe() + window_.smss;
  force_one_ = false;
}

void LossRecovery::OnTimeout(Time now) {
  // RFC 5681 §3.1: once for the same data. A SYN has no window yet.
  const bool again = phase_ == Phase::kLoss && board_.una() == timeout_una_;
  if (control_ != nullptr && !again) {
    window_.ssthresh = control_->OnTimeout(now, board_.flight(), window_);
  }
  timeout_una_ = board_.una();
  window_.cwnd = window_.smss;
  phase_ = Phase::kLoss;
  recover_ = board_.next();
  cwr_pending_ = true;
  board_.MarkAllLost();
  rack_.OnTimeout();
  rack_deadline_ = Time::Never();
  probe_.End();
  duplicate_acks_ = 0;
  left_network_ = 0;
}

void LossRecovery::OnIdle(Time since, Time now) {
  window_.cwnd = std::min(window_.cwnd, InitialWindow());
  control_->OnIdle(since, now);
}

}  // namespace dualsim::tcp
