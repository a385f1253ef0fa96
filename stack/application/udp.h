#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stack/application/result.h"
#include "stack/application/scheduler.h"
#include "stack/application/socket_address.h"
#include "stack/base/bytes.h"

namespace dualsim::application {

// A datagram to send.
struct UdpMessage {
  SocketAddress destination;
  ByteView data;  // Copied.
  // The default is RFC 6724's choice. One that is not the host's is an error.
  std::optional<IpAddress> source{};
  // Default: the socket's; without a socket one that is free.
  std::optional<Port> source_port{};
  std::optional<uint8_t> ttl{};  // The hop limit in IPv6.
};

// What arrived at a UDP socket.
struct UdpArrival {
  SocketAddress source;
  // The real one: perhaps a group, or a broadcast address; to answer from it where
  // it is neither.
  SocketAddress destination;
  uint8_t ttl = 0;
  std::vector<uint8_t> data;
  // Set: no datagram, but an ICMP error about one that was sent from this port.
  // `destination` is whom that datagram was for, `source` who tells.
  std::optional<Error> icmp_error{};
};

class UdpSocket;

class [[nodiscard]] ReceiveOperation final : public Waiter {
 public:
  explicit ReceiveOperation(UdpSocket& socket) : socket_(socket) {}
  Result<UdpArrival> await_resume() { return *std::move(result_); }

 private:
  bool Poll() override;
  void Park() override;
  UdpSocket& socket_;
  std::optional<Result<UdpArrival>> result_;
};

struct UdpListenOptions {
  Port port = Port::kAny;  // kAny: one that is free.
  // Only datagrams to this address; none: to every address, groups that were
  // joined and broadcasts, of all families that the host runs.
  std::optional<IpAddress> address{};
  // What may wait to be received; a datagram beyond is dropped.
  size_t queue_bytes = size_t{256} << 10;
};

// A UDP port that a program has. Destroyed, the port is free; it outlives the
// operations on it.
class UdpSocket {
 public:
  virtual ~UdpSocket() = default;

  // The next datagram, or ICMP error, in the order of arrival. Error::kClosed
  // after Unlisten().
  ReceiveOperation Receive() { return ReceiveOperation(*this); }
  // Sent, or queued for address resolution; else why not.
  virtual Status Send(const UdpMessage& message) = 0;
  virtual void Unlisten() = 0;
  // Datagrams to the group are received until the socket goes. `interface`: needed
  // where the host has several.
  virtual Status JoinGroup(const IpAddress& group, std::optional<InterfaceId> interface) = 0;
  virtual Port port() const = 0;

  // --- For implementations. ---

  virtual std::optional<Result<UdpArrival>> TryReceive() = 0;
  virtual WaitList& receivable() = 0;
};

}  // namespace dualsim::application
