#include "stack/os/sockets/datagram.h"

#include <netinet/in.h>
// After netinet/in.h, as it asks for that.
#include <linux/errqueue.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "stack/os/sockets/error_number.h"

namespace dualsim::os {
namespace {

// Room for what the kernel tells beside a datagram: its destination, its TTL, an error
// and who reports that.
constexpr size_t kControlRoom = 512;

// Puts one piece into a message's control data.
template <typename Value>
void Append(msghdr& message, int level, int type, const Value& value) {
  auto* const at =
      reinterpret_cast<cmsghdr*>(static_cast<char*>(message.msg_control) + message.msg_controllen);
  at->cmsg_level = level;
  at->cmsg_type = type;
  at->cmsg_len = CMSG_LEN(sizeof(value));
  std::memcpy(CMSG_DATA(at), &value, sizeof(value));
  message.msg_controllen += CMSG_SPACE(sizeof(value));
}

void AppendInfo(msghdr& message, bool ipv4, const SendInfo& info) {
  if (info.source || info.interface != 0) {
    if (ipv4) {
      in_pktinfo from{};
      from.ipi_ifindex = info.interface;
      if (info.source) std::memcpy(&from.ipi_spec_dst, info.source->bytes().data(), 4);
      Append(message, IPPROTO_IP, IP_PKTINFO, from);
    } else {
      in6_pktinfo from{};
      from.ipi6_ifindex = static_cast<unsigned>(info.interface);
      if (info.source) {
        std::memcpy(&from.ipi6_addr, info.source->bytes().data(), Ipv6Address::kSize);
      }
      Append(message, IPPROTO_IPV6, IPV6_PKTINFO, from);
    }
  }
  if (info.ttl) {
    Append(message, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_TTL : IPV6_HOPLIMIT,
           static_cast<int>(*info.ttl));
  }
}

template <typename Value>
Value Load(const cmsghdr* piece) {
  Value value;
  std::memcpy(&value, CMSG_DATA(piece), sizeof(value));
  return value;
}

void ReadError(const cmsghdr* piece, ReceivedInfo& into) {
  const auto error = Load<sock_extended_err>(piece);
  if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) return;
  SystemAddress reporter;
  const size_t room = piece->cmsg_len - CMSG_LEN(sizeof(error));
  std::memcpy(reporter.get(), CMSG_DATA(piece) + sizeof(error),
              std::min<size_t>(room, reporter.size()));
  into.error = {.reporter = reporter.is_ip() ? reporter.address() : IpAddress(),
                .type = error.ee_type,
                .code = error.ee_code};
}

void ReadControl(msghdr& message, ReceivedInfo& into) {
  for (const cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr;
       c = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(c))) {
    if (c->cmsg_level == IPPROTO_IP) {
      if (c->cmsg_type == IP_PKTINFO) {
        const auto to = Load<in_pktinfo>(c);
        into.destination = Ipv4Address::FromInteger(ntohl(to.ipi_addr.s_addr));
        into.interface = to.ipi_ifindex;
      }
      if (c->cmsg_type == IP_TTL) into.ttl = static_cast<uint8_t>(Load<int>(c));
      if (c->cmsg_type == IP_RECVERR) ReadError(c, into);
    } else if (c->cmsg_level == IPPROTO_IPV6) {
      if (c->cmsg_type == IPV6_PKTINFO) {
        const auto to = Load<in6_pktinfo>(c);
        std::array<uint8_t, Ipv6Address::kSize> bytes;
        std::memcpy(bytes.data(), &to.ipi6_addr, bytes.size());
        into.destination = Ipv6Address(bytes);
        into.interface = static_cast<int>(to.ipi6_ifindex);
      }
      if (c->cmsg_type == IPV6_HOPLIMIT) into.ttl = static_cast<uint8_t>(Load<int>(c));
      if (c->cmsg_type == IPV6_RECVERR) ReadError(c, into);
    }
  }
}

}  // namespace

void TellAll(Socket& socket, IpFamily family) {
  if (family == IpFamily::kIpv4) {
    socket.Set(IPPROTO_IP, IP_PKTINFO, 1);
    socket.Set(IPPROTO_IP, IP_RECVTTL, 1);
    socket.Set(IPPROTO_IP, IP_RECVERR, 1);
  } else {
    socket.Set(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    socket.Set(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    socket.Set(IPPROTO_IPV6, IPV6_RECVERR, 1);
  }
}

application::Status SendTo(const Socket& socket, const SystemAddress& to, ByteView data,
                           const SendInfo& info) {
  alignas(cmsghdr) std::array<char, kControlRoom> control{};
  iovec piece{.iov_base = const_cast<uint8_t*>(data.data()), .iov_len = data.size()};
  msghdr message{};
  message.msg_name = const_cast<sockaddr*>(to.get());
  message.msg_namelen = to.size();
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  AppendInfo(message, to.get()->sa_family == AF_INET, info);
  // The first answer may be the error of a datagram before, which the kernel keeps in the
  // queue of errors as well; it is gone then, and the second is this one's own.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (::sendmsg(socket.file_descriptor(), &message, MSG_NOSIGNAL) >= 0) return std::nullopt;
  }
  return ErrorOfNumber(errno, Call::kRoute);
}

std::optional<ReceivedInfo> ReceiveFrom(const Socket& socket, Queue queue, MutableByteView into) {
  const int flags = queue == Queue::kErrors ? MSG_ERRQUEUE : 0;
  // Each round takes something away; a bound nevertheless, as the kernel is not ours.
  constexpr int kRounds = 1000;
  for (int i = 0; i < kRounds; ++i) {
    alignas(cmsghdr) std::array<char, kControlRoom> control;
    ReceivedInfo received;
    iovec piece{.iov_base = into.data(), .iov_len = into.size()};
    msghdr message{};
    message.msg_name = received.peer.get();
    message.msg_namelen = received.peer.size();
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket.file_descriptor(), &message, flags);
    if (size < 0) {
      if (errno == EAGAIN || errno == EBADF) return std::nullopt;
      continue;  // The error of a datagram before: it is in the queue of errors.
    }
    received.size = static_cast<size_t>(size);
    ReadControl(message, received);
    const bool wanted = queue == Queue::kDatagrams || received.error.has_value();
    if (wanted && received.peer.is_ip()) return received;
  }
  return std::nullopt;
}

}  // namespace dualsim::os
