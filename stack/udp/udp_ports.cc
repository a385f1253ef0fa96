#include "stack/udp/udp_ports.h"

#include <algorithm>

namespace dualsim::udp {
namespace {

template <typename Holders>
auto LowerBound(Holders& holders, Port port) {
  return std::lower_bound(holders.begin(), holders.end(), port,
                          [](const auto& holder, Port p) { return holder.port < p; });
}

}  // namespace

bool UdpPorts::Listen(Port port, DatagramHandler& handler) {
  const auto at = LowerBound(holders_, port);
  if (at != holders_.end() && at->port == port) return false;
  holders_.insert(at, {port, &handler});
  return true;
}

std::optional<Port> UdpPorts::ListenOnEphemeral(DatagramHandler& handler, RandomStream& random) {
  constexpr uint64_t kCount = 0x10000 - kFirstEphemeral;
  const uint64_t start = random.Below(kCount);
  for (uint64_t i = 0; i < kCount; ++i) {
    const auto port = static_cast<Port>(kFirstEphemeral + (start + i) % kCount);
    if (Listen(port, handler)) return port;
  }
  return std::nullopt;
}

void UdpPorts::Unlisten(Port port) {
  const auto at = LowerBound(holders_, port);
  if (at != holders_.end() && at->port == port) holders_.erase(at);
}

DatagramHandler* UdpPorts::Find(Port port) const {
  const auto at = LowerBound(holders_, port);
  return at != holders_.end() && at->port == port ? at->handler : nullptr;
}

}  // namespace dualsim::udp
