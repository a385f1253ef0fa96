#include "stack/os/sockets/socket_ip.h"

#include <netinet/in.h>

#include "stack/os/sockets/datagram.h"

namespace dualsim::os {

application::Status SendIpPacket(Programs::Core& core, const application::IpMessage& message) {
  const IpFamily family = message.destination.family();
  if (message.destination.is_unspecified()) return application::Error::kNoRoute;
  auto socket = Socket::Open(DomainOf(family), SOCK_RAW, message.protocol);
  if (!socket) return socket.error();
  socket->Set(SOL_SOCKET, SO_BROADCAST, 1);
  const bool ipv4 = family == IpFamily::kIpv4;
  if (ipv4) socket->Set(IPPROTO_IP, IP_HDRINCL, 0);
  if (!message.fragment) {
    socket->Set(ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
                ipv4 ? IP_PMTUDISC_DO : IPV6_PMTUDISC_DO);
    if (!ipv4) socket->Set(IPPROTO_IPV6, IPV6_DONTFRAG, 1);
  }
  const int link = core.LinkOf(message.destination, message.interface);
  SendInfo info{.source = message.source, .interface = link, .ttl = message.ttl};
  const IpAddress only = core.config.ListenAddress(family);
  if (!info.source && !only.is_unspecified()) info.source = only;
  return SendTo(*socket, {message.destination, Port::kAny, link}, message.data, info);
}

}  // namespace dualsim::os
