// Where the two halves of the stack meet: the IPv4 half's life, and what it hands up.

#include <algorithm>
#include <utility>

#include "stack/host/stack_implementation.h"

namespace dualsim::host {
namespace {

// Without its interfaces.
Ipv4Stack::Config Ipv4ConfigOf(const StackConfig& config) {
  return {.interfaces = {},
          .forwarding = config.forwarding,
          .answer_echo = config.answer_echo,
          .icmp_errors_per_second = config.icmp_errors_per_second,
          .destination_unreachable = config.destination_unreachable,
          .forward_directed_broadcasts = config.forward_directed_broadcasts};
}

}  // namespace

void Stack::Implementation::MakeIpv4() {
  const auto& cards = config_.interfaces;
  const bool wanted = std::any_of(cards.begin(), cards.end(), [](const InterfaceConfig& card) {
    return card.ipv4 && (!card.ipv4_addresses.empty() || card.ipv4_link_local);
  });
  if (!wanted) return;
  Ipv4Stack::Config config = Ipv4ConfigOf(config_);
  for (const InterfaceConfig& card : cards) {
    config.interfaces.push_back({.mac = card.mac,
                                 .mtu = card.mtu,
                                 .ttl = card.cur_hop_limit,
                                 .addresses = card.ipv4_addresses,
                                 .gateway = card.ipv4_gateway,
                                 .conflict_detection = card.ipv4_conflict_detection,
                                 .link_local = card.ipv4_link_local,
                                 .is_router = config_.forwarding});
  }
  ipv4_ = std::make_unique<Ipv4Stack>(config, environment_, udp_ports_, *this);
}

Ipv4Stack& Stack::Implementation::NeedIpv4(Time now) {
  if (ipv4_ != nullptr) return *ipv4_;
  Ipv4Stack::Config config = Ipv4ConfigOf(config_);
  for (const auto& card : interfaces_) {
    config.interfaces.push_back({.mac = card->mac(),
                                 .mtu = card->card_mtu(),
                                 .ttl = card->hop_limit(),
                                 .is_router = config_.forwarding});
  }
  ipv4_ = std::make_unique<Ipv4Stack>(config, environment_, udp_ports_, *this);
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    if (interfaces_[i]->up() && interfaces_[i]->ipv4()) {
      ipv4_->Start(now, static_cast<InterfaceId>(i));
    }
  }
  return *ipv4_;
}

bool Stack::Implementation::runs(IpFamily family) const {
  return std::any_of(interfaces_.begin(), interfaces_.end(), [family](const auto& interface) {
    return family == IpFamily::kIpv4 ? interface->ipv4() : interface->ipv6();
  });
}

bool Stack::Implementation::OnTcpOverIpv4(Time now, InterfaceId id, const Ipv4Address& source,
                                          const Ipv4Address& destination, ByteView segment,
                                          bool congestion_experienced, ByteView packet) {
  now_ = now;
  tcp_layer().OnSegment(now, {.interface = id,
                              .source = source,
                              .destination = destination,
                              .ce = congestion_experienced,
                              .segment = segment,
                              .packet = packet});
  return true;
}

void Stack::Implementation::OnTcpErrorOverIpv4(Time, InterfaceId id, const Ipv4Address& local,
                                               const Ipv4Address& remote,
                                               const wire::Icmpv4Error& error, uint32_t path_mtu,
                                               ByteView quoted) {
  if (tcp_ == nullptr) return;
  TcpLayer::ErrorKind kind = TcpLayer::ErrorKind::kSoft;
  if (error.is_fragmentation_needed()) {
    kind = TcpLayer::ErrorKind::kTooBig;
  } else if (error.type == wire::Icmpv4Type::kDestinationUnreachable) {
    // RFC 1122 §4.2.3.9: what says that nobody will ever answer there.
    const auto code = static_cast<wire::Icmpv4UnreachableCode>(error.code);
    if (code == wire::Icmpv4UnreachableCode::kProtocol ||
        code == wire::Icmpv4UnreachableCode::kPort ||
        code == wire::Icmpv4UnreachableCode::kProhibited) {
      kind = TcpLayer::ErrorKind::kHard;
    }
  } else if (error.type != wire::Icmpv4Type::kTimeExceeded &&
             error.type != wire::Icmpv4Type::kParameterProblem) {
    return;  // RFC 6633 §3: Source Quench is ignored; a redirect is the IP layer's.
  }
  const bool too_big = kind == TcpLayer::ErrorKind::kTooBig;
  tcp_->OnIcmpError({.kind = kind,
                     .interface = id,
                     .local = local,
                     .remote = remote,
                     .quoted = quoted,
                     .mtu = too_big ? path_mtu : 0});
}

void Stack::Implementation::OnIpv4Address(Time now, InterfaceId id, const Ipv4Address& address,
                                          bool assigned) {
  // A cable that was pulled takes no connection along: it may be put in again.
  if (!assigned && tcp_ != nullptr && interface(id).carrier()) tcp_->OnAddressGone(now, address);
}

}  // namespace dualsim::host
