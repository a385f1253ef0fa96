#include "stack/host/tcp_layer.h"

#include <algorithm>
#include <utility>

#include "stack/host/zone.h"

namespace dualsim::host {

TcpLayer::TcpLayer(const tcp::EndpointConfig& config, bool tells_paths, TcpCarrier& carrier,
                   PacketPool& packets, Observer& observer, const RandomSource& random)
    : carrier_(carrier),
      packets_(packets),
      observer_(observer),
      tells_paths_(tells_paths),
      endpoint_(config, *this, *this, random) {}

void TcpLayer::OnSegment(Time now, const Arrival& arrival) {
  arrival_ = &arrival;
  const Parsed<wire::TcpSegment> segment =
      wire::TcpSegment::Parse(arrival.segment, arrival.source, arrival.destination);
  if (segment) {
    endpoint_.OnSegment(now, arrival.source, arrival.destination, *segment, arrival.ce,
                        ZoneOf(arrival.source, arrival.interface));
  } else {
    OnDrop(now, {}, segment.reason());
  }
  arrival_ = nullptr;
}

void TcpLayer::OnIcmpError(const IcmpError& error) {
  // The ports and the sequence number: what RFC 792 promises of the quote.
  constexpr size_t kNeeded = 8;
  if (error.quoted.size() < kNeeded || pending_.size() >= kMaxPending) return;
  const bool too_big = error.kind == ErrorKind::kTooBig;
  pending_.push_back({.kind = too_big ? Pending::Kind::kTooBig : Pending::Kind::kUnreachable,
                      .flag = error.kind == ErrorKind::kHard,
                      .flow = {.local = error.local,
                               .remote = error.remote,
                               .local_port = Port{LoadBig16(error.quoted.data())},
                               .remote_port = Port{LoadBig16(error.quoted.data() + 2)},
                               .zone = ZoneOf(error.remote, error.interface)},
                      .sequence = SeqNum(LoadBig32(error.quoted.data() + 4)),
                      .mtu = error.mtu});
}

void TcpLayer::OnPathMtuChange(const IpAddress& remote) {
  if (pending_.size() >= kMaxPending) return;
  const bool noted = std::any_of(pending_.begin(), pending_.end(), [&](const Pending& pending) {
    return pending.kind == Pending::Kind::kPathMtu && pending.flow.remote == remote;
  });
  if (!noted) pending_.push_back({.kind = Pending::Kind::kPathMtu, .flow = {.remote = remote}});
}

void TcpLayer::Advance(Time now) {
  // What comes meanwhile waits for the next call.
  std::vector<Pending> pending = std::exchange(pending_, {});
  for (Pending& one : pending) Take(now, one);
  if (pending_.empty()) {
    pending.clear();
    pending_ = std::move(pending);  // Keeps its memory.
  }
  endpoint_.Advance(now);
}

void TcpLayer::Take(Time now, Pending& pending) {
  switch (pending.kind) {
    case Pending::Kind::kSegment:
      // To the node itself: it comes in where its address is.
      return OnSegment(now,
                       {.interface = InterfaceOfZone(pending.flow.zone).value_or(InterfaceId{}),
                        .source = pending.flow.local,
                        .destination = pending.flow.remote,
                        .ce = pending.flag,
                        .segment = pending.segment.bytes()});
    case Pending::Kind::kUnreachable:
      return endpoint_.OnUnreachable(now, pending.flow, pending.sequence, pending.flag);
    case Pending::Kind::kTooBig:
      return endpoint_.OnPacketTooBig(now, pending.flow, pending.sequence, pending.mtu);
    case Pending::Kind::kPathMtu:
      return endpoint_.RefreshPathMtu(now, pending.flow.remote);
  }
}

void TcpLayer::Send(Time now, const tcp::OutgoingSegment& segment) {
  Packet packet = packets_.Make(segment.size());
  segment.Store(packet.mutable_bytes().data());
  if (carrier_.IsOwnAddress(segment.flow.remote, segment.flow.zone)) {
    if (pending_.size() >= kMaxPending) return;
    pending_.push_back({.kind = Pending::Kind::kSegment,
                        .flow = segment.flow,
                        .sequence = {},
                        .segment = std::move(packet)});
    return;
  }
  const auto failed = carrier_.SendTcp(now, segment.flow, segment.ect, std::move(packet));
  // It is sent again when its time has come, perhaps with more luck.
  if (failed) observer_.OnDrop(now, {.reason = *failed, .packet = {}});
}

uint32_t TcpLayer::PathMtu(const tcp::Flow& flow) {
  return carrier_.IsOwnAddress(flow.remote, flow.zone) ? kLoopbackMtu : carrier_.TcpPathMtu(flow);
}

uint32_t TcpLayer::LinkMtu(const tcp::Flow& flow) {
  return carrier_.IsOwnAddress(flow.remote, flow.zone) ? kLoopbackMtu : carrier_.TcpLinkMtu(flow);
}

void TcpLayer::OnForwardProgress(Time now, const tcp::Flow& flow) {
  if (!carrier_.IsOwnAddress(flow.remote, flow.zone)) carrier_.ConfirmNextHop(now, flow);
}

void TcpLayer::OnState(Time now, const tcp::Flow& flow, const StateFact& fact) {
  observer_.OnConnection(now,
                         {.flow = flow, .from = fact.from, .to = fact.to, .error = fact.error});
}

void TcpLayer::OnRetransmission(Time now, const tcp::Flow& flow, const RetransmissionFact& fact) {
  observer_.OnRetransmission(
      now,
      {.flow = flow, .sequence = fact.sequence, .size = fact.size, .unanswered = fact.unanswered});
}

void TcpLayer::OnRtt(Time now, const tcp::Flow& flow, const RttFact& fact) {
  if (!tells_paths_) return;
  observer_.OnPath(now, {.flow = flow,
                         .round_trip = PathFact::RoundTrip{
                             .sample = fact.sample, .smoothed = fact.srtt, .timeout = fact.rto}});
}

void TcpLayer::OnCongestionWindow(Time now, const tcp::Flow& flow,
                                  const tcp::CongestionWindow& window) {
  if (!tells_paths_) return;
  observer_.OnPath(now,
                   {.flow = flow,
                    .window = PathFact::Window{.size = window.cwnd, .threshold = window.ssthresh}});
}

void TcpLayer::OnDrop(Time now, const tcp::Flow&, DropReason reason) {
  if (arrival_ == nullptr) return observer_.OnDrop(now, {.reason = reason, .packet = {}});
  observer_.OnDrop(
      now, {.interface = arrival_->interface, .reason = reason, .packet = arrival_->packet});
}

}  // namespace dualsim::host
