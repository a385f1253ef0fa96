#pragma once

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "tools/packetdrill/blocked_calls.h"
#include "tools/packetdrill/file.h"
#include "tools/packetdrill/host_under_test.h"
#include "tools/packetdrill/tcp_socket.h"

namespace dualsim::packetdrill {

// One run of packetdrill: a host, the files that its program has open, and the calls on
// them. Calls may come from several threads at a time. Each returns what POSIX's call of
// the name returns, or -errno.
class Run {
 public:
  explicit Run(const host::StackConfig& config);

  Result Socket(int domain, int type, int protocol);
  Result Bind(int fd, const sockaddr* address, socklen_t length);
  Result Listen(int fd, int backlog);
  Result Accept(int fd, sockaddr* address, socklen_t* length);
  Result Connect(int fd, const sockaddr* address, socklen_t length);
  // What came is put into `pieces` one after the other; `from`: who sent it, where known.
  Result Receive(int fd, std::span<const iovec> pieces, int flags, sockaddr* from,
                 socklen_t* from_length);
  Result Send(int fd, std::span<const iovec> pieces, int flags, const sockaddr* to,
              socklen_t to_length);
  Result Fcntl(int fd, int command, int argument);
  Result Ioctl(int fd, unsigned long request, int* argument);
  Result Close(int fd);
  Result Shutdown(int fd, int how);
  Result GetOption(int fd, int level, int name, void* value, socklen_t* length);
  Result SetOption(int fd, int level, int name, const void* value, socklen_t length);
  Result Poll(std::span<pollfd> files, int timeout);
  Result EpollCreate();
  Result EpollControl(int epoll, int operation, int fd, const epoll_event* event);
  Result EpollWait(int epoll, epoll_event* events, int most, int timeout);

  // A packet from the cable.
  void Deliver(ByteView packet);
  // What the host sends next, whenever that is, and when it left: its size, 0 where it will
  // send nothing within a day. -EMSGSIZE: it is larger than `into`, and lost.
  Result TakeSent(MutableByteView into, Time& time);
  void Sleep(Duration duration);
  // Each look at the clock takes a microsecond.
  Time Look();

 private:
  using Lock = BlockedCalls::Lock;
  // The lock of one call.
  Lock Enter();
  // nullptr where there is no such file.
  std::shared_ptr<File> Find(int fd) const;
  int Add(std::shared_ptr<File> file);
  // Makes the attempt, again and again where it may wait; `limit` 0: without end.
  Result Attempt(Lock& lock, bool may_wait, Duration limit, const BlockedCalls::Attempt& attempt);
  // A timeout of poll().
  Result AttemptFor(Lock& lock, int milliseconds, const BlockedCalls::Attempt& attempt);
  // `call(file)`, or -EBADF.
  template <typename Call>
  Result OnFile(int fd, Call call);

  std::mutex mutex_;
  HostUnderTest host_;
  TcpSockets tcp_;
  BlockedCalls calls_;
  std::vector<std::shared_ptr<File>> files_;  // By number, from kFirstFile.
};

}  // namespace dualsim::packetdrill
