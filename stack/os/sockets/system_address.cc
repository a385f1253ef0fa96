#include "stack/os/sockets/system_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace dualsim::os {

SystemAddress::SystemAddress(const IpAddress& address, Port port, int interface) {
  const auto& bytes = address.bytes();
  if (address.is_ipv4()) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(Number(port));
    std::memcpy(&to.sin_addr, bytes.data(), sizeof(to.sin_addr));
    std::memcpy(&storage_, &to, sizeof(to));
    size_ = sizeof(to);
    return;
  }
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_port = htons(Number(port));
  std::memcpy(&to.sin6_addr, bytes.data(), sizeof(to.sin6_addr));
  if (address.is_link_local() || address.is_multicast()) {
    to.sin6_scope_id = static_cast<uint32_t>(interface);
  }
  std::memcpy(&storage_, &to, sizeof(to));
  size_ = sizeof(to);
}

bool SystemAddress::is_ip() const {
  return storage_.ss_family == AF_INET || storage_.ss_family == AF_INET6;
}

IpAddress SystemAddress::address() const {
  if (storage_.ss_family == AF_INET) {
    const auto* from = reinterpret_cast<const sockaddr_in*>(&storage_);
    return Ipv4Address::FromInteger(ntohl(from->sin_addr.s_addr));
  }
  const auto* from = reinterpret_cast<const sockaddr_in6*>(&storage_);
  std::array<uint8_t, Ipv6Address::kSize> bytes;
  std::memcpy(bytes.data(), &from->sin6_addr, bytes.size());
  if (IN6_IS_ADDR_V4MAPPED(&from->sin6_addr)) {
    return Ipv4Address::FromInteger(LoadBig32(bytes.data() + 12));
  }
  return Ipv6Address(bytes);
}

Port SystemAddress::port() const {
  const bool ipv4 = storage_.ss_family == AF_INET;
  return static_cast<Port>(
      ntohs(ipv4 ? reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port
                 : reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port));
}

int SystemAddress::interface() const {
  if (storage_.ss_family != AF_INET6) return 0;
  return static_cast<int>(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_scope_id);
}

}  // namespace dualsim::os
