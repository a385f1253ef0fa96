// Where the two halves of the stack meet: the IPv4 half's life, and what it hands up.

#include <algorithm>
#include <utility>

#include "stack/host/stack_implementation.h"

namespace dualsim::host {

void Stack::Implementation::MakeIpv4() {
  const auto& cards = config_.interfaces;
  const bool wanted = std::any_of(cards.begin(), cards.end(), [](const InterfaceConfig& card) {
    return card.ipv4 && (!card.ipv4_addresses.empty() || card.ipv4_link_local);
  });
  if (!wanted) return;
  Ipv4Stack::Config config{.forwarding = config_.forwarding,
                           .answer_echo = config_.answer_echo,
                           .forward_directed_broadcasts = config_.forward_directed_broadcasts};
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
  Ipv4Stack::Config config{.forwarding = config_.forwarding,
                           .answer_echo = config_.answer_echo,
                           .forward_directed_broadcasts = config_.forward_directed_broadcasts};
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

bool Stack::Implementation::OnTcpOverIpv4(Time, InterfaceId, const Ipv4Address&, const Ipv4Address&,
                                          ByteView, bool) {
  return false;
}

void Stack::Implementation::OnTcpErrorOverIpv4(Time, const Ipv4Address&, const Ipv4Address&,
                                               const wire::Icmpv4Error&, uint32_t, ByteView) {}

void Stack::Implementation::OnIpv4Address(Time, InterfaceId, const Ipv4Address&, bool) {}

}  // namespace dualsim::host
