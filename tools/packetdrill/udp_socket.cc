#include "tools/packetdrill/udp_socket.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "tools/packetdrill/socket_address.h"

namespace dualsim::packetdrill {

Result UdpSocket::Hold(Port port) {
  return host_.WithStack([&](host::Stack& stack, Time) -> Result {
    if (port == Port::kAny) {
      port_ = stack.ListenUdpOnEphemeral(*this);
      return port_ ? 0 : -EADDRINUSE;
    }
    if (stack.ListenUdp(port, *this)) return -EADDRINUSE;
    port_ = port;
    return 0;
  });
}

Result UdpSocket::Bind(const sockaddr* given, socklen_t length) {
  application::SocketAddress address;
  if (const Result wrong = ReadAddress(domain_, given, length, address); wrong != 0) return wrong;
  if (port_) return -EINVAL;
  const bool any = address.address.is_unspecified();
  if (!any && address.address != host_.address()) return -EADDRNOTAVAIL;
  const Result result = Hold(address.port);
  if (result == 0 && !any) address_ = address.address;
  return result;
}

Result UdpSocket::Connect(const sockaddr* given, socklen_t length) {
  peer_.reset();
  if (given != nullptr && length >= sizeof(sa_family_t) && given->sa_family == AF_UNSPEC) return 0;
  application::SocketAddress remote;
  if (const Result wrong = ReadAddress(domain_, given, length, remote); wrong != 0) return wrong;
  if (!port_) {
    if (const Result wrong = Hold(Port::kAny); wrong != 0) return wrong;
  }
  peer_ = remote;
  return 0;
}

int UdpSocket::TakeError() { return std::exchange(error_, 0); }

Result UdpSocket::Receive(MutableByteView into, int flags,
                          std::optional<application::SocketAddress>& from) {
  if (const int error = TakeError(); error != 0) return -error;
  if (waiting_.empty()) return input_ended_ ? 0 : -EAGAIN;
  const Datagram& first = waiting_.front();
  const size_t size = first.data.size();
  const size_t count = std::min(into.size(), size);
  std::copy_n(first.data.begin(), count, into.begin());
  from = first.from;
  if ((flags & MSG_PEEK) == 0) waiting_.pop_front();
  return static_cast<Result>((flags & MSG_TRUNC) != 0 ? size : count);
}

Result UdpSocket::Send(ByteView bytes, int, const sockaddr* to, socklen_t length) {
  if (output_ended_) return -EPIPE;
  if (const int error = TakeError(); error != 0) return -error;
  std::optional<application::SocketAddress> remote = peer_;
  if (to != nullptr) {
    const Result wrong = ReadAddress(domain_, to, length, remote.emplace());
    if (wrong != 0) return wrong;
  }
  if (!remote) return -EDESTADDRREQ;
  if (!port_) {
    if (const Result wrong = Hold(Port::kAny); wrong != 0) return wrong;
  }
  const auto failure = host_.WithStack([&](host::Stack& stack, Time now) {
    return stack.SendUdp(now, {.source = address_,
                               .source_port = *port_,
                               .destination = remote->address,
                               .destination_port = remote->port,
                               .data = bytes});
  });
  if (failure == DropReason::PACKET_TOO_BIG) return -EMSGSIZE;
  if (failure) return -ENETUNREACH;
  return static_cast<Result>(bytes.size());
}

Result UdpSocket::Shutdown(int how) {
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return -EINVAL;
  if (!peer_) return -ENOTCONN;
  input_ended_ |= how != SHUT_WR;
  output_ended_ |= how != SHUT_RD;
  return 0;
}

Result UdpSocket::GetOption(int level, int name, void* value, socklen_t* length) {
  if (value == nullptr || length == nullptr) return -EFAULT;
  if (level != SOL_SOCKET) return -ENOPROTOOPT;
  int number = 0;
  switch (name) {
    case SO_ERROR:
      number = TakeError();
      break;
    case SO_TYPE:
      number = SOCK_DGRAM;
      break;
    case SO_DOMAIN:
      number = domain_;
      break;
    case SO_PROTOCOL:
      number = IPPROTO_UDP;
      break;
    default:
      return -ENOPROTOOPT;
  }
  *length = std::min<socklen_t>(*length, sizeof(number));
  std::memcpy(value, &number, *length);
  return 0;
}

Result UdpSocket::SetOption(int level, int name, const void*, socklen_t length) {
  if (length < sizeof(int)) return -EINVAL;
  // Said and done: a port is never shared here.
  return level == SOL_SOCKET && name == SO_REUSEADDR ? 0 : -ENOPROTOOPT;
}

Result UdpSocket::Inquire(unsigned long request, int& value) {
  if (request == SIOCOUTQ) {
    value = 0;
    return 0;
  }
  if (request != SIOCINQ) return -ENOTTY;
  value = waiting_.empty() ? 0 : static_cast<int>(waiting_.front().data.size());
  return 0;
}

void UdpSocket::Close() {
  if (!port_) return;
  host_.WithStack([&](host::Stack& stack, Time) { stack.UnlistenUdp(*port_); });
  port_.reset();
}

short UdpSocket::Ready() const {
  short ready = output_ended_ ? 0 : POLLOUT | POLLWRNORM;
  if (!waiting_.empty() || input_ended_) ready |= POLLIN | POLLRDNORM;
  if (input_ended_) ready |= POLLRDHUP;
  if (error_ != 0) ready |= POLLERR;
  return ready;
}

void UdpSocket::OnDatagram(Time, const udp::ReceivedDatagram& datagram) {
  const application::SocketAddress from{datagram.source, datagram.source_port};
  const bool for_us = (!address_ || *address_ == datagram.destination) &&
                      (!peer_ || *peer_ == from) &&
                      (domain_ == AF_INET6 || datagram.source.is_ipv4());
  if (!for_us || waiting_.size() >= kMaxWaiting) return;
  waiting_.push_back({from, {datagram.data.begin(), datagram.data.end()}});
  ++input_news;
}

void UdpSocket::OnDatagramError(Time, const udp::DatagramError& error) {
  // RFC 1122 §4.1.3.3; a connected socket alone is told, as Linux does.
  const bool of_peer =
      peer_ && peer_->address == error.destination && peer_->port == error.destination_port;
  if (!of_peer) return;
  error_ = ECONNREFUSED;
  ++input_news;
}

}  // namespace dualsim::packetdrill
