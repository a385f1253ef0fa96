#pragma once

#include <sys/socket.h>

#include "stack/application/socket_address.h"
#include "tools/packetdrill/file.h"

namespace dualsim::packetdrill {

// Reads an address that was given to a socket of `domain`. ::ffff:a.b.c.d, given to one of
// AF_INET6, is the IPv4 address. -EINVAL, -EFAULT or -EAFNOSUPPORT where it is none.
Result ReadAddress(int domain, const sockaddr* given, socklen_t length,
                   application::SocketAddress& address);

// Writes as much as `length` has room for, and how much there would be. Does nothing where
// `out` is nullptr.
void WriteAddress(int domain, const application::SocketAddress& address, sockaddr* out,
                  socklen_t* length);

}  // namespace dualsim::packetdrill
