#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "stack/application/result.h"
#include "stack/application/scheduler.h"
#include "stack/application/settings.h"
#include "stack/application/socket_address.h"
#include "stack/application/tcp.h"
#include "stack/application/udp.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"

namespace dualsim::dns {
class Resolver;
}

namespace dualsim::application {

// An address that the host has.
struct ConfiguredAddress {
  IpAddress address;
  int prefix_length = 0;
  InterfaceId interface {};
  bool preferred = true;  // False: deprecated, or not verified to be unique yet.
};

struct EchoOptions {
  std::optional<InterfaceId> interface {};  // As in SocketAddress.
  std::optional<IpAddress> source{};
  std::optional<uint8_t> ttl{};
  size_t size = 56;
  Duration timeout = Seconds(1);
};
struct EchoReply {
  IpAddress from;
  Duration rtt;
};

// An echo request whose answer is awaited.
class PendingEcho {
 public:
  virtual ~PendingEcho() = default;
  virtual std::optional<Result<EchoReply>> TryTake() = 0;
  virtual WaitList& answered() = 0;
};

class [[nodiscard]] EchoOperation final : public Waiter {
 public:
  explicit EchoOperation(Result<std::unique_ptr<PendingEcho>> begun) : begun_(std::move(begun)) {}
  Result<EchoReply> await_resume() { return *std::move(result_); }

 private:
  bool Poll() override;
  void Park() override;
  Result<std::unique_ptr<PendingEcho>> begun_;
  std::optional<Result<EchoReply>> result_;
};

// An IP packet to send that is neither TCP nor UDP.
struct IpMessage {
  IpAddress destination;
  uint8_t protocol = 0;  // IPv6's Next Header.
  ByteView data;         // Copied; its checksum, if the protocol has one, done.
  std::optional<InterfaceId> interface {};
  std::optional<IpAddress> source{};
  std::optional<uint8_t> ttl{};
  bool fragment = true;  // Otherwise Error::kTooLarge where it does not fit the path.
};

// All that a program may ask of the host that it runs on: each program has one
// of its own. It outlives the program, and every flow, listener and socket that
// it made is gone before it.
//
// Two implementations, and a program can't tell which it has: our own stack, and
// the operating system's sockets.
class Network {
 public:
  virtual ~Network() = default;

  // --- The host ---

  virtual Scheduler& scheduler() = 0;
  Time now() { return scheduler().now(); }
  SleepOperation Sleep(Duration duration) { return scheduler().Sleep(duration); }
  // The program's own; every draw on the host's behalf comes from here.
  virtual RandomStream& random() = 0;
  // One line for people, without its end.
  virtual void Log(std::string_view line) = 0;
  virtual const Settings& settings() const = 0;
  // Another stack of this host, by the group of its boot arguments ("private");
  // nullptr where it has none of that name.
  virtual Network* group(std::string_view name) = 0;

  // --- TCP ---

  // Listening twice on a port is Error::kPortInUse.
  virtual Result<std::unique_ptr<TcpListener>> ListenTcp(const TcpListenOptions& options) = 0;
  // `co_await ConnectTcp(...)` gives a Result<std::unique_ptr<TcpFlow>>. What can be
  // known to fail fails at once.
  ConnectOperation ConnectTcp(const SocketAddress& destination,
                              const TcpConnectOptions& options = {}) {
    return ConnectOperation(BeginConnectTcp(destination, options));
  }

  // --- UDP ---

  virtual Result<std::unique_ptr<UdpSocket>> ListenUdp(const UdpListenOptions& options) = 0;
  // Without a port of its own: answers go nowhere.
  virtual Status SendUdp(const UdpMessage& message) = 0;

  // --- IP and ICMP ---

  virtual Status SendIp(const IpMessage& message) = 0;
  // Whether the host runs the family at all.
  virtual bool runs(IpFamily family) const = 0;
  virtual std::vector<ConfiguredAddress> addresses() const = 0;
  // From where packets to `destination` leave (RFC 6724).
  virtual Result<IpAddress> SourceFor(const IpAddress& destination,
                                      std::optional<InterfaceId> interface = std::nullopt) = 0;
  // The largest IP packet towards `destination`, as far as is known.
  virtual Result<uint32_t> Mtu(const IpAddress& destination) = 0;
  // `co_await Echo(...)` gives a Result<EchoReply>.
  EchoOperation Echo(const IpAddress& destination, const EchoOptions& options = {}) {
    return EchoOperation(BeginEcho(destination, options));
  }

  // --- What the host learned ---

  virtual NameServers name_servers() const = 0;
  // The host's resolver (stack/dns), with one cache for all its programs.
  virtual dns::Resolver& resolver() = 0;
  // For the record: what a resolver found, or did not find.
  virtual void Note(const QueryFact& fact) = 0;
  // Wakes whenever addresses() or name_servers() may have changed. A waiter polls
  // what it waits for, see WaitUntil.
  virtual WaitList& configuration_changed() = 0;

  // --- For implementations ---

  virtual Result<std::unique_ptr<TcpFlow>> BeginConnectTcp(const SocketAddress& destination,
                                                           const TcpConnectOptions& options) = 0;
  virtual Result<std::unique_ptr<PendingEcho>> BeginEcho(const IpAddress& destination,
                                                         const EchoOptions& options) = 0;
};

// Waits until `holds()` is true, which may change with the host's configuration.
template <typename Condition>
class [[nodiscard]] WaitUntil final : public Waiter {
 public:
  WaitUntil(Network& network, Condition holds) : network_(network), holds_(std::move(holds)) {}
  void await_resume() const {}

 private:
  bool Poll() override { return holds_(); }
  void Park() override { network_.configuration_changed().Add(*this); }
  Network& network_;
  Condition holds_;
};

}  // namespace dualsim::application
