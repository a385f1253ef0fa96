// The groups of an interface: what its card lets in, listener discovery (RFC 3810,
// RFC 2710), and a multicast router's part in it.

#include <algorithm>
#include <utility>

#include "stack/host/interface.h"

namespace dualsim::host {
namespace {

// Counts one more who wants `address`; true where it is the first.
template <typename Wanted, typename Address>
bool Want(std::vector<Wanted>& wanted, const Address& address) {
  for (Wanted& entry : wanted) {
    if (entry.address == address) return ++entry.count == 1;
  }
  wanted.push_back({address, 1});
  return true;
}

// Counts one less; true where nobody is left. Requires that somebody was there.
template <typename Wanted, typename Address>
bool Unwant(std::vector<Wanted>& wanted, const Address& address) {
  const auto found = std::find_if(wanted.begin(), wanted.end(),
                                  [&](const Wanted& entry) { return entry.address == address; });
  if (found == wanted.end() || --found->count > 0) return false;
  wanted.erase(found);
  return true;
}

constexpr uint8_t kMldHopLimit = 1;  // RFC 3810 §5

}  // namespace

void Interface::Listen(Time now, const Ipv6Address& group, const group::SourceFilter& filter) {
  constexpr group::ListenerId kOperator{0xffffffff};
  now_ = now;
  listener_.Listen(now, kOperator, group, filter, *this);
}

bool Interface::IsListeningTo(const Ipv6Address& group, const Ipv6Address& source) const {
  return std::any_of(silent_groups_.begin(), silent_groups_.end(),
                     [&](const auto& entry) { return entry.address == group; }) ||
         listener_.Accepts(group, source);
}

void Interface::ListenToGroup(const Ipv6Address& group) {
  Want(silent_groups_, group);
  JoinCardGroup(MacAddress::ForGroup(group));
}

void Interface::StopListeningToGroup(const Ipv6Address& group) {
  Unwant(silent_groups_, group);
  LeaveCardGroup(MacAddress::ForGroup(group));
}

void Interface::JoinCardGroup(const MacAddress& group) {
  if (Want(card_groups_, group)) environment_.device.JoinGroup(id_, group);
}

void Interface::LeaveCardGroup(const MacAddress& group) {
  if (Unwant(card_groups_, group)) environment_.device.LeaveGroup(id_, group);
}

void Interface::JoinGroup(Time now, const Ipv6Address& group) {
  now_ = now;
  listener_.Join(now, group, *this);
}

void Interface::LeaveGroup(Time now, const Ipv6Address& group) {
  now_ = now;
  listener_.Leave(now, group, *this);
}

std::optional<DropReason> Interface::OnListenerMessage(Time now, const wire::Ipv6Header& header,
                                                       bool router_alert, wire::Icmpv6Type type,
                                                       ByteView message) {
  now_ = now;
  const auto failed = group::CheckListenerMessage(
      {.source = header.source, .hop_limit = header.hop_limit, .router_alert = router_alert});
  if (failed) return failed;
  router::MulticastQuerier* querier =
      routing_ != nullptr && routing_->querier ? &*routing_->querier : nullptr;
  switch (type) {
    case wire::Icmpv6Type::kMulticastListenerQuery:
      return OnListenerQuery(now, header.source, message);
    case wire::Icmpv6Type::kMulticastListenerReportV2: {
      if (querier == nullptr) return std::nullopt;  // It concerns routers alone.
      const auto report = wire::ListenerReport::Parse(message);
      if (!report) return report.reason();
      return querier->OnReport(now, header.source, *report, *this);
    }
    default: {
      const auto report = wire::ListenerMessageV1::Parse(message);
      if (!report) return report.reason();
      if (report->type == wire::Icmpv6Type::kMulticastListenerReportV1) {
        listener_.OnReportV1(report->group);
      }
      if (querier == nullptr) return std::nullopt;
      return querier->OnMessageV1(now, header.source, *report, *this);
    }
  }
}

std::optional<DropReason> Interface::OnListenerQuery(Time now, const Ipv6Address& source,
                                                     ByteView message) {
  const auto query = wire::ListenerQuery::Parse(message);
  if (!query) return query.reason();
  listener_.OnQuery(now, *query);
  if (routing_ == nullptr || !routing_->querier) return std::nullopt;
  if (routing_->querier->OnQuery(now, source, *query)) {
    OnConflict(now, "router " + source.ToString() + " queries listeners with version " +
                        (query->version1 ? "1" : "2") + ", this one does not");
  }
  return std::nullopt;
}

// A multicast router's part.

void Interface::StartQuerying(Time now) {
  // RFC 3810 §5.1.14: queries come from a link-local address.
  const Ipv6Address source = LinkLocalSource();
  if (!up_ || !learns_groups() || routing_->querier || source.is_unspecified()) return;
  listener_.Join(now, Ipv6Address::AllMldv2Routers(), *this);
  routing_->querying_source = source;
  routing_->querier.emplace(now, source, *routing_->querier_config);
}

void Interface::StopQuerying(Time now) {
  if (routing_ == nullptr) return;
  environment_.device.HearAllGroups(id_, false);
  if (routing_->querier) listener_.Leave(now, Ipv6Address::AllMldv2Routers(), *this);
  routing_->querier.reset();
}

bool Interface::ForwardsGroup(const Ipv6Address& group, const Ipv6Address& source) const {
  if (routing_ == nullptr) return false;
  const std::vector<Ipv6Address>& fixed = routing_->static_groups;
  if (std::find(fixed.begin(), fixed.end(), group) != fixed.end()) return true;
  return routing_->querier && routing_->querier->is_querier() &&
         routing_->querier->ShouldForward(group, source);
}

void Interface::SendQuery(const Ipv6Address& destination, const wire::ListenerQuery& query) {
  // The router is a listener too, and answers itself (RFC 3810 §6).
  listener_.OnQuery(now_, query);
  Packet message = environment_.packets.Make(query.size());
  query.Store(message.mutable_bytes().data());
  SendListenerMessage(destination, std::move(message));
}

// What leaves.

void Interface::SendReport(const wire::ListenerReport& report) {
  Packet message = environment_.packets.Make(report.size());
  report.Store(message.mutable_bytes().data());
  SendListenerMessage(Ipv6Address::AllMldv2Routers(), std::move(message));
}

void Interface::SendMessageV1(const wire::ListenerMessageV1& report) {
  Packet message = environment_.packets.Make(report.size());
  report.Store(message.mutable_bytes().data());
  const bool done = report.type == wire::Icmpv6Type::kMulticastListenerDone;
  SendListenerMessage(done ? Ipv6Address::AllRouters() : report.group, std::move(message));
}

void Interface::SendListenerMessage(const Ipv6Address& destination, Packet message) {
  const Ipv6Address source = LinkLocalSource();
  wire::StoreIcmpv6Checksum(message.mutable_bytes(), source, destination);
  wire::StoreRouterAlertHeader(message.Prepend(wire::kRouterAlertHeaderSize).data());
  PrependHeader(source, destination, wire::NextHeader::kHopByHop, kMldHopLimit, message);
  SendToGroup(now_, destination, std::move(message));
}

}  // namespace dualsim::host
