#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/port.h"

namespace dualsim::udp {

// A datagram as a program gets it. An IPv4 peer shows as an IPv4 address.
struct ReceivedDatagram {
  InterfaceId interface {};
  IpAddress source;
  Port source_port{};
  IpAddress destination;  // The real one: perhaps a group or a broadcast address.
  Port destination_port{};
  uint8_t hop_limit = 0;
  ByteView data;  // Valid during the call.
};

// An ICMP error about a datagram that was sent from a port (RFC 1122 §4.1.3.3).
struct DatagramError {
  IpAddress reporter;
  IpAddress destination;
  Port destination_port{};
  uint8_t type = 0;  // Of the family's ICMP.
  uint8_t code = 0;
};

// A program that has a port. Called while the stack works: it notes, or sends
// through the stack, and does not destroy itself.
class DatagramHandler {
 public:
  virtual ~DatagramHandler() = default;
  virtual void OnDatagram(Time now, const ReceivedDatagram& datagram) = 0;
  virtual void OnDatagramError(Time, const DatagramError&) {}
};

// Who has which UDP port, RFC 768.
class UdpPorts {
 public:
  // The range for ports that the stack chooses, RFC 6335 §6.
  static constexpr uint16_t kFirstEphemeral = 49152;

  // False where the port is taken: listening twice on a port is an error. The
  // handler outlives its holding of the port. Requires a port but kAny.
  [[nodiscard]] bool Listen(Port port, DatagramHandler& handler);
  // A free port of the ephemeral range, drawn at random (RFC 6056 §3.3.1) and
  // taken; nullopt where none is free.
  std::optional<Port> ListenOnEphemeral(DatagramHandler& handler, RandomStream& random);
  void Unlisten(Port port);
  // nullptr where nobody has the port.
  DatagramHandler* Find(Port port) const;
  void Clear() { holders_.clear(); }

 private:
  struct Holder {
    Port port;
    DatagramHandler* handler;
  };
  std::vector<Holder> holders_;  // In order of the ports.
};

}  // namespace dualsim::udp
