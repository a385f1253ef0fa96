#include "stack/os/sockets/socket_echo.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "stack/application/implementation.h"
#include "stack/base/checksum.h"
#include "stack/os/sockets/error_number.h"

namespace dualsim::os {

using application::EchoReply;
using application::Error;
using application::Result;
using application::Status;

namespace {

// Type, code, checksum, identifier, sequence (RFC 792, RFC 4443 §4.1).
constexpr size_t kHeader = 8;
constexpr uint16_t kSequence = 1;
constexpr uint16_t kFirstIdentifier = 0x8000;
constexpr uint8_t kIpv4Request = 8;
constexpr uint8_t kIpv4Reply = 0;
constexpr uint8_t kIpv6Request = 128;
constexpr uint8_t kIpv6Reply = 129;

// ICMP_FILTER of linux/icmp.h, whose other names collide with those of netinet/.
constexpr int kIcmpFilter = 1;

std::vector<uint8_t> MakeRequest(IpFamily family, uint16_t identifier, size_t size) {
  std::vector<uint8_t> request(kHeader + size);
  request[0] = family == IpFamily::kIpv4 ? kIpv4Request : kIpv6Request;
  StoreBig16(request.data() + 4, identifier);
  StoreBig16(request.data() + 6, kSequence);
  for (size_t i = 0; i < size; ++i) request[kHeader + i] = static_cast<uint8_t>(i);
  // The kernel does ICMPv6's, which stands over the addresses too.
  if (family == IpFamily::kIpv4) {
    StoreBig16(request.data() + 2, InternetChecksum().Add(request).Value());
  }
  return request;
}

}  // namespace

SocketEcho::~SocketEcho() {
  if (!socket_.is_open()) return;
  core_.loop.Remove(socket_.file_descriptor());
  core_.echoes.erase(identifier_);
  socket_ = Socket();
  core_.OnFileFreed();
}

Status SocketEcho::Open() {
  const bool ipv4 = family_ == IpFamily::kIpv4;
  const int protocol = ipv4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  auto socket = Socket::Open(DomainOf(family_), SOCK_RAW, protocol);
  raw_ = socket.ok();
  if (!raw_) socket = Socket::Open(DomainOf(family_), SOCK_DGRAM, protocol);
  if (!socket) return socket.error();
  if (raw_ && ipv4) {
    const uint32_t kept_out = ~(uint32_t{1} << kIpv4Reply);
    socket->Set(SOL_RAW, kIcmpFilter, kept_out);
  } else if (raw_) {
    icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(kIpv6Reply, &filter);
    socket->Set(IPPROTO_ICMPV6, ICMP6_FILTER, filter);
  }
  socket->Set(SOL_SOCKET, SO_BROADCAST, 1);
  TellAll(*socket, family_);
  socket_ = *std::move(socket);
  return std::nullopt;
}

// Ours on a raw socket, the kernel's on one of ICMP's.
Status SocketEcho::TakeIdentifier() {
  if (!raw_) {
    SystemAddress local;
    ::getsockname(socket_.file_descriptor(), local.get(), local.mutable_size());
    identifier_ = Number(local.port());
    return std::nullopt;
  }
  if (core_.echoes.size() >= kFirstIdentifier) return Error::kLimitReached;
  do {
    identifier_ = kFirstIdentifier | core_.next_echo++;
  } while (!core_.echoes.insert(identifier_).second);
  return std::nullopt;
}

Status SocketEcho::Send(const IpAddress& destination, const application::EchoOptions& options) {
  if (options.source && !core_.HasAddress(*options.source)) return Error::kNotOurAddress;
  if (destination.is_unspecified()) return Error::kNoRoute;
  family_ = destination.family();
  destination_ = destination;
  if (const Status failed = Open()) return failed;
  core_.loop.Add(socket_.file_descriptor(), Trigger::kChange, *this);
  const IpAddress from = options.source.value_or(core_.config.ListenAddress(family_));
  const int link = core_.LinkOf(destination, options.interface);
  // Bound in any case: it is then that one of ICMP's gets its identifier.
  const SystemAddress at(from, Port::kAny, link);
  if (::bind(socket_.file_descriptor(), at.get(), at.size()) != 0) {
    return ErrorOfNumber(errno, Call::kPrepare);
  }
  if (const Status failed = TakeIdentifier()) return failed;
  const std::vector<uint8_t> request = MakeRequest(family_, identifier_, options.size);
  sent_ = core_.loop.now();
  const SystemAddress to(destination, Port::kAny, link);
  if (const Status failed = SendTo(socket_, to, request, {.interface = link, .ttl = options.ttl})) {
    return failed;
  }
  scope_.Start(TimeOut(options.timeout));
  return std::nullopt;
}

application::Task<> SocketEcho::TimeOut(Duration limit) {
  co_await core_.scheduler.Sleep(limit);
  End(Error::kTimeout);
}

void SocketEcho::End(Result<EchoReply> result) {
  if (!result_) result_.emplace(std::move(result));
  answered_.WakeAll(core_.scheduler);
}

bool SocketEcho::IsAnswer(const ReceivedInfo& received, ByteView message) const {
  if (message.size() < kHeader) return false;
  const uint8_t reply = family_ == IpFamily::kIpv4 ? kIpv4Reply : kIpv6Reply;
  const bool one_station =
      destination_.is_unicast() && !(family_ == IpFamily::kIpv4 && destination_.is_loopback());
  return message[0] == reply && LoadBig16(message.data() + 4) == identifier_ &&
         LoadBig16(message.data() + 6) == kSequence &&
         (!one_station || received.peer.address() == destination_);
}

bool SocketEcho::IsRequest(ByteView message) const {
  return message.size() >= kHeader && LoadBig16(message.data() + 4) == identifier_;
}

void SocketEcho::OnReady(bool readable, bool) {
  if (readable && !result_) Receive();
}

void SocketEcho::Receive() {
  BufferPool::Buffer buffer = core_.buffers.Take();
  const MutableByteView room{buffer.get(), BufferPool::kSize};
  while (const auto received = ReceiveFrom(socket_, Queue::kErrors, room)) {
    if (!IsRequest(ByteView(room).first(received->size))) continue;
    End(application::ErrorOfIcmp(family_, received->error->type, received->error->code));
  }
  while (const auto received = ReceiveFrom(socket_, Queue::kDatagrams, room)) {
    ByteView message = ByteView(room).first(received->size);
    if (raw_ && family_ == IpFamily::kIpv4 && !message.empty()) {
      // The IP header comes along, with its length in words of 4 bytes (RFC 791 §3.1).
      message = message.subspan(std::min<size_t>(message.size(), (message[0] & 0x0f) * 4u));
    }
    if (!IsAnswer(*received, message)) continue;
    End(EchoReply{.from = received->peer.address(), .rtt = core_.loop.now() - sent_});
  }
  core_.buffers.Give(std::move(buffer));
}

std::optional<Result<EchoReply>> SocketEcho::TryTake() { return std::move(result_); }

}  // namespace dualsim::os
