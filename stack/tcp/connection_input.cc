#include <algorithm>

#include "stack/tcp/connection.h"

namespace dualsim::tcp {

// SEGMENT ARRIVES, RFC 9293 §3.10.7, with the checks of RFC 5961 and RFC 7323.

void Connection::OnSegment(Time now, const wire::TcpSegment& segment, bool ce) {
  switch (state_) {
    case State::kClosed:
    case State::kListen:
      return;
    case State::kSynSent:
      OnSegmentInSynSent(now, segment);
      break;
    case State::kTimeWait:
      OnSegmentInTimeWait(now, segment);
      break;
    default:
      OnSegmentSynchronized(now, segment, ce);
      break;
  }
  Output(now);
  NoteWritable();
}

void Connection::Drop(Time now, DropReason reason) {
  environment_.observer.OnDrop(now, flow_, reason);
}

void Connection::ChallengeAck(Time now, DropReason reason) {
  Drop(now, reason);
  if (challenges_.Take(now, config_)) ack_.Require();
}

void Connection::NoteCongestion(Time now) {
  environment_.observer.OnCongestionWindow(now, flow_, sender_.recovery().window());
}

// --- SYN-SENT, §3.10.7.3 ---

void Connection::OnSegmentInSynSent(Time now, const wire::TcpSegment& segment) {
  const wire::TcpHeader& header = segment.header;
  const bool acceptable = header.flags.ack && header.acknowledgment == sender_.next();
  if (header.flags.ack && !acceptable) {
    Drop(now, DropReason::TCP_UNACCEPTABLE_ACK);
    if (!header.flags.rst) SendReset(now, header.acknowledgment);
    return;
  }
  if (header.flags.rst) {
    if (acceptable) return End(now, Error::kRefused);
    return Drop(now, DropReason::TCP_INEXACT_RST);
  }
  if (!header.flags.syn) return Drop(now, DropReason::TCP_OUT_OF_WINDOW);
  TakeSyn(now, segment);
  if (acceptable) {
    TakeAck(now, segment);
    Establish(now, header, Transition::kSynAckArrived);
    ack_.Require();
    wire::TcpSegment rest = segment;
    rest.header.flags.syn = false;
    rest.header.sequence += 1;
    TakeData(now, rest, false);
  } else {
    // Simultaneous open, §3.5: the same SYN leaves again, now with an ACK.
    Move(now, Transition::kSynArrived);
    Transmit(now, {.sequence = sender_.una(), .syn = true, .retransmission = true});
  }
}

void Connection::TakeSyn(Time now, const wire::TcpSegment& segment) {
  const wire::TcpHeader& header = segment.header;
  irs_ = header.sequence;
  reassembly_.Start(irs_ + 1);
  last_ack_sent_ = irs_ + 1;
  window_.Start(irs_ + 1);
  TakeOptions(header.options, now);
  if (header.flags.ack) {
    // RFC 3168 §6.1.1: ECE without CWR accepts our offer.
    ecn_ = ecn_use_ == EcnUse::kOffered && header.flags.ece && !header.flags.cwr;
  } else {
    ecn_ = config_.ecn != Config::Ecn::kOff && header.flags.ece && header.flags.cwr;
  }
}

void Connection::TakeOptions(const wire::TcpOptions& options, Time now) {
  peer_mss_ = options.mss.value_or(flow_.local.is_ipv4() ? kDefaultMssIpv4 : kDefaultMssIpv6);
  peer_has_scale_ = config_.window_scaling && options.window_scale.has_value();
  if (peer_has_scale_) {
    // RFC 7323 §2.3: more than 14 is taken as 14.
    peer_scale_ = std::min(*options.window_scale, ReceiveWindow::kMaxScale);
    window_.EnableScale();
  }
  sack_ = config_.sack && options.sack_permitted;
  if (config_.timestamps && options.timestamps) timestamps_.Enable(options.timestamps->value, now);
}

void Connection::Establish(Time now, const wire::TcpHeader& header, Transition transition) {
  // RFC 7323 §2.2: the window of a segment with SYN is never scaled.
  const uint32_t window = header.flags.syn ? header.window : uint32_t{header.window} << peer_scale_;
  sender_.Establish({.sack = sack_,
                     .window_scale = peer_scale_,
                     .smss = Smss(),
                     .window = window,
                     .sequence = header.sequence});
  Move(now, transition);
  NoteCongestion(now);
  // What the program asked for meanwhile.
  if (sender_.finished()) Move(now, Transition::kClose);
}

// --- TIME-WAIT ---

void Connection::OnSegmentInTimeWait(Time now, const wire::TcpSegment& segment) {
  const wire::TcpHeader& header = segment.header;
  // RFC 1337 §3: a reset must not cut TIME-WAIT short.
  if (header.flags.rst) return Drop(now, DropReason::TCP_TIME_WAIT_RST);
  if (CheckTimestamp(now, segment) == Check::kDrop) return;
  const SeqNum end = header.sequence + segment.sequence_length();
  if (header.flags.fin && end == reassembly_.next()) {
    state_deadline_ = now + config_.msl * 2;
    ack_.Require();
    return;
  }
  if (segment.sequence_length() > 0 || header.sequence != reassembly_.next()) {
    ChallengeAck(now, DropReason::TCP_OUT_OF_WINDOW);
  }
}

// --- All other states, §3.10.7.4 ---

void Connection::OnSegmentSynchronized(Time now, wire::TcpSegment segment, bool ce) {
  if (state_ == State::kSynReceived && CheckSynReceived(now, segment) == Check::kDrop) return;
  if (CheckTimestamp(now, segment) == Check::kDrop) return;
  if (CheckSequence(now, segment) == Check::kDrop) return;
  if (segment.header.flags.rst) {
    CheckReset(now, segment);
    return;
  }
  // RFC 5961 §4: a SYN within the connection proves nothing.
  if (segment.header.flags.syn) return ChallengeAck(now, DropReason::TCP_UNEXPECTED_SYN);
  if (!segment.header.flags.ack) return Drop(now, DropReason::TCP_NO_ACK);
  if (CheckAck(now, segment) == Check::kDrop) return;
  keepalive_.OnHeard(now, options_.keepalive);
  if (timestamps_.enabled() && segment.header.options.timestamps) {
    timestamps_.Update(segment.header.options.timestamps->value, segment.header.sequence,
                       last_ack_sent_, now);
  }
  TakeAck(now, segment);
  if (state_ == State::kClosed || state_ == State::kTimeWait) return;
  TakeData(now, segment, ce);
}

Connection::Check Connection::CheckSynReceived(Time now, wire::TcpSegment& segment) {
  wire::TcpHeader& header = segment.header;
  const bool peer_syn = header.flags.syn && !header.flags.rst && header.sequence == irs_;
  if (!peer_syn) return Check::kContinue;
  if (!header.flags.ack) {
    // The peer did not get our SYN-ACK: it leaves again, with its options.
    sender_.RepeatSyn(now);
    return Check::kDrop;
  }
  // Simultaneous open: the SYN has been taken; what acknowledges ours counts. Its
  // window is not scaled, so the sender must not see it as one that is.
  header.flags.syn = false;
  header.sequence += 1;
  header.window = static_cast<uint16_t>(header.window >> peer_scale_);
  return Check::kContinue;
}

Connection::Check Connection::CheckTimestamp(Time now, const wire::TcpSegment& segment) {
  if (!timestamps_.enabled() || segment.header.flags.rst) return Check::kContinue;
  const auto& timestamps = segment.header.options.timestamps;
  if (!timestamps) {  // RFC 7323 §3.2
    Drop(now, DropReason::TCP_NO_TIMESTAMP);
    return Check::kDrop;
  }
  if (!timestamps_.IsOld(timestamps->value, now)) return Check::kContinue;
  ChallengeAck(now, DropReason::TCP_OLD_TIMESTAMP);  // RFC 7323 §5.3 R1
  return Check::kDrop;
}

Connection::Check Connection::CheckSequence(Time now, const wire::TcpSegment& segment) {
  const wire::TcpHeader& header = segment.header;
  const SeqNum next = reassembly_.next();
  const uint32_t length = segment.sequence_length();
  if (window_.Accepts(next, header.sequence, length)) return Check::kContinue;
  if (header.flags.rst) {
    Drop(now, DropReason::TCP_INEXACT_RST);
    return Check::kDrop;
  }
  // §3.10.7.4: where the window is closed, what a segment acknowledges still counts.
  const bool probes_window = header.sequence == next && header.flags.ack;
  if (probes_window && CheckAck(now, segment) == Check::kContinue) {
    TakeAck(now, segment);
  }
  Drop(now, DropReason::TCP_OUT_OF_WINDOW);
  if (length == 0) {
    if (challenges_.Take(now, config_)) ack_.Require();
    return Check::kDrop;
  }
  // A duplicate: reported as such (RFC 2883), since its sender may learn from it.
  if (header.sequence < next && !header.flags.syn) {
    reassembly_.Insert(header.sequence, segment.payload);
  }
  ack_.Require();
  return Check::kDrop;
}

Connection::Check Connection::CheckReset(Time now, const wire::TcpSegment& segment) {
  // RFC 5961 §3: only the number that is expected next resets.
  if (segment.header.sequence != reassembly_.next()) {
    ChallengeAck(now, DropReason::TCP_INEXACT_RST);
    return Check::kDrop;
  }
  const bool active_open = state_ == State::kSynReceived && !passive_;
  const bool over = state_ == State::kClosing || state_ == State::kLastAck;
  if (over) {
    End(now, std::nullopt);
  } else {
    End(now, active_open ? Error::kRefused : Error::kReset);
  }
  return Check::kDrop;
}

Connection::Check Connection::CheckAck(Time now, const wire::TcpSegment& segment) {
  const SeqNum ack = segment.header.acknowledgment;
  if (state_ == State::kSynReceived) {
    if (sender_.una() < ack && ack <= sender_.max_ack()) return Check::kContinue;
    Drop(now, DropReason::TCP_UNACCEPTABLE_ACK);
    SendReset(now, ack);
    return Check::kDrop;
  }
  // RFC 5961 §5.2: neither what was never sent, nor what is older than a window.
  const bool too_new = ack > sender_.max_ack();
  const bool too_old = sender_.una() > ack && sender_.una() - ack > sender_.max_window();
  if (!too_new && !too_old) return Check::kContinue;
  ChallengeAck(now, DropReason::TCP_UNACCEPTABLE_ACK);
  return Check::kDrop;
}

void Connection::TakeAck(Time now, const wire::TcpSegment& segment) {
  const wire::TcpHeader& header = segment.header;
  if (header.acknowledgment < sender_.una()) return;
  Sender::Ack ack{.now = now,
                  .sequence = header.sequence,
                  .ack = header.acknowledgment,
                  .window = uint32_t{header.window} << peer_scale_,
                  .sequence_length = segment.sequence_length(),
                  .blocks = std::span(header.options.sack).first(header.options.sack_count),
                  .ece = ecn_ && header.flags.ece && !header.flags.syn};
  if (timestamps_.enabled() && header.options.timestamps) {
    Duration age;
    if (timestamps_.EchoAge(header.options.timestamps->echo, now, age)) ack.echo_age = age;
  }
  const uint32_t window_before = sender_.recovery().window().cwnd;
  const Sender::Outcome outcome = sender_.OnAck(ack);
  if (outcome.acknowledged > 0) {
    unreachable_ = false;
    environment_.network.OnForwardProgress(now, flow_);
  }
  if (outcome.rtt) {
    const RttEstimator& rtt = sender_.recovery().rtt();
    environment_.observer.OnRtt(now, flow_, {*outcome.rtt, rtt.srtt(), rtt.rto()});
  }
  if (sender_.recovery().window().cwnd != window_before) NoteCongestion(now);
  const bool handshake_over = state_ == State::kSynReceived || state_ == State::kFinWait1;
  if (handshake_over && !sender_.established()) {
    Establish(now, header, Transition::kSynAcknowledged);
  }
  if (sender_.fin_acknowledged()) Move(now, Transition::kFinAcknowledged);
}

void Connection::TakeData(Time now, const wire::TcpSegment& segment, bool ce) {
  const wire::TcpHeader& header = segment.header;
  if (ecn_) {
    // RFC 3168 §6.1.3: ECE until the peer says that its window fell.
    if (header.flags.cwr) echo_congestion_ = false;
    if (ce) echo_congestion_ = true;
  }
  const bool receives =
      state_ == State::kEstablished || state_ == State::kFinWait1 || state_ == State::kFinWait2;
  if (!receives) {
    // After the peer's FIN nothing follows; its retransmission is acknowledged.
    if (segment.sequence_length() > 0) ack_.Require();
    return;
  }
  ByteView payload = segment.payload;
  bool fin = header.flags.fin;
  const uint32_t room = window_.edge() - header.sequence;
  if (window_.edge() > header.sequence && payload.size() > room) {
    payload = payload.first(room);
    fin = false;
  }
  if (fin) {
    fin_waits_ = true;
    peer_fin_ = header.sequence + static_cast<uint32_t>(payload.size());
  }
  if (!payload.empty()) TakePayload(now, header.sequence, payload);
  if (state_ == State::kClosed) return;
  if (fin_waits_ && peer_fin_ == reassembly_.next()) {
    TakeFin(now);
  } else if (fin) {
    ack_.Require();  // Something before it is missing.
  }
}

void Connection::TakePayload(Time now, SeqNum begin, ByteView payload) {
  const bool had_holes = reassembly_.has_holes();
  const Reassembly::Outcome outcome = reassembly_.Insert(begin, payload);
  if (outcome.hole_limit) Drop(now, DropReason::TCP_HOLE_LIMIT);
  if (outcome.advanced > 0 && released_) {
    // RFC 9293 §3.6.1: nobody is there to read it, and the peer should know.
    Drop(now, DropReason::TCP_AFTER_CLOSE);
    return Reset(now);
  }
  if (input_ended_) reassembly_.Consume(reassembly_.readable());
  if (outcome.advanced > 0 && !input_ended_) events_.readable = true;
  // RFC 5681 §4.2: what is out of order, or fills a hole, is answered at once.
  const bool in_order = outcome.advanced > 0 && !had_holes && !outcome.duplicate;
  if (in_order && !options_.quick_ack) {
    ack_.OnData(now);
  } else {
    ack_.Require();
  }
}

void Connection::TakeFin(Time now) {
  fin_waits_ = false;
  peer_finished_ = true;
  reassembly_.PassFin();
  ack_.Require();
  events_.readable = true;
  Move(now, Transition::kFinArrived);
}

}  // namespace dualsim::tcp
