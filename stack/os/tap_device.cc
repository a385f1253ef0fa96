#include "stack/os/tap_device.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace dualsim::os {
namespace {

[[noreturn]] void Fail(const std::string& name, int error) {
  std::string why = std::generic_category().message(error);
  if (error == EPERM || error == EACCES) why = "no permission; root or CAP_NET_ADMIN is needed";
  if (error == EBUSY) why = "another program uses it";
  if (error == EINVAL) why = "it exists and is not a tap device";
  throw TapError("tap " + name + ": " + why);
}

// Brings the device up and answers with its MTU.
uint32_t BringUp(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  const int fd = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) Fail(name, errno);
  int error = ::ioctl(fd, SIOCGIFFLAGS, &request) < 0 ? errno : 0;
  if (error == 0 && (request.ifr_flags & IFF_UP) == 0) {
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    if (::ioctl(fd, SIOCSIFFLAGS, &request) < 0) error = errno;
  }
  if (error == 0 && ::ioctl(fd, SIOCGIFMTU, &request) < 0) error = errno;
  ::close(fd);
  if (error != 0) Fail(name, error);
  return static_cast<uint32_t>(request.ifr_mtu);
}

}  // namespace

TapDevice::TapDevice(const std::string& name) : name_(name) {
  if (name.empty() || name.size() >= IFNAMSIZ) {
    throw TapError("tap '" + name + "': a device's name has 1 to 15 characters");
  }
  made_ = ::if_nametoindex(name.c_str()) == 0;
  fd_ = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd_ < 0) Fail("/dev/net/tun", errno);
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  try {
    if (::ioctl(fd_, TUNSETIFF, &request) < 0) Fail(name, errno);
    mtu_ = BringUp(name);
  } catch (const TapError&) {
    ::close(fd_);
    throw;
  }
}

TapDevice::~TapDevice() { ::close(fd_); }

Packet TapDevice::Receive(PacketPool& pool) {
  constexpr size_t kEthernetHeader = 14;
  Packet frame = pool.Make(mtu_ + kEthernetHeader);
  ssize_t size = 0;
  do {
    size = ::read(fd_, frame.mutable_bytes().data(), frame.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0 && errno == EAGAIN) return {};
  if (size < 0) {
    throw TapError("tap " + name_ + ": it is gone (" + std::generic_category().message(errno) +
                   ")");
  }
  frame.TrimBack(frame.size() - static_cast<size_t>(size));
  return frame;
}

bool TapDevice::Send(ByteView frame) {
  return ::write(fd_, frame.data(), frame.size()) == static_cast<ssize_t>(frame.size());
}

}  // namespace dualsim::os
