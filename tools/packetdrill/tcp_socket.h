#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stack/application/socket_address.h"
#include "stack/tcp/endpoint.h"
#include "tools/packetdrill/file.h"
#include "tools/packetdrill/host_under_test.h"

namespace dualsim::packetdrill {

class TcpSocket;

// The TCP sockets of a host: which ports they hold, and whom an event is for.
class TcpSockets {
 public:
  explicit TcpSockets(HostUnderTest& host) : host_(host) {}

  HostUnderTest& host() { return host_; }
  void Add(TcpSocket* socket) { all_.push_back(socket); }
  void Remove(TcpSocket* socket) { std::erase(all_, socket); }
  // Tells the sockets what the endpoint has told.
  void TakeEvents();
  // Whether the socket may not have the address and port.
  bool IsTaken(const TcpSocket& socket, const application::SocketAddress& address) const;
  // One above 49151 that nobody has.
  Port FreePort();

 private:
  HostUnderTest& host_;
  std::vector<TcpSocket*> all_;
  uint16_t last_port_ = 49151;
};

// A socket of SOCK_STREAM, with Linux's errors. One that was accepted has its listener's
// options.
class TcpSocket final : public File {
 public:
  TcpSocket(TcpSockets& table, int domain);
  ~TcpSocket() override;

  Result Bind(const sockaddr* given, socklen_t length) override;
  Result Listen(int backlog) override;
  Result Accept(std::unique_ptr<File>& accepted, application::SocketAddress& peer) override;
  Result Connect(const sockaddr* given, socklen_t length) override;
  Result ConnectResult() override;
  Result Receive(MutableByteView into, int flags,
                 std::optional<application::SocketAddress>& from) override;
  Result Send(ByteView bytes, int flags, const sockaddr* to, socklen_t length) override;
  Result Shutdown(int how) override;
  Result GetOption(int level, int name, void* value, socklen_t* length) override;
  Result SetOption(int level, int name, const void* value, socklen_t length) override;
  Result Inquire(unsigned long request, int& value) override;
  Duration linger_time() const override;
  Result Drain() override;
  void Close() override;
  short Ready() const override;
  int domain() const override { return domain_; }
  Duration receive_timeout() const override { return settings_.receive_timeout; }
  Duration send_timeout() const override { return settings_.send_timeout; }

 private:
  friend class TcpSockets;

  // What options set.
  struct Settings {
    tcp::ConnectionOptions connection;  // Its keepalive holds only while `keepalive` does.
    bool keepalive = false;
    tcp::Keepalive keepalive_values;
    bool reuse_address = false;
    bool reuse_port = false;
    bool v6_only = false;
    std::optional<Duration> linger;
    std::optional<Duration> defer_accept;
    int receive_low_water = 1;
    Duration receive_timeout;
    Duration send_timeout;
  };

  // tcp_socket.cc
  const tcp::Connection* connection() const;
  bool IsConnecting() const;
  bool IsInputOver() const;
  bool IsWritable() const;
  // The error that nobody was told yet, as errno; 0: none.
  int PendingError() const;
  int TakeError();
  void LetGo();
  Result BindToFreePort();

  // tcp_socket_options.cc
  Result SetNumber(int level, int name, int value);
  Result SetSocketNumber(int name, int value);
  Result SetTcpNumber(int name, int value);
  // nullopt: there is no such option of a number.
  std::optional<int> GetNumber(int level, int name);
  std::optional<int> GetSocketNumber(int name);
  std::optional<int> GetTcpNumber(int name) const;
  int MaxSegment() const;
  // The options as the connection should have them.
  tcp::ConnectionOptions ConnectionOptions() const;
  void Apply();

  TcpSockets& table_;
  HostUnderTest& host_;
  int domain_;
  Settings settings_;
  std::optional<application::SocketAddress> bound_;
  std::optional<tcp::ListenerId> listener_;
  std::optional<tcp::ConnectionId> connection_;
  bool connect_told_ = false;  // connect() has said that it succeeded.
  bool error_told_ = false;
  bool input_ended_ = false;   // shutdown(SHUT_RD)
  bool output_ended_ = false;  // shutdown(SHUT_WR)
  bool more_ = false;          // The last send had MSG_MORE.
};

// The errno of what ended a connection.
int ErrnoOf(tcp::Error error);

}  // namespace dualsim::packetdrill
