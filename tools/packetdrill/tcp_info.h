#pragma once

#include <sys/socket.h>

#include "stack/base/time.h"
#include "stack/tcp/connection.h"

namespace dualsim::packetdrill {

// Linux's number of a state.
int LinuxState(tcp::State state);

// Writes Linux's struct tcp_info, as much of it as `length` has room for; `connection` is
// nullptr where there is none. Fields that the stack knows nothing of are 0.
void WriteTcpInfo(const tcp::Connection* connection, bool listens, void* out, socklen_t* length);

}  // namespace dualsim::packetdrill
