// Solicitations for addresses that are not the interface's own alone: RFC 4861
// §7.2.7 and §7.2.8, RFC 4291 §2.6.1.

#include "stack/ndp/constants.h"
#include "stack/ndp/neighbor_discovery.h"

namespace dualsim::ndp {

std::optional<Ipv6Address> NeighborDiscovery::SubnetRouterAnycast(
    const InterfaceAddress& address) const {
  // RFC 6164 §5.1: a prefix of 127 bits has no such address. What is the same on
  // every link needs none.
  constexpr int kLongest = 126;
  if (!config_.is_router || address.address.is_link_local()) return std::nullopt;
  if (address.prefix_length > kLongest) return std::nullopt;
  const Ipv6Address anycast = Ipv6Prefix(address.address, address.prefix_length).address();
  if (anycast == address.address) return std::nullopt;
  return anycast;
}

void NeighborDiscovery::Serve(Time now, const Ipv6Address& address, ServedAddresses::Kind kind) {
  if (served_ == nullptr) served_ = std::make_unique<ServedAddresses>();
  if (!served_->Add(address, kind)) return;
  output_.ListenToGroup(address.SolicitedNode());
  output_.JoinGroup(now, address.SolicitedNode());
}

void NeighborDiscovery::CeaseToServe(Time now, const Ipv6Address& address) {
  if (served_ == nullptr || !served_->Remove(address)) return;
  output_.LeaveGroup(now, address.SolicitedNode());
  output_.StopListeningToGroup(address.SolicitedNode());
}

bool NeighborDiscovery::IsAnycast(const Ipv6Address& address) const {
  return served_ != nullptr && served_->Find(address) == ServedAddresses::Kind::kAnycast;
}

std::optional<DropReason> NeighborDiscovery::OnSolicitationForServed(
    Time now, const wire::NdpContext& context, const wire::NeighborSolicitation& message) {
  if (served_ == nullptr || !served_->Find(message.target)) return DropReason::NS_NOT_OUR_TARGET;
  const InterfaceAddress* source = addresses_.Find(context.source);
  if (source != nullptr && source->assigned()) return DropReason::NS_FROM_OUR_ADDRESS;
  if (!context.source.is_unspecified() && message.options.source_link_layer_address) {
    neighbors_.OnLinkLayerAddress(now, context.source, *message.options.source_link_layer_address,
                                  std::nullopt);
  }
  const Time at = now + random_.Between(Duration(), kMaxAnycastDelayTime);
  if (const auto first = served_->Schedule(at, {message.target, context.source})) {
    SendAnswer(now, *first);
  }
  return std::nullopt;
}

void NeighborDiscovery::AdvanceServed(Time now) {
  while (served_ != nullptr) {
    const std::optional<ServedAddresses::Answer> answer = served_->NextAnswer(now);
    if (!answer) return;
    SendAnswer(now, *answer);
  }
}

void NeighborDiscovery::SendAnswer(Time now, const ServedAddresses::Answer& answer) {
  const Ipv6Address source = SolicitationSource(nullptr);
  if (source.is_unspecified()) return;
  // §7.2.7 and §7.2.8: without Override, so that the first of several answers
  // stays, and that of the node itself goes before a proxy's.
  wire::NeighborAdvertisement message{.router = config_.is_router,
                                      .solicited = !answer.solicitor.is_unspecified(),
                                      .override_flag = false,
                                      .target = answer.target,
                                      .options = {}};
  message.options.target_link_layer_address = mac_;
  if (message.solicited) {
    output_.SendMessageToNeighbor(now, source, answer.solicitor, Build(message));
  } else {
    output_.SendMessage(now, source, Ipv6Address::AllNodes(), std::nullopt, Build(message));
  }
}

}  // namespace dualsim::ndp
