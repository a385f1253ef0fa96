#pragma once

#include <sys/socket.h>

#include "stack/application/socket_address.h"

namespace dualsim::os {

inline int DomainOf(IpFamily family) { return family == IpFamily::kIpv4 ? AF_INET : AF_INET6; }

// An address with a port, as system calls take and give it.
class SystemAddress {
 public:
  // Room for the longest.
  SystemAddress() : size_(sizeof(storage_)) {}
  // `interface`: the machine's index of a link-local address's or a group's link; 0: none.
  SystemAddress(const IpAddress& address, Port port, int interface);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  socklen_t* mutable_size() { return &size_; }

  // Whether it is an address of IPv4 or IPv6 at all.
  bool is_ip() const;
  // Require is_ip(). ::ffff:192.0.2.1 is 192.0.2.1.
  IpAddress address() const;
  Port port() const;
  int interface() const;  // 0: none is told.

 private:
  sockaddr_storage storage_{};
  socklen_t size_;
};

}  // namespace dualsim::os
