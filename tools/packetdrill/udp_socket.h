#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "stack/udp/udp_ports.h"
#include "tools/packetdrill/file.h"
#include "tools/packetdrill/host_under_test.h"

namespace dualsim::packetdrill {

// A socket of SOCK_DGRAM. A port is one socket's alone, whatever its address.
class UdpSocket final : public File, private udp::DatagramHandler {
 public:
  UdpSocket(HostUnderTest& host, int domain) : host_(host), domain_(domain) {}
  ~UdpSocket() override { Close(); }

  Result Bind(const sockaddr* given, socklen_t length) override;
  Result Connect(const sockaddr* given, socklen_t length) override;
  Result Receive(MutableByteView into, int flags,
                 std::optional<application::SocketAddress>& from) override;
  Result Send(ByteView bytes, int flags, const sockaddr* to, socklen_t length) override;
  Result Shutdown(int how) override;
  Result GetOption(int level, int name, void* value, socklen_t* length) override;
  Result SetOption(int level, int name, const void* value, socklen_t length) override;
  Result Inquire(unsigned long request, int& value) override;
  void Close() override;
  short Ready() const override;
  int domain() const override { return domain_; }

 private:
  // Beyond, what comes is lost, as UDP may lose it.
  static constexpr size_t kMaxWaiting = 1024;

  struct Datagram {
    application::SocketAddress from;
    std::vector<uint8_t> data;
  };

  void OnDatagram(Time now, const udp::ReceivedDatagram& datagram) override;
  void OnDatagramError(Time now, const udp::DatagramError& error) override;
  Result Hold(Port port);
  int TakeError();

  HostUnderTest& host_;
  int domain_;
  std::optional<Port> port_;
  std::optional<IpAddress> address_;  // The only one that it hears, where it is bound to one.
  std::optional<application::SocketAddress> peer_;
  std::deque<Datagram> waiting_;
  int error_ = 0;  // Of ICMP, told once.
  bool input_ended_ = false;
  bool output_ended_ = false;
};

}  // namespace dualsim::packetdrill
