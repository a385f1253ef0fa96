#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tools/packetdrill/host_under_test.h"
#include "tools/packetdrill/interface.h"
#include "tools/packetdrill/run.h"

// The library's face: C functions that hand each call to the run that `userdata` is.

namespace dualsim::packetdrill {
namespace {

Run& RunOf(void* userdata) { return *static_cast<Run*>(userdata); }

// As POSIX tells: -1 and errno.
template <typename Type = int>
Type Tell(Result result) {
  if (result >= 0) return static_cast<Type>(result);
  errno = static_cast<int>(-result);
  return -1;
}

void Free(void* run) { delete &RunOf(run); }

int Socket(void* run, int domain, int type, int protocol) {
  return Tell(RunOf(run).Socket(domain, type, protocol));
}
int Bind(void* run, int fd, const sockaddr* address, socklen_t length) {
  return Tell(RunOf(run).Bind(fd, address, length));
}
int Listen(void* run, int fd, int backlog) { return Tell(RunOf(run).Listen(fd, backlog)); }
int Accept(void* run, int fd, sockaddr* address, socklen_t* length) {
  return Tell(RunOf(run).Accept(fd, address, length));
}
int Connect(void* run, int fd, const sockaddr* address, socklen_t length) {
  return Tell(RunOf(run).Connect(fd, address, length));
}

// --- Input ---

ssize_t ReceiveFrom(void* run, int fd, void* buffer, size_t size, int flags, sockaddr* address,
                    socklen_t* length) {
  const iovec piece{buffer, size};
  return Tell<ssize_t>(RunOf(run).Receive(fd, {&piece, 1}, flags, address, length));
}
ssize_t Receive(void* run, int fd, void* buffer, size_t size, int flags) {
  return ReceiveFrom(run, fd, buffer, size, flags, nullptr, nullptr);
}
ssize_t Read(void* run, int fd, void* buffer, size_t size) {
  return Receive(run, fd, buffer, size, 0);
}
ssize_t ReadPieces(void* run, int fd, const iovec* pieces, int count) {
  if (count < 0) return Tell<ssize_t>(-EINVAL);
  return Tell<ssize_t>(
      RunOf(run).Receive(fd, {pieces, static_cast<size_t>(count)}, 0, nullptr, nullptr));
}
ssize_t ReceiveMessage(void* run, int fd, msghdr* message, int flags) {
  if (message == nullptr) return Tell<ssize_t>(-EFAULT);
  auto* const address = static_cast<sockaddr*>(message->msg_name);
  const Result result = RunOf(run).Receive(fd, {message->msg_iov, message->msg_iovlen}, flags,
                                           address, &message->msg_namelen);
  if (result >= 0) {
    message->msg_controllen = 0;
    message->msg_flags = 0;
  }
  return Tell<ssize_t>(result);
}

// --- Output ---

ssize_t SendTo(void* run, int fd, const void* buffer, size_t size, int flags,
               const sockaddr* address, socklen_t length) {
  const iovec piece{const_cast<void*>(buffer), size};
  return Tell<ssize_t>(RunOf(run).Send(fd, {&piece, 1}, flags, address, length));
}
ssize_t Send(void* run, int fd, const void* buffer, size_t size, int flags) {
  return SendTo(run, fd, buffer, size, flags, nullptr, 0);
}
ssize_t Write(void* run, int fd, const void* buffer, size_t size) {
  return Send(run, fd, buffer, size, 0);
}
ssize_t WritePieces(void* run, int fd, const iovec* pieces, int count) {
  if (count < 0) return Tell<ssize_t>(-EINVAL);
  return Tell<ssize_t>(RunOf(run).Send(fd, {pieces, static_cast<size_t>(count)}, 0, nullptr, 0));
}
ssize_t SendMessage(void* run, int fd, const msghdr* message, int flags) {
  if (message == nullptr) return Tell<ssize_t>(-EFAULT);
  return Tell<ssize_t>(RunOf(run).Send(fd, {message->msg_iov, message->msg_iovlen}, flags,
                                       static_cast<const sockaddr*>(message->msg_name),
                                       message->msg_namelen));
}

// --- Control ---

int Fcntl(void* run, int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  const int argument = va_arg(arguments, int);
  va_end(arguments);
  return Tell(RunOf(run).Fcntl(fd, command, argument));
}
int Ioctl(void* run, int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  int* const argument = va_arg(arguments, int*);
  va_end(arguments);
  return Tell(RunOf(run).Ioctl(fd, request, argument));
}
int Close(void* run, int fd) { return Tell(RunOf(run).Close(fd)); }
int Shutdown(void* run, int fd, int how) { return Tell(RunOf(run).Shutdown(fd, how)); }
int GetOption(void* run, int fd, int level, int name, void* value, socklen_t* length) {
  return Tell(RunOf(run).GetOption(fd, level, name, value, length));
}
int SetOption(void* run, int fd, int level, int name, const void* value, socklen_t length) {
  return Tell(RunOf(run).SetOption(fd, level, name, value, length));
}
int Poll(void* run, pollfd* files, nfds_t count, int timeout) {
  return Tell(RunOf(run).Poll({files, count}, timeout));
}
int EpollCreate(void* run, int size) { return Tell(size > 0 ? RunOf(run).EpollCreate() : -EINVAL); }
int EpollControl(void* run, int epoll, int operation, int fd, epoll_event* event) {
  return Tell(RunOf(run).EpollControl(epoll, operation, fd, event));
}
int EpollWait(void* run, int epoll, epoll_event* events, int most, int timeout) {
  return Tell(RunOf(run).EpollWait(epoll, events, most, timeout));
}
int Pipe(void*, int*) { return Tell(-ENOSYS); }
ssize_t Splice(void*, int, off_t*, int, off_t*, size_t, unsigned int) {
  return Tell<ssize_t>(-ENOSYS);
}

// --- The cable and the clock ---

int NetdevSend(void* run, const void* buffer, size_t count) {
  RunOf(run).Deliver({static_cast<const uint8_t*>(buffer), count});
  return 0;
}
int NetdevReceive(void* run, void* buffer, size_t* count, long long* time_usecs) {
  Time time;
  const Result result = RunOf(run).TakeSent({static_cast<uint8_t*>(buffer), *count}, time);
  *count = 0;
  if (result < 0) return Tell(result);
  *count = static_cast<size_t>(result);
  if (result > 0) *time_usecs = time.nanoseconds() / 1000;
  return 0;
}
int Sleep(void* run, useconds_t usec) {
  RunOf(run).Sleep(Microseconds(usec));
  return 0;
}
int GetTime(void* run, timeval* time, struct timezone*) {
  const int64_t microseconds = RunOf(run).Look().nanoseconds() / 1000;
  if (time != nullptr) *time = {microseconds / 1'000'000, microseconds % 1'000'000};
  return 0;
}

}  // namespace
}  // namespace dualsim::packetdrill

extern "C" void packetdrill_interface_init(const char* flags, packetdrill_interface* out) {
  namespace here = dualsim::packetdrill;
  std::vector<std::string> errors;
  const auto config = here::ReadFlags(flags == nullptr ? "" : flags, &errors);
  for (const std::string& error : errors) {
    std::fprintf(stderr, "libdualsim_packetdrill: %s\n", error.c_str());
  }
  if (!errors.empty()) std::exit(2);
  *out = {.userdata = new here::Run(config),
          .free = here::Free,
          .socket = here::Socket,
          .bind = here::Bind,
          .listen = here::Listen,
          .accept = here::Accept,
          .connect = here::Connect,
          .read = here::Read,
          .readv = here::ReadPieces,
          .recv = here::Receive,
          .recvfrom = here::ReceiveFrom,
          .recvmsg = here::ReceiveMessage,
          .write = here::Write,
          .writev = here::WritePieces,
          .send = here::Send,
          .sendto = here::SendTo,
          .sendmsg = here::SendMessage,
          .fcntl = here::Fcntl,
          .ioctl = here::Ioctl,
          .close = here::Close,
          .shutdown = here::Shutdown,
          .getsockopt = here::GetOption,
          .setsockopt = here::SetOption,
          .poll = here::Poll,
          .netdev_send = here::NetdevSend,
          .netdev_receive = here::NetdevReceive,
          .usleep = here::Sleep,
          .gettimeofday = here::GetTime,
          .epoll_create = here::EpollCreate,
          .epoll_ctl = here::EpollControl,
          .epoll_wait = here::EpollWait,
          .pipe = here::Pipe,
          .splice = here::Splice};
}
