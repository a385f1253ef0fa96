#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stack/application/task.h"
#include "stack/application/tcp.h"

namespace dualsim::dns {

// A DNS message over TCP has its length in front, RFC 1035 §4.2.2.

// nullopt: the flow ended, or failed, before the message did.
application::Task<std::optional<std::vector<uint8_t>>> ReadTcpMessage(application::TcpFlow& flow);
// False where the flow failed. Requires at most 65,535 bytes; they stay until then.
application::Task<bool> WriteTcpMessage(application::TcpFlow& flow, ByteView message);

}  // namespace dualsim::dns
