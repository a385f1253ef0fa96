#include <algorithm>

#include "stack/tcp/connection.h"

namespace dualsim::tcp {

// Builds segments: RFC 9293 §3.1 and §3.10.

wire::TcpHeader Connection::Header(Time now, SeqNum sequence) {
  wire::TcpHeader header{
      .source = flow_.local_port, .destination = flow_.remote_port, .sequence = sequence};
  const bool knows_peer = state_ != State::kSynSent && state_ != State::kClosed;
  if (knows_peer) {
    const auto buffered = static_cast<uint32_t>(reassembly_.readable());
    header.flags.ack = true;
    header.acknowledgment = reassembly_.next();
    header.window = window_.Advertise(reassembly_.next(), buffered, mtu_ - IpTcpHeader());
    header.flags.ece = echo_congestion_;
    if (timestamps_.enabled()) header.options.timestamps = timestamps_.Option(now);
  }
  return header;
}

wire::TcpOptions Connection::SynOptions(Time now) const {
  // A SYN offers all that is configured; a SYN-ACK what the peer offered too.
  const bool first = state_ == State::kSynSent;
  wire::TcpOptions options;
  options.mss = announced_mss_;
  if (first ? config_.window_scaling : peer_has_scale_) {
    options.window_scale = window_.offered_scale();
  }
  options.sack_permitted = first ? config_.sack : sack_;
  if (first && config_.timestamps) {
    options.timestamps = wire::TcpTimestamps{timestamps_.Value(now), 0};
  } else if (timestamps_.enabled()) {
    options.timestamps = timestamps_.Option(now);
  }
  return options;
}

void Connection::AddSackBlocks(wire::TcpHeader& header, size_t payload) {
  if (!sack_ || !reassembly_.has_sack_blocks()) return;
  // RFC 2018 §3: as many as fit beside the other options, and the data come first.
  const size_t room = header.options.timestamps ? 3 : 4;
  if (payload > 0 && payload + 4 + 8 > sender_.recovery().smss()) return;
  const size_t fits =
      payload == 0 ? room : std::min<size_t>(room, (sender_.recovery().smss() - payload - 4) / 8);
  header.options.sack_count =
      static_cast<uint8_t>(reassembly_.TakeSackBlocks(std::span(header.options.sack).first(fits)));
}

void Connection::AcknowledgmentLeaves() {
  last_ack_sent_ = reassembly_.next();
  ack_.OnSent();
}

void Connection::Transmit(Time now, const Transmission& t) {
  wire::TcpHeader header = Header(now, t.sequence);
  header.flags.syn = t.syn;
  header.flags.fin = t.fin;
  header.flags.psh = t.psh;
  if (t.syn) {
    header.options = SynOptions(now);
    header.window = window_.SynWindow();
    const bool offers = state_ == State::kSynSent && config_.ecn == Config::Ecn::kRequest;
    // RFC 3168 §6.1.1.1: a SYN that got lost may have done so for these flags.
    if (offers && !t.retransmission) {
      header.flags.ece = header.flags.cwr = true;
      ecn_use_ = EcnUse::kOffered;
    } else {
      header.flags.ece = state_ != State::kSynSent && ecn_;
    }
  } else {
    if (ecn_) header.flags.cwr = t.cwr;
    // Where a full segment leaves no room for reports, a bare ACK follows with them.
    if (!ack_.due() || t.payload.size() + 12 <= sender_.recovery().smss()) {
      AddSackBlocks(header, t.payload.size());
    }
  }
  ++segments_sent_;
  if (t.retransmission) {
    ++retransmissions_;
    const auto size = static_cast<uint32_t>(t.payload.size());
    environment_.observer.OnRetransmission(now, flow_,
                                           {t.sequence, size, sender_.retransmissions()});
  }
  const bool reports_left =
      sack_ && ack_.due() && reassembly_.has_sack_blocks() && header.options.sack_count == 0;
  if (header.flags.ack && !reports_left) AcknowledgmentLeaves();
  // RFC 3168 §6.1.5, §6.1.6: neither retransmissions nor probes carry ECT.
  environment_.network.Send(now, {.flow = flow_,
                                  .header = header,
                                  .payload = t.payload,
                                  .ect = ecn_ && t.new_data && t.payload.size() > 0});
}

void Connection::Output(Time now) {
  if (state_ == State::kClosed) return;
  if (state_ != State::kTimeWait) sender_.Push(now);
  if (ack_.due()) SendAck(now);
}

void Connection::SendAck(Time now) {
  wire::TcpHeader header = Header(now, sender_.next());
  AddSackBlocks(header, 0);
  AcknowledgmentLeaves();
  environment_.network.Send(now, {.flow = flow_, .header = header, .payload = {}});
}

void Connection::SendKeepaliveProbe(Time now) {
  // RFC 9293 §3.8.4: a sequence number just before the window draws an answer.
  const wire::TcpHeader header = Header(now, sender_.next() - 1);
  environment_.network.Send(now, {.flow = flow_, .header = header, .payload = {}});
}

void Connection::SendReset(Time now, SeqNum sequence) {
  wire::TcpHeader header = Header(now, sequence);
  header.flags.rst = true;
  header.flags.ece = false;
  environment_.network.Send(now, {.flow = flow_, .header = header, .payload = {}});
}

}  // namespace dualsim::tcp
