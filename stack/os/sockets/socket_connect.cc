// How a flow comes up: the attempts of SocketFlow, and the listener.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "stack/os/sockets/error_number.h"
#include "stack/os/sockets/socket_tcp.h"

namespace dualsim::os {

using application::Error;
using application::Result;
using application::Status;

namespace {

// Whole seconds, at least one; the kernel knows no others, and takes no more than these.
int WholeSeconds(Duration duration) {
  constexpr int64_t kMost = 32767;
  const int64_t seconds = (duration.nanoseconds() + 999'999'999) / 1'000'000'000;
  return static_cast<int>(std::clamp<int64_t>(seconds, 1, kMost));
}

void SetKeepalive(Socket& socket, const application::KeepaliveOptions& keepalive) {
  constexpr int kMostProbes = 127;
  socket.Set(SOL_SOCKET, SO_KEEPALIVE, 1);
  socket.Set(IPPROTO_TCP, TCP_KEEPIDLE, WholeSeconds(keepalive.idle));
  socket.Set(IPPROTO_TCP, TCP_KEEPINTVL, WholeSeconds(keepalive.interval));
  socket.Set(IPPROTO_TCP, TCP_KEEPCNT, std::clamp(keepalive.count, 1, kMostProbes));
}

}  // namespace

// Gives the socket its source; `options` are the attempt's.
Status SocketFlow::Prepare(Socket& socket, const application::TcpConnectOptions& options) const {
  const IpFamily family = peer_.address.family();
  const IpAddress source = options.source.value_or(core_.config.ListenAddress(family));
  if (options.keepalive) SetKeepalive(socket, *options.keepalive);
  if (source.is_unspecified() && !options.source_port) return std::nullopt;
  if (options.source_port) {
    // One port may have connections with several peers, and with one that ended.
    socket.Set(SOL_SOCKET, SO_REUSEADDR, 1);
  } else {
    socket.Set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  }
  const SystemAddress from(source, options.source_port.value_or(Port::kAny),
                           core_.LinkOf(source, peer_.interface));
  if (::bind(socket.file_descriptor(), from.get(), from.size()) == 0) return std::nullopt;
  return ErrorOfNumber(errno, Call::kPrepare);
}

Status SocketFlow::Begin() {
  const application::TcpConnectOptions& options = attempt_->options;
  // It counts from the first try, while a source is being verified too.
  if (options.timeout && attempt_->scope.running() == 0) {
    attempt_->scope.Start(TimeOut(*options.timeout));
  }
  if (options.source) {
    if (options.source->family() != peer_.address.family()) return Error::kBadAddress;
    if (!core_.HasAddress(*options.source)) return Error::kNotOurAddress;
  }
  auto socket = Socket::Open(DomainOf(peer_.address.family()), SOCK_STREAM, IPPROTO_TCP);
  if (!socket) return socket.error();
  if (const Status failed = Prepare(*socket, options)) return failed;
  const SystemAddress to = core_.ToSystem(peer_);
  const bool connected = ::connect(socket->file_descriptor(), to.get(), to.size()) == 0;
  if (!connected && errno != EINPROGRESS) {
    Error error = ErrorOfNumber(errno, Call::kRoute);
    // One errno for two things: no address, and no port.
    if (error == Error::kNoSourceAddress && core_.SourceFor(peer_.address, peer_.interface)) {
      error = options.source_port ? Error::kPortInUse : Error::kNoPortLeft;
    }
    const bool may_come = (error == Error::kNoSourceAddress || error == Error::kNoRoute) &&
                          !options.source && core_.HasTentativeAddress(peer_.address.family());
    if (!may_come) {
      ++core_.counters.failed;
      return error;
    }
    auto& waiting = core_.awaiting_source;
    if (std::find(waiting.begin(), waiting.end(), this) == waiting.end()) waiting.push_back(this);
    return std::nullopt;
  }
  std::erase(core_.awaiting_source, this);
  Adopt(*std::move(socket));
  return std::nullopt;
}

application::Task<> SocketFlow::TimeOut(Duration limit) {
  co_await core_.scheduler.Sleep(limit);
  attempt_->timed_out = true;
  writable_.WakeAll(core_.scheduler);
}

application::TcpFlow::ConnectProgress SocketFlow::TryFinishConnect() {
  if (attempt_ == nullptr) return {.over = true};
  if (attempt_->timed_out) {
    ++core_.counters.failed;
    return {.over = true, .error = Error::kTimeout};
  }
  if (!socket_.is_open()) {
    if (const Status failed = Begin()) return {.over = true, .error = failed};
    if (!socket_.is_open()) return {};
  }
  if (!attempt_->answered) return {};
  if (const int error = socket_.Get<int>(SOL_SOCKET, SO_ERROR).value_or(EIO); error != 0) {
    ++core_.counters.failed;
    return {.over = true, .error = ErrorOfNumber(error, Call::kTransfer)};
  }
  attempt_.reset();
  ++core_.counters.connections;
  return {.over = true};
}

// --- The listener ---

Status SocketListener::Listen() {
  if (options_.address && !options_.address->is_unspecified()) {
    if (!core_.config.runs(options_.address->family())) return Error::kFamilyDisabled;
    if (!core_.HasAddress(*options_.address)) return Error::kNotOurAddress;
    if (options_.port == Port::kAny) return Error::kBadAddress;
    return ListenOn(*options_.address);
  }
  if (options_.port == Port::kAny) return Error::kBadAddress;
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    if (!core_.config.runs(family)) continue;
    if (const Status failed = ListenOn(core_.config.ListenAddress(family))) {
      Unlisten();
      return failed;
    }
  }
  return std::nullopt;
}

Status SocketListener::ListenOn(const IpAddress& address) {
  auto socket = Socket::Open(DomainOf(address.family()), SOCK_STREAM, IPPROTO_TCP);
  if (!socket) return socket.error();
  // The port is free at once, whatever connections of it still end.
  socket->Set(SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.is_ipv6()) socket->Set(IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (options_.keepalive) SetKeepalive(*socket, *options_.keepalive);
  const SystemAddress at(address, options_.port, core_.LinkOf(address, std::nullopt));
  const int file = socket->file_descriptor();
  if (::bind(file, at.get(), at.size()) != 0 || ::listen(file, options_.backlog) != 0) {
    return ErrorOfNumber(errno, Call::kPrepare);
  }
  core_.loop.Add(file, Trigger::kChange, *this);
  sockets_.push_back(*std::move(socket));
  return std::nullopt;
}

void SocketListener::Unlisten() {
  core_.awaiting_files.erase(this);
  for (const Socket& socket : sockets_) core_.loop.Remove(socket.file_descriptor());
  sockets_.clear();
  acceptable_.WakeAll(core_.scheduler);
}

std::unique_ptr<SocketFlow> SocketListener::AcceptFrom(const Socket& socket) {
  while (true) {
    SystemAddress peer;
    const int file = ::accept4(socket.file_descriptor(), peer.get(), peer.mutable_size(),
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (file >= 0) {
      ++core_.counters.connections;
      return std::make_unique<SocketFlow>(core_, Socket(file), core_.FromSystem(peer));
    }
    if (errno == EAGAIN) return nullptr;
    if (ErrorOfNumber(errno, Call::kPrepare) == Error::kLimitReached) {
      // It waits in the kernel until a file is free.
      core_.awaiting_files.insert(this);
      return nullptr;
    }
    // Any other error is of a connection that has ended already (accept(2)).
    if (errno == EBADF || errno == EINVAL) return nullptr;
  }
}

std::optional<Result<std::unique_ptr<application::TcpFlow>>> SocketListener::TryAccept() {
  using Accepted = Result<std::unique_ptr<application::TcpFlow>>;
  if (sockets_.empty()) return Accepted(Error::kClosed);
  postponed_ = !core_.SpendCall();
  if (postponed_) return std::nullopt;
  for (size_t i = 0; i < sockets_.size(); ++i) {
    const Socket& socket = sockets_[next_++ % sockets_.size()];
    if (auto flow = AcceptFrom(socket)) return Accepted(std::move(flow));
  }
  return std::nullopt;
}

}  // namespace dualsim::os
