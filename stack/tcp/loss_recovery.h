#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "stack/base/time.h"
#include "stack/tcp/congestion_control.h"
#include "stack/tcp/proportional_rate_reduction.h"
#include "stack/tcp/rack.h"
#include "stack/tcp/rtt_estimator.h"
#include "stack/tcp/scoreboard.h"
#include "stack/tcp/tail_loss_probe.h"

namespace dualsim::tcp {

// Finds out what is lost and how much may be in flight: RFC 5681 with NewReno
// (RFC 6582) where the peer sends no SACK; RFC 6675 or RACK-TLP (RFC 8985) where
// it does; limited transmit (RFC 3042) in all cases, since what left the network
// makes room; proportional rate reduction (RFC 6937); ECN's answer (RFC 3168).
//
// It decides, the sender sends.
class LossRecovery {
 public:
  // kCwr: the window falls without a loss, after ECN or a loss that a probe
  // repaired. kLoss: after a timeout.
  enum class Phase : uint8_t { kOpen, kCwr, kRecovery, kLoss };

  explicit LossRecovery(const Config& config);

  // The SYN has the number `iss`.
  void Start(SeqNum iss);
  // The handshake is over: `smss` is what a segment carries at most; `slow` where
  // the SYN was lost (RFC 5681 §3.1: the window begins with one segment).
  void Establish(bool sack, uint32_t smss, bool slow);
  // Another way to grow the window, after Establish(): it begins with the window that there is.
  void SetCongestionControl(Config::Congestion kind) { control_ = MakeCongestionControl(kind); }
  // The path's MTU changed.
  void SetSmss(uint32_t smss);
  // And larger segments did not pass.
  void OnTooBig(uint32_t smss);

  struct Ack {
    Time now;
    SeqNum ack;  // una() <= ack <= next()
    std::span<const wire::SackBlock> blocks{};
    bool duplicate = false;              // RFC 5681 §2: no data, no new window, and nothing new.
    bool ece = false;                    // Of a connection that uses ECN.
    std::optional<Duration> echo_age{};  // How old the timestamp is that it echoes.
  };
  struct Outcome {
    uint32_t acknowledged = 0;      // By how many bytes SND.UNA moved.
    std::optional<Duration> rtt{};  // A new sample, already in rtt().
  };
  Outcome OnAck(const Ack& ack);

  // The retransmission timer expired.
  void OnTimeout(Time now);
  // When a segment in doubt becomes lost, and what is due then.
  Time rack_deadline() const { return rack_deadline_; }
  void OnRackDeadline(Time now);
  // Nothing was sent since `since`, longer than an RTO (RFC 5681 §4.1).
  void OnIdle(Time since, Time now);

  // Whether `bytes` more may be in flight; alone in flight, anything may.
  bool MaySend(uint32_t bytes) const;
  // The segment to send again next; kNone where there is none.
  Scoreboard::Id NextRetransmission() const { return board_.NextLost(); }
  void OnSent(SeqNum end, Time now);
  void OnRetransmitted(Scoreboard::Id id, Time now);
  // Whether the next new segment tells the peer that the window fell (CWR).
  bool TakeCwr() { return std::exchange(cwr_pending_, false); }
  // RFC 8985 §7.2: whether a probe may be scheduled now.
  bool MayProbe() const { return sack_ && phase_ == Phase::kOpen && board_.sacked() == 0; }

  // Without SACK the timer must not start again with each partial acknowledgment:
  // where many segments were lost, a timeout mends them sooner (RFC 6582 §3.2
  // step 3, the impatient variant).
  bool KeepsTimer() const { return !sack_ && phase_ == Phase::kRecovery && partial_acks_ > 1; }

  uint32_t pipe() const;
  const Scoreboard& board() const { return board_; }
  const CongestionWindow& window() const { return window_; }
  const CongestionControl& control() const { return *control_; }
  Phase phase() const { return phase_; }
  RttEstimator& rtt() { return rtt_; }
  const RttEstimator& rtt() const { return rtt_; }
  TailLossProbe& probe() { return probe_; }
  const TailLossProbe& probe() const { return probe_; }
  uint32_t smss() const { return window_.smss; }

 private:
  // What one acknowledgment brought.
  struct Delivery {
    uint32_t bytes = 0;
    bool duplicate_report = false;
    bool ambiguous = false;  // Some of it was sent more than once.
    bool measured = false;
    Time sent;  // When the last of those sent once was sent.
  };
  void TakeBlocks(const Ack& ack, Delivery& delivery);
  void TakeDuplicate(const Ack& ack, uint32_t acknowledged, Delivery& delivery);
  void Deliver(const Scoreboard::Segment& segment, const Ack& ack, Delivery& delivery);
  // What the peer acknowledged, or reported, tells of the round-trip time.
  std::optional<Duration> MeasureRtt(const Ack& ack, const Delivery& acknowledged,
                                     const Delivery& reported);
  void DetectLoss(Time now, SeqNum ack, uint32_t acknowledged);
  void DetectByDupThresh();
  void LeavePhase();
  void Reduce(Time now, Phase phase);
  void EnterRecoveryIfLost(Time now);
  void MoveWindow(const Ack& ack, uint32_t acknowledged, const Delivery& delivery,
                  uint32_t pipe_before);

  uint32_t InitialWindow() const;

  static constexpr int kDupThresh = 3;

  const Config& config_;
  Scoreboard board_;
  RttEstimator rtt_;
  std::unique_ptr<CongestionControl> control_;
  CongestionWindow window_;
  ProportionalRateReduction prr_;
  Rack rack_;
  TailLossProbe probe_;
  Time rack_deadline_ = Time::Never();
  Phase phase_ = Phase::kOpen;
  bool sack_ = false;
  bool cwr_pending_ = false;
  bool force_one_ = false;  // Recovery sends one segment at once (RFC 6937 §3).
  SeqNum recover_;          // SND.NXT when the phase was entered.
  SeqNum timeout_una_;      // SND.UNA at the last timeout.
  int duplicate_acks_ = 0;
  int partial_acks_ = 0;       // Of this recovery.
  uint32_t left_network_ = 0;  // Bytes that duplicate ACKs stand for, without SACK.
};

}  // namespace dualsim::tcp
