#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>

#include "stack/application/socket_address.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace dualsim::packetdrill {

// What a call returns, or -errno. -EAGAIN: not yet.
using Result = ssize_t;

// What a file descriptor stands for. No call waits: one that would says -EAGAIN, and is made
// again when something happened.
class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  virtual ~File() = default;

  virtual Result Bind(const sockaddr*, socklen_t) { return -ENOTSOCK; }
  virtual Result Listen(int) { return -ENOTSOCK; }
  // `accepted` is the new socket; `peer` who it talks with.
  virtual Result Accept(std::unique_ptr<File>&, application::SocketAddress&) { return -ENOTSOCK; }
  // 1: it begins to connect; 0: see ConnectResult().
  virtual Result Connect(const sockaddr*, socklen_t) { return -ENOTSOCK; }
  virtual Result ConnectResult() { return 0; }
  // `from`: set where the call can tell.
  virtual Result Receive(MutableByteView, int, std::optional<application::SocketAddress>&) {
    return -ENOTSOCK;
  }
  // Takes all or a part. `to` is nullptr for the peer that it is connected to.
  virtual Result Send(ByteView, int, const sockaddr*, socklen_t) { return -ENOTSOCK; }
  virtual Result Shutdown(int) { return -ENOTSOCK; }
  virtual Result GetOption(int, int, void*, socklen_t*) { return -ENOTSOCK; }
  virtual Result SetOption(int, int, const void*, socklen_t) { return -ENOTSOCK; }
  // ioctl() of a number.
  virtual Result Inquire(unsigned long, int&) { return -ENOTTY; }
  // Before Close(): for how long it waits (0: not at all), and -EAGAIN for as long as there
  // is something to wait for.
  virtual Duration linger_time() const { return {}; }
  virtual Result Drain() { return 0; }
  virtual void Close() {}

  // What poll() would tell: POLLIN and its like.
  virtual short Ready() const = 0;
  // AF_INET or AF_INET6; AF_UNSPEC for what is no socket.
  virtual int domain() const { return AF_UNSPEC; }
  // For how long receiving and sending wait at most; 0: without end.
  virtual Duration receive_timeout() const { return {}; }
  virtual Duration send_timeout() const { return {}; }

  bool non_blocking = false;
  // How often there was news for the reader, and for the writer: what EPOLLET goes by.
  uint64_t input_news = 0;
  uint64_t output_news = 0;
};

}  // namespace dualsim::packetdrill
