#pragma once

#include <sys/socket.h>

#include <utility>

#include "stack/application/result.h"

namespace dualsim::os {

// A socket of the operating system's that never blocks; closed with the object.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int file) : file_(file) {}
  Socket(Socket&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~Socket();

  // As socket(2) has its arguments.
  static application::Result<Socket> Open(int domain, int type, int protocol);

  bool is_open() const { return file_ >= 0; }
  int file_descriptor() const { return file_; }

  // Whether the option could be set; errno tells why not.
  template <typename Value>
  bool Set(int level, int option, const Value& value) {
    return ::setsockopt(file_, level, option, &value, sizeof(value)) == 0;
  }
  // nullopt: errno tells why.
  template <typename Value>
  std::optional<Value> Get(int level, int option) const {
    Value value{};
    socklen_t size = sizeof(value);
    if (::getsockopt(file_, level, option, &value, &size) != 0) return std::nullopt;
    return value;
  }
  // Binds the socket to an interface of the machine's, by its index.
  bool BindToInterface(int index);

 private:
  int file_ = -1;
};

}  // namespace dualsim::os
