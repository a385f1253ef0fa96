#include "stack/tcp/sender.h"

#include <algorithm>

namespace dualsim::tcp {

Sender::Sender(const Config& config, const ConnectionOptions& options, BlockPool& pool,
               Transmitter& out)
    : config_(config),
      options_(options),
      out_(out),
      buffer_(pool, options.send_buffer.value_or(config.send_buffer)),
      recovery_(config) {}

void Sender::Open(Time now, SeqNum iss, int max_retransmissions) {
  Resume(iss);
  syn_acknowledged_ = false;
  max_syn_retransmissions_ = max_retransmissions;
  recovery_.Start(iss);
  recovery_.OnSent(iss + 1, now);
  timer_.Restart(now, recovery_.rtt());
  last_sent_ = now;
  out_.Transmit(now, {.sequence = iss, .syn = true});
}

void Sender::RepeatSyn(Time now) {
  syn_retransmitted_ = true;
  timer_.Defer(now, recovery_.rtt());
  Retransmit(now, recovery_.board().first());
}

void Sender::Resume(SeqNum iss) {
  iss_ = iss;
  syn_acknowledged_ = true;
  buffer_.Start(iss + 1);
  recovery_.Start(iss + 1);
}

void Sender::Establish(const Peer& peer) {
  established_ = true;
  recovery_.Establish(peer.sack, peer.smss, syn_retransmitted_);
  if (options_.congestion) recovery_.SetCongestionControl(*options_.congestion);
  // RFC 6298 §5.7: the first RTO was too short for this path, it seems.
  if (syn_retransmitted_) recovery_.rtt().SetInitialRto(Seconds(3));
  window_ = peer.window;
  max_window_ = peer.window;
  wl1_ = peer.sequence;
  wl2_ = una();
}

void Sender::TakeOptions() {
  buffer_.SetLimit(options_.send_buffer.value_or(config_.send_buffer));
  if (established_) {
    recovery_.SetCongestionControl(options_.congestion.value_or(config_.congestion));
  }
}

uint32_t Sender::UnsentBytes() const {
  const SeqNum from = SeqNum::Max(next(), buffer_.begin());
  return from < buffer_.end() ? buffer_.end() - from : 0;
}

uint32_t Sender::WindowLeft() const {
  const SeqNum edge = una() + window_;
  return edge > next() ? edge - next() : 0;
}

void Sender::Push(Time now) {
  if (!established_) return;
  if (!InFlight() && has_unsent() && now - last_sent_ > recovery_.rtt().rto()) {
    recovery_.OnIdle(last_sent_, now);
  }
  while (SendOne(now)) {
  }
  UpdatePersist(now);
}

bool Sender::SendOne(Time now) {
  const Scoreboard::Id lost = recovery_.NextRetransmission();
  if (lost == Scoreboard::kNone) return SendNew(now);
  if (!recovery_.MaySend(recovery_.board()[lost].size())) return false;
  Retransmit(now, lost);
  return true;
}

bool Sender::SendNew(Time now) {
  const uint32_t unsent = UnsentBytes();
  const uint32_t window = WindowLeft();
  const uint32_t size = std::min({unsent, window, recovery_.smss()});
  const bool fin = FinUnsent() && size == unsent && size < window;
  if (size == 0 && !fin) return false;
  if (size < recovery_.smss() && !fin && !MaySendSmall(size, unsent)) return false;
  if (!recovery_.MaySend(size + (fin ? 1 : 0))) return false;
  TransmitNew(now, size, fin);
  return true;
}

bool Sender::MaySendSmall(uint32_t size, uint32_t unsent) const {
  if (options_.cork) return false;
  // RFC 9293 §3.7.4: Nagle holds small segments back while anything is in flight.
  if (InFlight() && !options_.no_delay) return false;
  // §3.8.6.2.1 (2) and (3): all that there is, or half the largest window seen.
  return size == unsent || size >= max_window_ / 2;
}

void Sender::TransmitNew(Time now, uint32_t size, bool fin) {
  const SeqNum sequence = next();
  const bool all = size == UnsentBytes();
  const bool was_idle = !InFlight();
  recovery_.OnSent(sequence + size + (fin ? 1 : 0), now);
  probe_outstanding_ = false;
  last_sent_ = now;
  if (was_idle || !timer_.running()) timer_.Restart(now, recovery_.rtt());
  if (recovery_.MayProbe()) {
    recovery_.probe().Schedule(now, recovery_.rtt(), recovery_.pipe(), recovery_.smss());
  }
  out_.Transmit(now, {.sequence = sequence,
                      .payload = buffer_.Read(sequence, size),
                      .fin = fin,
                      .psh = all && size > 0,
                      .cwr = recovery_.TakeCwr(),
                      .new_data = true});
}

void Sender::Retransmit(Time now, Scoreboard::Id id) {
  const Scoreboard::Segment segment = recovery_.board()[id];
  const bool syn = !syn_acknowledged_ && segment.begin == iss_;
  const bool fin = segment.end > buffer_.end();
  const SeqNum begin = segment.begin + (syn ? 1 : 0);
  const uint32_t size = (segment.end - begin) - (fin ? 1 : 0);
  recovery_.OnRetransmitted(id, now);
  last_sent_ = now;
  if (!timer_.running()) timer_.Restart(now, recovery_.rtt());
  out_.Transmit(now, {.sequence = segment.begin,
                      .payload = buffer_.Read(begin, size),
                      .syn = syn,
                      .fin = fin,
                      .psh = size > 0 && begin + size == buffer_.end(),
                      .retransmission = true});
}

Sender::Outcome Sender::OnAck(const Ack& ack) {
  if (ack.ack > next()) {
    // The peer took the byte that probed its window.
    recovery_.OnSent(ack.ack, probe_sent_);
    probe_outstanding_ = false;
  }
  const bool duplicate =
      ack.ack == una() && ack.sequence_length == 0 && InFlight() && ack.window == window_;
  const LossRecovery::Outcome outcome = recovery_.OnAck({.now = ack.now,
                                                         .ack = ack.ack,
                                                         .blocks = ack.blocks,
                                                         .duplicate = duplicate,
                                                         .ece = ack.ece,
                                                         .echo_age = ack.echo_age});
  if (outcome.acknowledged > 0) {
    syn_acknowledged_ = true;
    buffer_.Acknowledge(SeqNum::Min(SeqNum::Max(ack.ack, buffer_.begin()), buffer_.end()));
    unanswered_ = 0;
    timer_.Progress(ack.now);
    if (!InFlight()) {
      timer_.Stop();
    } else if (!recovery_.KeepsTimer()) {
      timer_.Restart(ack.now, recovery_.rtt());
    }
    if (!InFlight() || !recovery_.MayProbe()) {
      recovery_.probe().Cancel();
    } else {
      recovery_.probe().Schedule(ack.now, recovery_.rtt(), recovery_.pipe(), recovery_.smss());
    }
  }
  TakeWindow(ack);
  return {outcome.acknowledged, outcome.rtt};
}

void Sender::TakeWindow(const Ack& ack) {
  if (!established_) return;
  // RFC 9293 §3.10.7.4: only of segments newer than the last that told it.
  if (wl1_ < ack.sequence || (wl1_ == ack.sequence && wl2_ <= ack.ack)) {
    window_ = ack.window;
    max_window_ = std::max(max_window_, window_);
    wl1_ = ack.sequence;
    wl2_ = ack.ack;
  }
  // §3.8.6.1: a closed window that is acknowledged again and again is no silence.
  // It holds the connection open without end.
  if (window_ == 0) timer_.PeerIsThere(ack.now);
  if (!persist_since_.is_never()) persist_since_ = ack.now;
  if (window_ == 0 || !persist_since_.is_never()) unanswered_ = 0;
}

void Sender::UpdatePersist(Time now) {
  const bool held_back = !InFlight() && has_unsent();
  if (!held_back) {
    persist_deadline_ = Time::Never();
    persist_since_ = Time::Never();
    persist_expiries_ = 0;
    return;
  }
  if (!persist_deadline_.is_never()) return;
  persist_deadline_ = now + recovery_.rtt().rto();
  persist_since_ = now;
}

Time Sender::GiveUpAt() const {
  return std::min(timer_.waiting_since(), persist_since_) + SilenceLimit();
}

Duration Sender::SilenceLimit() const {
  return syn_acknowledged_ ? options_.user_timeout
                           : std::min(options_.user_timeout, config_.connect_timeout);
}

int Sender::RetransmissionLimit() const {
  if (syn_acknowledged_) return config_.max_retransmissions;
  return max_syn_retransmissions_;
}

Time Sender::deadline() const {
  if (stopped_) return Time::Never();
  const Time retransmission = std::min(timer_.deadline(), recovery_.probe().deadline());
  const Time recovery = std::min(recovery_.rack_deadline(), persist_deadline_);
  return std::min({retransmission, recovery, GiveUpAt()});
}

bool Sender::Advance(Time now) {
  if (now < deadline()) return true;
  if (GiveUpAt() <= now) return false;
  if (recovery_.rack_deadline() <= now) {
    recovery_.OnRackDeadline(now);
    Push(now);
  }
  const bool probe_armed = !recovery_.probe().deadline().is_never();
  if (probe_armed && std::min(recovery_.probe().deadline(), timer_.deadline()) <= now) {
    // RFC 8985 §7.2: where the timeout comes first, the probe goes in its place.
    SendTailLossProbe(now);
  } else if (timer_.deadline() <= now) {
    return OnRetransmissionTimeout(now);
  }
  return persist_deadline_ <= now ? OnPersistTimeout(now) : true;
}

bool Sender::OnRetransmissionTimeout(Time now) {
  if (unanswered_ >= RetransmissionLimit()) return false;
  ++unanswered_;
  timer_.Expire(now, recovery_.rtt());
  recovery_.OnTimeout(now);
  if (!syn_acknowledged_) syn_retransmitted_ = true;
  // Whatever the windows say, the first segment goes out.
  Retransmit(now, recovery_.board().first());
  return true;
}

void Sender::SendTailLossProbe(Time now) {
  const uint32_t size = std::min({UnsentBytes(), WindowLeft(), recovery_.smss()});
  if (size > 0) {
    TransmitNew(now, size, false);
    recovery_.probe().OnProbe(next(), false);
  } else {
    Retransmit(now, recovery_.board().last());
    recovery_.probe().OnProbe(next(), true);
  }
  timer_.Defer(now, recovery_.rtt());
}

bool Sender::OnPersistTimeout(Time now) {
  if (unanswered_ >= RetransmissionLimit()) return false;
  ++unanswered_;
  ++persist_expiries_;
  Duration timeout = recovery_.rtt().rto();
  for (int i = 0; i < persist_expiries_ && timeout < config_.max_rto; ++i) timeout = timeout * 2;
  persist_deadline_ = now + std::min(timeout, config_.max_rto);
  const uint32_t size = std::min({UnsentBytes(), WindowLeft(), recovery_.smss()});
  if (size > 0) {
    // The override timeout of §3.8.6.2.1 (4): a small window is better than none.
    TransmitNew(now, size, false);
    UpdatePersist(now);
  } else {
    SendWindowProbe(now);
  }
  return true;
}

void Sender::SendWindowProbe(Time now) {
  // §3.8.6.1: a byte of new data, or the FIN where there is none.
  const uint32_t size = std::min<uint32_t>(UnsentBytes(), 1);
  probe_outstanding_ = true;
  probe_sent_ = now;
  out_.Transmit(
      now,
      {.sequence = next(), .payload = buffer_.Read(next(), size), .fin = size == 0, .probe = true});
}

void Sender::OnTooBig(Time now, uint32_t smss) {
  recovery_.OnTooBig(smss);
  Push(now);
}

void Sender::Stop() {
  timer_.Stop();
  recovery_.probe().End();
  persist_deadline_ = Time::Never();
  persist_since_ = Time::Never();
  established_ = false;
  stopped_ = true;
  buffer_.Clear();
}

}  // namespace dualsim::tcp
