#include "tools/packetdrill/run.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "tools/packetdrill/epoll.h"
#include "tools/packetdrill/socket_address.h"
#include "tools/packetdrill/udp_socket.h"

namespace dualsim::packetdrill {
namespace {

constexpr int kFirstFile = 3;
constexpr size_t kMostFiles = 65536;
constexpr Duration kLookTakes = Microseconds(1);
constexpr Duration kMostSilence = Seconds(86400);

size_t SizeOf(std::span<const iovec> pieces) {
  return std::accumulate(pieces.begin(), pieces.end(), size_t{0},
                         [](size_t sum, const iovec& piece) { return sum + piece.iov_len; });
}

void Scatter(ByteView bytes, std::span<const iovec> pieces) {
  for (const iovec& piece : pieces) {
    const size_t count = std::min(bytes.size(), piece.iov_len);
    if (count > 0) std::memcpy(piece.iov_base, bytes.data(), count);
    bytes = bytes.subspan(count);
  }
}

std::vector<uint8_t> Gather(std::span<const iovec> pieces) {
  std::vector<uint8_t> bytes;
  bytes.reserve(SizeOf(pieces));
  for (const iovec& piece : pieces) {
    const auto* const first = static_cast<const uint8_t*>(piece.iov_base);
    bytes.insert(bytes.end(), first, first + piece.iov_len);
  }
  return bytes;
}

}  // namespace

Run::Run(const host::StackConfig& config)
    : host_(config), tcp_(host_), calls_(host_, [this] { tcp_.TakeEvents(); }) {}

// --- How calls run ---

Run::Lock Run::Enter() {
  Lock lock(mutex_);
  calls_.OnEntry();
  return lock;
}

std::shared_ptr<File> Run::Find(int fd) const {
  const auto index = static_cast<size_t>(fd) - kFirstFile;
  return fd >= kFirstFile && index < files_.size() ? files_[index] : nullptr;
}

int Run::Add(std::shared_ptr<File> file) {
  const auto free = std::find(files_.begin(), files_.end(), nullptr);
  if (free == files_.end() && files_.size() >= kMostFiles) return -EMFILE;
  const auto index = static_cast<int>(free - files_.begin());
  if (free == files_.end()) {
    files_.push_back(std::move(file));
  } else {
    *free = std::move(file);
  }
  return kFirstFile + index;
}

template <typename Call>
Result Run::OnFile(int fd, Call call) {
  const Lock lock = Enter();
  const auto file = Find(fd);
  if (file == nullptr) return -EBADF;
  const Result result = call(*file);
  calls_.Settle();
  return result;
}

Result Run::Attempt(Lock& lock, bool may_wait, Duration limit,
                    const BlockedCalls::Attempt& attempt) {
  const Result at_once = attempt();
  calls_.Settle();
  if (at_once != -EAGAIN || !may_wait) return at_once;
  const Time until = limit == Duration() ? Time::Never() : host_.now() + limit;
  return calls_.Wait(lock, until, attempt);
}

Result Run::AttemptFor(Lock& lock, int milliseconds, const BlockedCalls::Attempt& attempt) {
  const Duration limit = milliseconds < 0 ? Duration() : Milliseconds(milliseconds);
  const Result result = Attempt(lock, milliseconds != 0, limit, attempt);
  return result == -EAGAIN ? 0 : result;
}

// --- Sockets ---

Result Run::Socket(int domain, int type, int protocol) {
  const Lock lock = Enter();
  if (domain != AF_INET && domain != AF_INET6) return -EAFNOSUPPORT;
  const int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (kind != SOCK_STREAM && kind != SOCK_DGRAM) return -ESOCKTNOSUPPORT;
  const bool tcp = kind == SOCK_STREAM;
  if (protocol != 0 && protocol != (tcp ? IPPROTO_TCP : IPPROTO_UDP)) return -EPROTONOSUPPORT;
  std::shared_ptr<File> file;
  if (tcp) {
    file = std::make_shared<TcpSocket>(tcp_, domain);
  } else {
    file = std::make_shared<UdpSocket>(host_, domain);
  }
  file->non_blocking = (type & SOCK_NONBLOCK) != 0;
  return Add(std::move(file));
}

Result Run::Bind(int fd, const sockaddr* address, socklen_t length) {
  return OnFile(fd, [&](File& file) { return file.Bind(address, length); });
}

Result Run::Listen(int fd, int backlog) {
  return OnFile(fd, [&](File& file) { return file.Listen(backlog); });
}

Result Run::Accept(int fd, sockaddr* address, socklen_t* length) {
  Lock lock = Enter();
  const auto file = Find(fd);
  if (file == nullptr) return -EBADF;
  std::unique_ptr<File> accepted;
  application::SocketAddress peer;
  const Result result = Attempt(lock, !file->non_blocking, file->receive_timeout(),
                                [&] { return file->Accept(accepted, peer); });
  if (result < 0) return result;
  WriteAddress(accepted->domain(), peer, address, length);
  return Add(std::move(accepted));
}

Result Run::Connect(int fd, const sockaddr* address, socklen_t length) {
  Lock lock = Enter();
  const auto file = Find(fd);
  if (file == nullptr) return -EBADF;
  const Result begun = file->Connect(address, length);
  if (begun < 0) return begun;
  const Result result = Attempt(lock, !file->non_blocking, file->send_timeout(),
                                [&] { return file->ConnectResult(); });
  if (result != -EAGAIN) return result;
  return begun == 1 ? -EINPROGRESS : -EALREADY;
}

Result Run::Receive(int fd, std::span<const iovec> pieces, int flags, sockaddr* from,
                    socklen_t* from_length) {
  Lock lock = Enter();
  const auto file = Find(fd);
  if (file == nullptr) return -EBADF;
  std::vector<uint8_t> bytes(SizeOf(pieces));
  std::optional<application::SocketAddress> sender;
  size_t done = 0;
  const bool peeks = (flags & MSG_PEEK) != 0;
  const bool wants_all = (flags & MSG_WAITALL) != 0 && !peeks;
  const bool may_wait = !file->non_blocking && (flags & MSG_DONTWAIT) == 0;
  const auto attempt = [&]() -> Result {
    const Result result = file->Receive(MutableByteView(bytes).subspan(done), flags, sender);
    if (result <= 0) return result == -EAGAIN || done == 0 ? result : static_cast<Result>(done);
    done += static_cast<size_t>(result);
    const bool enough = !wants_all || done == bytes.size() || !may_wait;
    return enough ? static_cast<Result>(done) : -EAGAIN;
  };
  Result result = Attempt(lock, may_wait, file->receive_timeout(), attempt);
  if (result == -EAGAIN && done > 0) result = static_cast<Result>(done);  // Its time is over.
  if (result < 0) return result;
  // With MSG_TRUNC the bytes were thrown away.
  if ((flags & MSG_TRUNC) == 0) Scatter(bytes, pieces);
  if (sender) {
    WriteAddress(file->domain(), *sender, from, from_length);
  } else if (from_length != nullptr) {
    *from_length = 0;
  }
  return result;
}

Result Run::Send(int fd, std::span<const iovec> pieces, int flags, const sockaddr* to,
                 socklen_t to_length) {
  Lock lock = Enter();
  const auto file = Find(fd);
  if (file == nullptr) return -EBADF;
  const std::vector<uint8_t> bytes = Gather(pieces);
  const bool may_wait = !file->non_blocking && (flags & MSG_DONTWAIT) == 0;
  size_t done = 0;
  const auto attempt = [&]() -> Result {
    const Result result = file->Send(ByteView(bytes).subspan(done), flags, to, to_length);
    if (result < 0) return result == -EAGAIN || done == 0 ? result : static_cast<Result>(done);
    done += static_cast<size_t>(result);
    return done == bytes.size() || !may_wait ? static_cast<Result>(done) : -EAGAIN;
  };
  const Result result = Attempt(lock, may_wait, file->send_timeout(), attempt);
  return result == -EAGAIN && done > 0 ? static_cast<Result>(done) : result;
}

Result Run::Shutdown(int fd, int how) {
  return OnFile(fd, [&](File& file) { return file.Shutdown(how); });
}

Result Run::Close(int fd) {
  Lock lock = Enter();
  const auto file = Find(fd);
  if (file == nullptr) return -EBADF;
  files_[static_cast<size_t>(fd) - kFirstFile] = nullptr;
  if (file->linger_time() > Duration()) {
    // As Linux does, even where nothing else blocks.
    Attempt(lock, /*may_wait=*/true, file->linger_time(), [&] { return file->Drain(); });
  }
  file->Close();
  calls_.Settle();
  return 0;
}

// --- Control ---

Result Run::Fcntl(int fd, int command, int argument) {
  return OnFile(fd, [&](File& file) -> Result {
    switch (command) {
      case F_GETFL:
        return O_RDWR | (file.non_blocking ? O_NONBLOCK : 0);
      case F_SETFL:
        file.non_blocking = (argument & O_NONBLOCK) != 0;
        return 0;
      case F_GETFD:
      case F_SETFD:
        return 0;  // Nothing is ever executed.
      default:
        return -EINVAL;
    }
  });
}

Result Run::Ioctl(int fd, unsigned long request, int* argument) {
  return OnFile(fd, [&](File& file) -> Result {
    if (argument == nullptr) return -EFAULT;
    if (request != FIONBIO) return file.Inquire(request, *argument);
    file.non_blocking = *argument != 0;
    return 0;
  });
}

Result Run::GetOption(int fd, int level, int name, void* value, socklen_t* length) {
  return OnFile(fd, [&](File& file) { return file.GetOption(level, name, value, length); });
}

Result Run::SetOption(int fd, int level, int name, const void* value, socklen_t length) {
  return OnFile(fd, [&](File& file) { return file.SetOption(level, name, value, length); });
}

// --- Waiting for several ---

Result Run::Poll(std::span<pollfd> files, int timeout) {
  Lock lock = Enter();
  return AttemptFor(lock, timeout, [&]() -> Result {
    int count = 0;
    for (pollfd& polled : files) {
      polled.revents = 0;
      if (polled.fd < 0) continue;
      const auto file = Find(polled.fd);
      constexpr short kAlways = POLLERR | POLLHUP;
      polled.revents = file == nullptr
                           ? static_cast<short>(POLLNVAL)
                           : static_cast<short>(file->Ready() & (polled.events | kAlways));
      count += polled.revents != 0 ? 1 : 0;
    }
    return count > 0 ? count : -EAGAIN;
  });
}

Result Run::EpollCreate() {
  const Lock lock = Enter();
  return Add(std::make_shared<Epoll>());
}

Result Run::EpollControl(int epoll, int operation, int fd, const epoll_event* event) {
  const Lock lock = Enter();
  const auto set = Find(epoll);
  const auto file = Find(fd);
  if (set == nullptr || file == nullptr) return -EBADF;
  auto* const files = dynamic_cast<Epoll*>(set.get());
  if (files == nullptr) return -EINVAL;
  const Result result = files->Control(operation, fd, file, event);
  calls_.Settle();
  return result;
}

Result Run::EpollWait(int epoll, epoll_event* events, int most, int timeout) {
  Lock lock = Enter();
  const auto set = Find(epoll);
  if (set == nullptr) return -EBADF;
  auto* const files = dynamic_cast<Epoll*>(set.get());
  if (files == nullptr) return -EINVAL;
  return AttemptFor(lock, timeout, [&] { return files->Collect(events, most); });
}

// --- The cable and the clock ---

void Run::Deliver(ByteView packet) {
  const Lock lock = Enter();
  host_.Receive(packet);
  calls_.Settle();
}

Result Run::TakeSent(MutableByteView into, Time& time) {
  const Lock lock = Enter();
  const Time limit = host_.now() + kMostSilence;
  while (!host_.has_sent() && calls_.Step(limit)) {
  }
  const auto sent = host_.TakeSent();
  if (!sent) return 0;
  time = sent->time;
  if (sent->packet.size() > into.size()) return -EMSGSIZE;
  std::copy(sent->packet.begin(), sent->packet.end(), into.begin());
  return static_cast<Result>(sent->packet.size());
}

void Run::Sleep(Duration duration) {
  const Lock lock = Enter();
  calls_.AdvanceTo(host_.now() + duration);
}

Time Run::Look() {
  const Lock lock = Enter();
  if (const auto ended = calls_.TakeEnd()) return *ended;
  calls_.AdvanceTo(host_.now() + kLookTakes);
  return host_.now();
}

}  // namespace dualsim::packetdrill
