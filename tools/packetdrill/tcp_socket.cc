#include "tools/packetdrill/tcp_socket.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <utility>

#include "tools/packetdrill/socket_address.h"

namespace dualsim::packetdrill {
namespace {

int ErrnoOfRefusal(tcp::Refusal refusal) {
  switch (refusal) {
    case tcp::Refusal::kPortInUse:
      return EADDRINUSE;
    case tcp::Refusal::kNoPortLeft:
      return EADDRNOTAVAIL;
    case tcp::Refusal::kConnectionLimit:
      return ENOBUFS;
    case tcp::Refusal::kBadAddress:
      return ENETUNREACH;
  }
  return EINVAL;
}

// Whether two bound addresses hold a packet's destination in common.
bool Meet(const IpAddress& a, bool a_is_v6_only, const IpAddress& b, bool b_is_v6_only) {
  if (a == b) return true;
  const auto holds = [](const IpAddress& any, bool v6_only, const IpAddress& other) {
    if (!any.is_unspecified()) return false;
    return any.family() == other.family() || (any.is_ipv6() && !v6_only);
  };
  return holds(a, a_is_v6_only, b) || holds(b, b_is_v6_only, a);
}

size_t CopyFront(const tcp::Pieces& pieces, MutableByteView into) {
  const size_t first = std::min(into.size(), pieces.first.size());
  std::copy_n(pieces.first.begin(), first, into.begin());
  const size_t second = std::min(into.size() - first, pieces.second.size());
  std::copy_n(pieces.second.begin(), second, into.begin() + static_cast<std::ptrdiff_t>(first));
  return first + second;
}

}  // namespace

int ErrnoOf(tcp::Error error) {
  switch (error) {
    case tcp::Error::kTimeout:
      return ETIMEDOUT;
    case tcp::Error::kRefused:
      return ECONNREFUSED;
    case tcp::Error::kReset:
      return ECONNRESET;
    case tcp::Error::kUnreachable:
      return EHOSTUNREACH;
    case tcp::Error::kAborted:
      return ECONNABORTED;
    case tcp::Error::kClosed:
      return EPIPE;
  }
  return EIO;
}

// --- The table ---

void TcpSockets::TakeEvents() {
  host_.WithTcp([&](tcp::Endpoint& endpoint, Time) {
    while (const auto event = endpoint.TakeEvent()) {
      for (TcpSocket* const socket : all_) {
        if (event->acceptable) {
          if (socket->listener_ == event->acceptable) ++socket->input_news;
          continue;
        }
        if (socket->connection_ != event->connection) continue;
        const tcp::Connection::Events& events = event->events;
        if (events.readable || events.closed) ++socket->input_news;
        if (events.writable || events.connected || events.closed) ++socket->output_news;
      }
    }
  });
}

bool TcpSockets::IsTaken(const TcpSocket& socket, const application::SocketAddress& address) const {
  const TcpSocket::Settings& mine = socket.settings_;
  for (const TcpSocket* const other : all_) {
    if (other == &socket || !other->bound_ || other->bound_->port != address.port) continue;
    const TcpSocket::Settings& theirs = other->settings_;
    const bool shared = (mine.reuse_port && theirs.reuse_port) ||
                        (mine.reuse_address && theirs.reuse_address && !other->listener_);
    const bool meet = Meet(address.address, mine.v6_only, other->bound_->address, theirs.v6_only);
    if (meet && !shared) return true;
  }
  if (mine.reuse_address) return false;
  return host_.WithTcp(
      [&](tcp::Endpoint& endpoint, Time) { return endpoint.HasConnectionAt(address.port); });
}

Port TcpSockets::FreePort() {
  for (;;) {
    last_port_ = last_port_ == 65535 ? 49152 : last_port_ + 1;
    const Port port{last_port_};
    const bool held = std::any_of(all_.begin(), all_.end(), [&](const TcpSocket* socket) {
      return socket->bound_ && socket->bound_->port == port;
    });
    if (!held) return port;
  }
}

// --- One socket ---

TcpSocket::TcpSocket(TcpSockets& table, int domain)
    : table_(table), host_(table.host()), domain_(domain) {
  table_.Add(this);
}

TcpSocket::~TcpSocket() { table_.Remove(this); }

const tcp::Connection* TcpSocket::connection() const {
  if (!connection_) return nullptr;
  return host_.WithTcp([&](tcp::Endpoint& endpoint, Time) { return endpoint.Find(*connection_); });
}

bool TcpSocket::IsConnecting() const {
  const tcp::Connection* const c = connection();
  return c != nullptr &&
         (c->state() == tcp::State::kSynSent || c->state() == tcp::State::kSynReceived);
}

bool TcpSocket::IsInputOver() const {
  const tcp::Connection* const c = connection();
  if (input_ended_ || c == nullptr) return true;
  switch (c->state()) {
    case tcp::State::kClosed:
    case tcp::State::kCloseWait:
    case tcp::State::kClosing:
    case tcp::State::kLastAck:
    case tcp::State::kTimeWait:
      return true;
    default:
      return false;
  }
}

// As Linux has it: what is free is at least half of what is taken.
bool TcpSocket::IsWritable() const {
  const tcp::Sender& sender = connection()->sender();
  return sender.free() > 0 && sender.free() >= sender.buffered() / 2;
}

int TcpSocket::PendingError() const {
  const tcp::Connection* const c = connection();
  return c != nullptr && c->error() && !error_told_ ? ErrnoOf(*c->error()) : 0;
}

int TcpSocket::TakeError() {
  const int error = PendingError();
  if (error != 0) error_told_ = true;
  return error;
}

// Where there was no connection, there can be another attempt.
void TcpSocket::LetGo() {
  host_.WithTcp([&](tcp::Endpoint& endpoint, Time now) { endpoint.Abort(now, *connection_); });
  connection_.reset();
  connect_told_ = error_told_ = input_ended_ = output_ended_ = false;
}

Result TcpSocket::Bind(const sockaddr* given, socklen_t length) {
  application::SocketAddress address;
  if (const Result wrong = ReadAddress(domain_, given, length, address); wrong != 0) return wrong;
  if (bound_ || connection_ || listener_) return -EINVAL;
  if (settings_.v6_only && address.address.is_ipv4()) return -EINVAL;
  if (!address.address.is_unspecified() && address.address != host_.address()) {
    return -EADDRNOTAVAIL;
  }
  if (address.port == Port::kAny) {
    address.port = table_.FreePort();
  } else if (table_.IsTaken(*this, address)) {
    return -EADDRINUSE;
  }
  bound_ = address;
  return 0;
}

Result TcpSocket::BindToFreePort() {
  const IpFamily family = domain_ == AF_INET ? IpFamily::kIpv4 : IpFamily::kIpv6;
  bound_ = {IpAddress::Unspecified(family), table_.FreePort()};
  return 0;
}

Result TcpSocket::Listen(int backlog) {
  if (connection_) return -EINVAL;
  if (listener_) return 0;
  if (!bound_) BindToFreePort();
  // Linux lets one more wait than it is told.
  constexpr int kMost = 4096;
  tcp::ListenOptions options{.port = bound_->port,
                             .backlog = std::clamp(backlog, 0, kMost - 1) + 1,
                             .defer_accept = settings_.defer_accept,
                             .connection = ConnectionOptions()};
  const bool both = domain_ == AF_INET6 && !settings_.v6_only;
  if (!bound_->address.is_unspecified()) {
    options.address = bound_->address;
  } else if (!both || bound_->address.is_ipv4()) {
    options.family = bound_->address.family();
  }
  const auto outcome =
      host_.WithTcp([&](tcp::Endpoint& endpoint, Time) { return endpoint.Listen(options); });
  if (const auto* const refusal = std::get_if<tcp::Refusal>(&outcome)) {
    return -ErrnoOfRefusal(*refusal);
  }
  listener_ = std::get<tcp::ListenerId>(outcome);
  return 0;
}

Result TcpSocket::Accept(std::unique_ptr<File>& accepted, application::SocketAddress& peer) {
  if (!listener_) return -EINVAL;
  const auto id =
      host_.WithTcp([&](tcp::Endpoint& endpoint, Time) { return endpoint.Accept(*listener_); });
  if (!id) return -EAGAIN;
  auto socket = std::make_unique<TcpSocket>(table_, domain_);
  socket->settings_ = settings_;
  socket->connection_ = id;
  socket->connect_told_ = true;
  socket->Apply();
  const tcp::Flow& flow = socket->connection()->flow();
  peer = {flow.remote, flow.remote_port};
  accepted = std::move(socket);
  return 0;
}

Result TcpSocket::Connect(const sockaddr* given, socklen_t length) {
  if (given != nullptr && length >= sizeof(sa_family_t) && given->sa_family == AF_UNSPEC) {
    if (connection_) LetGo();
    return 0;
  }
  application::SocketAddress remote;
  if (const Result wrong = ReadAddress(domain_, given, length, remote); wrong != 0) return wrong;
  if (listener_ || (connection_ && connect_told_)) return -EISCONN;
  if (connection_) return 0;
  if (settings_.v6_only && remote.address.is_ipv4()) return -ENETUNREACH;
  const auto path = host_.WithStack([&](host::Stack& stack, Time now) {
    return stack.PathTo(now, remote.address, std::nullopt);
  });
  if (!path.source) return -ENETUNREACH;
  tcp::Flow flow{.local = *path.source, .remote = remote.address, .remote_port = remote.port};
  if (bound_) flow.local_port = bound_->port;
  const auto outcome = host_.WithTcp([&](tcp::Endpoint& endpoint, Time now) {
    return endpoint.Connect(now, flow, ConnectionOptions());
  });
  if (const auto* const refusal = std::get_if<tcp::Refusal>(&outcome)) {
    return -ErrnoOfRefusal(*refusal);
  }
  connection_ = std::get<tcp::ConnectionId>(outcome);
  return 1;
}

Result TcpSocket::ConnectResult() {
  if (!connection_) return 0;  // It was undone.
  if (IsConnecting()) return -EAGAIN;
  const tcp::Connection* const c = connection();
  if (c->state() == tcp::State::kClosed && c->error()) {
    const int error = TakeError();
    LetGo();
    return error != 0 ? -error : -ECONNABORTED;
  }
  connect_told_ = true;
  return 0;
}

Result TcpSocket::Receive(MutableByteView into, int flags,
                          std::optional<application::SocketAddress>&) {
  if ((flags & MSG_OOB) != 0) return -EINVAL;
  if ((flags & MSG_ERRQUEUE) != 0) return -EAGAIN;
  const tcp::Connection* const c = connection();
  if (c == nullptr) return -ENOTCONN;
  if (into.empty()) return 0;
  if (const size_t ready = c->readable(); ready > 0) {
    const size_t least =
        std::min(into.size(), static_cast<size_t>(std::max(settings_.receive_low_water, 1)));
    if (ready < least && !IsInputOver()) return -EAGAIN;
    if ((flags & MSG_PEEK) != 0) return static_cast<Result>(CopyFront(c->Peek(), into));
    return host_.WithTcp([&](tcp::Endpoint& endpoint, Time now) {
      if ((flags & MSG_TRUNC) == 0) {
        return static_cast<Result>(endpoint.Read(now, *connection_, into).count);
      }
      const size_t count = std::min(ready, into.size());
      endpoint.Consume(now, *connection_, count);
      return static_cast<Result>(count);
    });
  }
  if (const int error = TakeError(); error != 0) return -error;
  return IsInputOver() ? 0 : -EAGAIN;
}

Result TcpSocket::Send(ByteView bytes, int flags, const sockaddr*, socklen_t) {
  if ((flags & MSG_OOB) != 0) return -EOPNOTSUPP;
  if (connection() == nullptr) return -EPIPE;
  if (const int error = TakeError(); error != 0) return -error;
  if (output_ended_) return -EPIPE;
  if (IsConnecting()) return -EAGAIN;
  const bool more = (flags & MSG_MORE) != 0;
  if (more && !more_) {
    more_ = true;
    Apply();
  }
  const auto written = host_.WithTcp(
      [&](tcp::Endpoint& endpoint, Time now) { return endpoint.Write(now, *connection_, bytes); });
  if (written.error) return -EPIPE;
  if (written.accepted == 0 && !bytes.empty()) return -EAGAIN;
  if (!more && more_) {
    more_ = false;
    Apply();
  }
  return static_cast<Result>(written.accepted);
}

Result TcpSocket::Shutdown(int how) {
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return -EINVAL;
  const bool input = how != SHUT_WR;
  const bool output = how != SHUT_RD;
  return host_.WithTcp([&](tcp::Endpoint& endpoint, Time now) -> Result {
    if (listener_) {
      if (input) endpoint.Unlisten(now, *std::exchange(listener_, std::nullopt));
      return 0;
    }
    const tcp::Connection* const c = connection_ ? endpoint.Find(*connection_) : nullptr;
    if (c == nullptr || c->state() == tcp::State::kClosed) return -ENOTCONN;
    if (input) endpoint.ShutDownRead(now, *connection_);
    if (output) endpoint.ShutDownWrite(now, *connection_);
    input_ended_ |= input;
    output_ended_ |= output;
    ++input_news;
    ++output_news;
    return 0;
  });
}

Result TcpSocket::Inquire(unsigned long request, int& value) {
  const tcp::Connection* const c = connection();
  if (listener_) return -EINVAL;
  switch (request) {
    case SIOCINQ:
      value = c == nullptr ? 0 : static_cast<int>(c->readable());
      return 0;
    case SIOCOUTQ:
      value = c == nullptr ? 0 : static_cast<int>(c->sender().buffered());
      return 0;
    case SIOCOUTQNSD:
      value = c == nullptr ? 0 : static_cast<int>(c->sender().unsent());
      return 0;
    default:
      return -ENOTTY;
  }
}

Duration TcpSocket::linger_time() const { return settings_.linger.value_or(Duration()); }

Result TcpSocket::Drain() {
  const tcp::Connection* const c = connection();
  if (c == nullptr || c->readable() > 0 || IsConnecting()) return 0;
  host_.WithTcp(
      [&](tcp::Endpoint& endpoint, Time now) { endpoint.ShutDownWrite(now, *connection_); });
  const bool over = c->state() == tcp::State::kClosed || c->sender().fin_acknowledged();
  return over ? 0 : -EAGAIN;
}

void TcpSocket::Close() {
  host_.WithTcp([&](tcp::Endpoint& endpoint, Time now) {
    if (listener_) endpoint.Unlisten(now, *listener_);
    if (!connection_) return;
    // SO_LINGER of no time at all: the peer gets a reset.
    const bool at_once = settings_.linger && *settings_.linger == Duration();
    at_once ? endpoint.Abort(now, *connection_) : endpoint.Close(now, *connection_);
  });
  listener_.reset();
  connection_.reset();
}

short TcpSocket::Ready() const {
  if (listener_) {
    const size_t waiting =
        host_.WithTcp([&](tcp::Endpoint& endpoint, Time) { return endpoint.waiting(*listener_); });
    return waiting > 0 ? POLLIN | POLLRDNORM : 0;
  }
  constexpr short kWritable = POLLOUT | POLLWRNORM;
  const tcp::Connection* const c = connection();
  if (c == nullptr) return kWritable | POLLHUP;
  short ready = PendingError() != 0 ? POLLERR : 0;
  const bool closed = c->state() == tcp::State::kClosed;
  if (closed || (IsInputOver() && output_ended_)) ready |= POLLHUP;
  if (IsInputOver()) ready |= POLLIN | POLLRDNORM | POLLRDHUP;
  if (IsConnecting()) return ready;
  const auto least = static_cast<size_t>(std::max(settings_.receive_low_water, 1));
  if (c->readable() >= least) ready |= POLLIN | POLLRDNORM;
  if (closed || output_ended_ || IsWritable()) ready |= kWritable;
  return ready;
}

}  // namespace dualsim::packetdrill
