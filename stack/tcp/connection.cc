#include "stack/tcp/connection.h"

#include <algorithm>
#include <utility>

namespace dualsim::tcp {
namespace {

// Below this a peer's MSS option would have us send more header than data.
constexpr uint32_t kMinSmss = 64;
constexpr uint32_t kTimestampsSize = 12;

}  // namespace

Connection::Connection(const Environment& environment, const Flow& flow,
                       const ConnectionOptions& options, uint32_t timestamp_offset)
    : environment_(environment),
      config_(environment.config),
      flow_(flow),
      options_(options),
      sender_(environment.config, options_, environment.blocks, *this),
      reassembly_(environment.blocks, environment.config.max_holes),
      window_(options.receive_buffer.value_or(environment.config.receive_buffer)),
      ack_(environment.config.delayed_ack),
      timestamps_(timestamp_offset) {
  SetMtu(environment.network.LinkMtu(flow));
  announced_mss_ = static_cast<uint16_t>(Mss());
  SetMtu(environment.network.PathMtu(flow));
}

uint32_t Connection::IpTcpHeader() const {
  return flow_.local.is_ipv4() ? kIpv4TcpHeader : kIpv6TcpHeader;
}

void Connection::SetMtu(uint32_t mtu) {
  mtu_ = std::max(mtu, flow_.local.is_ipv4() ? kMinMtuIpv4 : kMinMtuIpv6);
}

uint32_t Connection::Mss() const {
  const uint32_t mss = std::min<uint32_t>(mtu_ - IpTcpHeader(), 0xffff);
  return options_.max_segment ? std::min<uint32_t>(mss, *options_.max_segment) : mss;
}

uint32_t Connection::Smss() const {
  // RFC 6691: the MSS counts no options, so what is sent in every segment is
  // taken off here.
  const uint32_t mss = std::min<uint32_t>(peer_mss_, Mss());
  return std::max(mss, kMinSmss) - (timestamps_.enabled() ? kTimestampsSize : 0);
}

// --- Opening ---

void Connection::Connect(Time now, SeqNum iss) {
  Move(now, Transition::kActiveOpen);
  sender_.Open(now, iss, config_.max_syn_retransmissions);
}

void Connection::AcceptSyn(Time now, SeqNum iss, const wire::TcpSegment& syn) {
  passive_ = true;
  Move(now, Transition::kPassiveOpen);
  TakeSyn(now, syn);
  Move(now, Transition::kSynArrived);
  sender_.Open(now, iss, config_.max_syn_ack_retransmissions);
}

void Connection::AcceptCookie(Time now, const Cookie& cookie, const wire::TcpSegment& ack) {
  passive_ = true;
  Move(now, Transition::kPassiveOpen);
  wire::TcpSegment syn{.header = ack.header, .payload = {}};
  syn.header.sequence = ack.header.sequence - 1;
  syn.header.flags = {.syn = true, .ece = cookie.ecn, .cwr = cookie.ecn};
  syn.header.options = cookie.syn_options;
  TakeSyn(now, syn);
  Move(now, Transition::kSynArrived);
  sender_.Resume(cookie.iss);
  Establish(now, ack.header, Transition::kSynAcknowledged);
  OnSegment(now, ack, false);
}

// --- The one place where the state changes ---

void Connection::Move(Time now, Transition transition) {
  const State from = state_;
  const std::optional<State> to = Next(from, transition);
  if (!to) return;
  state_ = *to;
  if (state_ == State::kClosed) {
    sender_.Stop();
    keepalive_.Stop();
    ack_.OnSent();
    state_deadline_ = Time::Never();
    events_.closed = true;
    events_.readable = true;
    events_.writable = true;
  } else if (state_ == State::kEstablished) {
    events_.connected = true;
    keepalive_.Start(now, options_.keepalive);
  } else if (state_ == State::kTimeWait) {
    EnterTimeWait(now);
  } else if (state_ == State::kFinWait2 && released_) {
    state_deadline_ = now + config_.fin_wait_2_timeout;
  }
  environment_.observer.OnState(now, flow_, {from, *to, error_});
}

void Connection::EnterTimeWait(Time now) {
  sender_.Stop();
  keepalive_.Stop();
  state_deadline_ = now + config_.msl * 2;
}

void Connection::End(Time now, std::optional<Error> error) {
  if (state_ == State::kClosed) return;
  error_ = error;
  if (error) reassembly_.Clear();
  Move(now, Transition::kEnd);
}

void Connection::Reset(Time now) {
  SendReset(now, sender_.next());
  End(now, Error::kAborted);
}

Duration Connection::TimeInTimeWait(Time now) const {
  if (state_ != State::kTimeWait) return {};
  return now - (state_deadline_ - config_.msl * 2);
}

bool Connection::MayBeReplacedBy(const wire::TcpHeader& syn, Time now) const {
  if (state_ != State::kTimeWait) return false;
  // RFC 6191 §2: a later timestamp, or the same and a later sequence number; without
  // timestamps the sequence number alone.
  if (timestamps_.enabled() && syn.options.timestamps) {
    const auto step = static_cast<int32_t>(syn.options.timestamps->value - timestamps_.recent());
    if (step != 0) return step > 0 && !timestamps_.IsOld(syn.options.timestamps->value, now);
  }
  return syn.sequence > reassembly_.next();
}

// --- The program's calls ---

Connection::WriteResult Connection::Write(Time now, ByteView bytes) {
  if (error_) return {0, error_};
  if (sender_.finished() || released_ || state_ == State::kClosed) return {0, Error::kClosed};
  const size_t accepted = sender_.Write(bytes);
  write_was_short_ = accepted < bytes.size();
  Output(now);
  return {accepted, std::nullopt};
}

Connection::ReadResult Connection::Read(Time now, MutableByteView into) {
  if (reassembly_.readable() > 0) {
    const Pieces pieces = Peek();
    const size_t first = std::min(into.size(), pieces.first.size());
    std::copy_n(pieces.first.begin(), first, into.begin());
    const size_t second = std::min(into.size() - first, pieces.second.size());
    std::copy_n(pieces.second.begin(), second, into.begin() + static_cast<std::ptrdiff_t>(first));
    Consume(now, first + second);
    return {ReadStatus::kData, first + second, std::nullopt};
  }
  if (error_) return {ReadStatus::kError, 0, error_};
  if (peer_finished_ || input_ended_ || state_ == State::kClosed) return {ReadStatus::kEnd, 0, {}};
  return {ReadStatus::kNothingYet, 0, {}};
}

void Connection::Consume(Time now, size_t count) {
  reassembly_.Consume(count);
  const bool may_tell =
      state_ == State::kEstablished || state_ == State::kFinWait1 || state_ == State::kFinWait2;
  if (!may_tell) return;
  const auto buffered = static_cast<uint32_t>(reassembly_.readable());
  if (window_.WorthTelling(reassembly_.next(), buffered, mtu_ - IpTcpHeader())) SendAck(now);
}

void Connection::ShutDownWrite(Time now) {
  if (sender_.finished() || state_ == State::kClosed) return;
  Finish(now);
  Output(now);
}

// CLOSE of RFC 9293 §3.10.4: the FIN is queued behind what was written.
void Connection::Finish(Time now) {
  sender_.Finish();
  if (state_ == State::kSynSent) {
    if (released_) {
      End(now, Error::kAborted);
    }
    // A program that only ends its output waits for the answer: the FIN leaves
    // when the handshake is over, and so does the state.
    return;
  }
  // A SYN-RECEIVED with data to send waits for ESTABLISHED likewise.
  if (state_ == State::kSynReceived && sender_.has_unsent() && sender_.buffered() > 0) return;
  Move(now, Transition::kClose);
}

void Connection::Configure(Time now, const ConnectionOptions& options) {
  const ConnectionOptions before = std::exchange(options_, options);
  if (state_ == State::kClosed || state_ == State::kTimeWait) return;
  const bool quicker = options_.quick_ack && !before.quick_ack;
  if (quicker && ack_.pending()) ack_.Require();
  if (options_.keepalive != before.keepalive && IsSynchronized(state_)) {
    keepalive_.OnHeard(now, options_.keepalive);
  }
  window_.SetBuffer(options_.receive_buffer.value_or(config_.receive_buffer));
  if (options_.send_buffer != before.send_buffer || options_.congestion != before.congestion) {
    sender_.TakeOptions();
  }
  if (options_.max_segment != before.max_segment && sender_.established()) {
    sender_.SetSmss(Smss());
  }
  Output(now);
  NoteWritable();
}

void Connection::ShutDownRead(Time now) {
  if (input_ended_) return;
  input_ended_ = true;
  Consume(now, reassembly_.readable());
}

void Connection::Close(Time now) {
  if (released_) return;
  released_ = true;
  if (state_ == State::kClosed || state_ == State::kTimeWait) {
    reassembly_.Clear();
    return;
  }
  if (state_ == State::kSynSent) return End(now, Error::kAborted);
  if (reassembly_.readable() > 0) return Reset(now);
  if (!sender_.finished()) Finish(now);
  if (state_ == State::kFinWait2) state_deadline_ = now + config_.fin_wait_2_timeout;
  Output(now);
}

void Connection::Abort(Time now) {
  released_ = true;
  const bool peer_waits = state_ == State::kSynReceived || state_ == State::kEstablished ||
                          state_ == State::kFinWait1 || state_ == State::kFinWait2 ||
                          state_ == State::kCloseWait;
  if (peer_waits) return Reset(now);
  End(now, Error::kAborted);
}

Connection::Events Connection::TakeEvents() { return std::exchange(events_, {}); }

void Connection::NoteWritable() {
  if (!write_was_short_ || sender_.free() == 0) return;
  write_was_short_ = false;
  events_.writable = true;
}

// --- Time ---

Time Connection::deadline() const {
  return std::min({sender_.deadline(), ack_.deadline(), keepalive_.deadline(), state_deadline_});
}

void Connection::Advance(Time now) {
  if (state_deadline_ <= now) {
    const bool time_wait = state_ == State::kTimeWait;
    return time_wait ? Move(now, Transition::kTimeWaitOver) : End(now, Error::kTimeout);
  }
  const int unanswered = sender_.retransmissions();
  if (!sender_.Advance(now)) {
    // RFC 9293 §3.9.2.2: a soft error that came before tells more than the silence.
    return End(now, unreachable_ ? Error::kUnreachable : Error::kTimeout);
  }
  if (sender_.retransmissions() > unanswered) {
    NoteCongestion(now);
    if (sender_.retransmissions() == config_.r1_retransmissions) {
      environment_.network.OnSuspect(now, flow_);
    }
  }
  const bool busy = sender_.una() != sender_.next() || sender_.has_unsent();
  switch (keepalive_.Advance(now, options_.keepalive, busy)) {
    case KeepaliveTimer::Due::kNothing:
      break;
    case KeepaliveTimer::Due::kProbe:
      SendKeepaliveProbe(now);
      break;
    case KeepaliveTimer::Due::kGiveUp:
      SendReset(now, sender_.next());
      return End(now, Error::kTimeout);
  }
  ack_.Advance(now);
  Output(now);
}

// --- ICMP and the path's MTU ---

bool Connection::IsInFlight(SeqNum sequence) const {
  return sender_.una() <= sequence && sequence < sender_.next();
}

void Connection::OnUnreachable(Time now, SeqNum sequence, bool hard) {
  if (!IsInFlight(sequence)) return;
  const bool connecting = state_ == State::kSynSent || state_ == State::kSynReceived;
  if (connecting && (hard || config_.soft_errors_end_connect)) {
    return End(now, Error::kUnreachable);
  }
  unreachable_ = true;
}

void Connection::OnPacketTooBig(Time now, SeqNum sequence, uint32_t mtu) {
  if (!IsInFlight(sequence) || mtu >= mtu_) return;
  SetMtu(mtu);
  if (sender_.established()) sender_.OnTooBig(now, Smss());
}

void Connection::SetPathMtu(Time now, uint32_t mtu) {
  if (state_ == State::kClosed || state_ == State::kTimeWait) return;
  SetMtu(mtu);
  if (!sender_.established()) return;
  sender_.SetSmss(Smss());
  Output(now);
}

}  // namespace dualsim::tcp
