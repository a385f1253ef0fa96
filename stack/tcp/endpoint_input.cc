#include <algorithm>

#include "stack/tcp/endpoint.h"

namespace dualsim::tcp {

// Which connection or listener a segment is for; CLOSED and LISTEN of RFC 9293
// §3.10.7.1 and §3.10.7.2.

void Endpoint::OnSegment(Time now, const IpAddress& source, const IpAddress& destination,
                         const wire::TcpSegment& segment, bool ce, uint16_t zone) {
  const wire::TcpHeader& header = segment.header;
  const Flow flow{.local = destination,
                  .remote = source,
                  .local_port = header.destination,
                  .remote_port = header.source,
                  .zone = zone};
  const bool sound = source.is_unicast() && destination.is_unicast() &&
                     header.source != Port::kAny && header.destination != Port::kAny;
  if (!sound) return Drop(now, flow, DropReason::TCP_NOT_UNICAST);
  if (const auto found = table_.Find(flow)) {
    const uint32_t index = *found;
    Slot& slot = slots_[index];
    const bool opens = header.flags.syn && !header.flags.ack && !header.flags.rst;
    Listener* const again = listeners_.Match(destination, header.destination);
    if (opens && again != nullptr && slot.connection->MayBeReplacedBy(header, now)) {
      SeqNum isn = isn_(flow, now);
      Replace(now, index, isn);
      return OnSegmentForListener(now, *again, flow, segment, isn);
    }
    if (slot.half_open && header.flags.ack && !header.flags.rst) {
      Listener* const listener = listeners_.Find(*slot.listener);
      // The peer's next segment tries again; so does our SYN-ACK.
      if (listener != nullptr && listener->backlog_full()) {
        return Drop(now, flow, DropReason::TCP_BACKLOG_FULL);
      }
    }
    slot.connection->OnSegment(now, segment, ce);
    return After(now, index);
  }
  if (Listener* const listener = listeners_.Match(destination, header.destination)) {
    return OnSegmentForListener(now, *listener, flow, segment, isn_(flow, now));
  }
  Drop(now, flow, DropReason::TCP_NO_CONNECTION);
  SendReset(now, flow, segment);
}

void Endpoint::OnSegmentForListener(Time now, Listener& listener, const Flow& flow,
                                    const wire::TcpSegment& segment, SeqNum isn) {
  const wire::TcpFlags flags = segment.header.flags;
  if (flags.rst) return Drop(now, flow, DropReason::TCP_NO_CONNECTION);
  if (flags.ack) return OnCookie(now, listener, flow, segment);
  if (flags.syn) return OnSyn(now, listener, flow, segment, isn);
  Drop(now, flow, DropReason::TCP_NO_ACK);
}

void Endpoint::OnSyn(Time now, Listener& listener, const Flow& flow, const wire::TcpSegment& syn,
                     SeqNum isn) {
  if (listener.backlog_full()) return Drop(now, flow, DropReason::TCP_BACKLOG_FULL);
  if (live_ >= config_.max_connections) {
    return Drop(now, flow, DropReason::TCP_CONNECTION_LIMIT);
  }
  if (listener.half_open >= listener.options.max_half_open) {
    if (listener.options.syn_cookies) return SendCookie(now, listener, flow, syn);
    return Drop(now, flow, DropReason::TCP_BACKLOG_FULL);
  }
  const ConnectionId id = Add(flow, listener.options.connection);
  Slot& slot = slots_[id.slot];
  slot.listener = listener.id;
  slot.half_open = true;
  ++listener.half_open;
  slot.connection->AcceptSyn(now, isn, syn);
  After(now, id.slot);
}

void Endpoint::SendCookie(Time now, const Listener& listener, const Flow& flow,
                          const wire::TcpSegment& syn) {
  const Config& config = config_.connection;
  const ConnectionOptions& options = listener.options.connection;
  const ReceiveWindow window(options.receive_buffer.value_or(config.receive_buffer));
  const wire::TcpOptions& offered = syn.header.options;
  const uint32_t headers = flow.local.is_ipv4() ? kIpv4TcpHeader : kIpv6TcpHeader;
  const uint16_t default_mss = flow.local.is_ipv4() ? kDefaultMssIpv4 : kDefaultMssIpv6;
  wire::TcpHeader header{.source = flow.local_port,
                         .destination = flow.remote_port,
                         .acknowledgment = syn.header.sequence + 1,
                         .flags = {.syn = true, .ack = true}};
  header.sequence =
      cookies_.Make(flow, syn.header.sequence, offered.mss.value_or(default_mss), now);
  header.window = window.SynWindow();
  header.options.mss = static_cast<uint16_t>(
      std::min<uint32_t>(network_.LinkMtu(flow) - headers, options.max_segment.value_or(0xffff)));
  // Without timestamps the other options would be forgotten, so none is agreed on.
  if (config.timestamps && offered.timestamps) {
    const bool ecn =
        config.ecn != Config::Ecn::kOff && syn.header.flags.ece && syn.header.flags.cwr;
    wire::TcpOptions kept;
    kept.sack_permitted = config.sack && offered.sack_permitted;
    if (config.window_scaling && offered.window_scale) {
      kept.window_scale = std::min(*offered.window_scale, ReceiveWindow::kMaxScale);
      header.options.window_scale = window.offered_scale();
    }
    header.options.sack_permitted = kept.sack_permitted;
    header.flags.ece = ecn;
    const uint32_t value = Timestamps(TimestampOffset(flow)).Value(now);
    header.options.timestamps =
        wire::TcpTimestamps{SynCookies::Timestamp(value, kept, ecn), offered.timestamps->value};
  }
  network_.Send(now, {.flow = flow, .header = header, .payload = {}});
}

void Endpoint::OnCookie(Time now, Listener& listener, const Flow& flow,
                        const wire::TcpSegment& ack) {
  const auto cookie = ack.header.flags.syn ? std::nullopt : cookies_.Check(flow, ack.header, now);
  if (!cookie) {
    Drop(now, flow, DropReason::TCP_BAD_COOKIE);
    return SendReset(now, flow, ack);
  }
  if (listener.backlog_full()) return Drop(now, flow, DropReason::TCP_BACKLOG_FULL);
  if (live_ >= config_.max_connections) {
    return Drop(now, flow, DropReason::TCP_CONNECTION_LIMIT);
  }
  const ConnectionId id = Add(flow, listener.options.connection);
  Slot& slot = slots_[id.slot];
  slot.listener = listener.id;
  slot.half_open = true;
  ++listener.half_open;
  slot.connection->AcceptCookie(now, {ack.header.acknowledgment - 1, cookie->options, cookie->ecn},
                                ack);
  After(now, id.slot);
}

void Endpoint::SendReset(Time now, const Flow& flow, const wire::TcpSegment& segment) {
  const wire::TcpHeader& in = segment.header;
  if (in.flags.rst) return;
  wire::TcpHeader header{
      .source = flow.local_port, .destination = flow.remote_port, .flags = {.rst = true}};
  if (in.flags.ack) {
    header.sequence = in.acknowledgment;
  } else {
    header.flags.ack = true;
    header.acknowledgment = in.sequence + segment.sequence_length();
  }
  network_.Send(now, {.flow = flow, .header = header, .payload = {}});
}

void Endpoint::Drop(Time now, const Flow& flow, DropReason reason) {
  observer_.OnDrop(now, flow, reason);
}

uint32_t Endpoint::TimestampOffset(const Flow& flow) const {
  return static_cast<uint32_t>(timestamp_hash_(flow));
}

void Endpoint::OnUnreachable(Time now, const Flow& flow, SeqNum sequence, bool hard) {
  const auto slot = table_.Find(flow);
  if (!slot) return;
  slots_[*slot].connection->OnUnreachable(now, sequence, hard);
  After(now, *slot);
}

void Endpoint::OnPacketTooBig(Time now, const Flow& flow, SeqNum sequence, uint32_t mtu) {
  const auto slot = table_.Find(flow);
  if (!slot) return;
  slots_[*slot].connection->OnPacketTooBig(now, sequence, mtu);
  After(now, *slot);
}

bool Endpoint::IsInFlight(const Flow& flow, SeqNum sequence) const {
  const auto slot = table_.Find(flow);
  return slot && slots_[*slot].connection->IsInFlight(sequence);
}

void Endpoint::RefreshPathMtu(Time now, const IpAddress& remote) {
  for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].connection || slots_[slot].connection->flow().remote != remote) continue;
    slots_[slot].connection->SetPathMtu(now, network_.PathMtu(slots_[slot].connection->flow()));
    After(now, slot);
  }
}

void Endpoint::OnAddressGone(Time now, const IpAddress& local, uint16_t zone) {
  for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].connection || slots_[slot].connection->flow().local != local) continue;
    const uint16_t other = slots_[slot].connection->flow().zone;
    if (zone != 0 && other != 0 && zone != other) continue;
    slots_[slot].connection->OnAddressGone(now);
    After(now, slot);
  }
}

}  // namespace dualsim::tcp
