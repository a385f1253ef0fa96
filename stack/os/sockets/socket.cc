#include "stack/os/sockets/socket.h"

#include <unistd.h>

#include <cerrno>

#include "stack/os/sockets/error_number.h"

namespace dualsim::os {

Socket::~Socket() {
  if (file_ >= 0) ::close(file_);
}

application::Result<Socket> Socket::Open(int domain, int type, int protocol) {
  const int file = ::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (file < 0) return ErrorOfNumber(errno, Call::kPrepare);
  return Socket(file);
}

bool Socket::BindToInterface(int index) { return Set(SOL_SOCKET, SO_BINDTOIFINDEX, index); }

}  // namespace dualsim::os
