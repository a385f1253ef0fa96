#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "stack/application/result.h"
#include "stack/base/bytes.h"
#include "stack/os/sockets/socket.h"
#include "stack/os/sockets/system_address.h"

namespace dualsim::os {

// Asks the kernel to tell of each datagram where it was sent to and with which TTL,
// and to queue the ICMP errors about those that were sent. UDP's, ICMP's and raw sockets.
void TellAll(Socket& socket, IpFamily family);

// What goes along with a datagram that is sent.
struct SendInfo {
  std::optional<IpAddress> source{};
  int interface = 0;  // 0: as the routes have it.
  std::optional<uint8_t> ttl{};
};
application::Status SendTo(const Socket& socket, const SystemAddress& to, ByteView data,
                           const SendInfo& info);

// A datagram that came, or an ICMP error about one that was sent.
struct ReceivedInfo {
  size_t size = 0;
  SystemAddress peer;  // Who sent it; of an error: to whom that was sent.
  std::optional<IpAddress> destination{};
  int interface = 0;
  uint8_t ttl = 0;
  struct Error {
    IpAddress reporter;
    uint8_t type = 0;
    uint8_t code = 0;
  };
  std::optional<Error> error{};
};
enum class Queue : uint8_t { kDatagrams, kErrors };
// The next of the queue; nullopt: there is none. `into` gets the data; of an error: the
// beginning of what was sent. What is longer than it is cut.
std::optional<ReceivedInfo> ReceiveFrom(const Socket& socket, Queue queue, MutableByteView into);

}  // namespace dualsim::os
