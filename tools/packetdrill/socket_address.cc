#include "tools/packetdrill/socket_address.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace dualsim::packetdrill {
namespace {

constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

Result ReadAddress(int domain, const sockaddr* given, socklen_t length,
                   application::SocketAddress& address) {
  if (given == nullptr) return -EFAULT;
  if (length < sizeof(sa_family_t)) return -EINVAL;
  if (domain == AF_INET) {
    sockaddr_in in{};
    if (length < sizeof(in)) return -EINVAL;
    std::memcpy(&in, given, sizeof(in));
    if (in.sin_family != AF_INET) return -EAFNOSUPPORT;
    address = {Ipv4Address::FromInteger(ntohl(in.sin_addr.s_addr)), Port{ntohs(in.sin_port)}};
    return 0;
  }
  sockaddr_in6 in{};
  constexpr socklen_t kWithoutScope = sizeof(in) - sizeof(in.sin6_scope_id);
  if (length < kWithoutScope) return -EINVAL;
  std::memcpy(&in, given, std::min<size_t>(length, sizeof(in)));
  if (in.sin6_family != AF_INET6) return -EAFNOSUPPORT;
  std::array<uint8_t, Ipv6Address::kSize> bytes;
  std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
  address.port = Port{ntohs(in.sin6_port)};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    address.address = Ipv4Address::FromInteger(LoadBig32(bytes.data() + kMapped.size()));
  } else {
    address.address = Ipv6Address(bytes);
  }
  return 0;
}

void WriteAddress(int domain, const application::SocketAddress& address, sockaddr* out,
                  socklen_t* length) {
  if (out == nullptr || length == nullptr) return;
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (domain == AF_INET) {
    auto& in = reinterpret_cast<sockaddr_in&>(storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(Number(address.port));
    if (address.address.is_ipv4()) in.sin_addr.s_addr = htonl(address.address.ipv4().ToInteger());
    size = sizeof(in);
  } else {
    auto& in = reinterpret_cast<sockaddr_in6&>(storage);
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(Number(address.port));
    auto* const bytes = reinterpret_cast<uint8_t*>(&in.sin6_addr);
    if (address.address.is_ipv4()) {
      std::copy(kMapped.begin(), kMapped.end(), bytes);
      StoreBig32(bytes + kMapped.size(), address.address.ipv4().ToInteger());
    } else {
      std::memcpy(bytes, address.address.bytes().data(), Ipv6Address::kSize);
    }
    size = sizeof(in);
  }
  std::memcpy(out, &storage, std::min(size, *length));
  *length = size;
}

}  // namespace dualsim::packetdrill
