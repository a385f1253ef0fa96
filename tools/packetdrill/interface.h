#pragma once

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>

// What packetdrill calls of a stack in a shared library. The order of the members
// is packetdrill's; every function gets `userdata` first, and is otherwise what
// POSIX has under its name.
extern "C" {

struct packetdrill_interface {
  void* userdata;
  void (*free)(void* userdata);

  int (*socket)(void* userdata, int domain, int type, int protocol);
  int (*bind)(void* userdata, int fd, const struct sockaddr* address, socklen_t length);
  int (*listen)(void* userdata, int fd, int backlog);
  int (*accept)(void* userdata, int fd, struct sockaddr* address, socklen_t* length);
  int (*connect)(void* userdata, int fd, const struct sockaddr* address, socklen_t length);

  ssize_t (*read)(void* userdata, int fd, void* buffer, size_t size);
  ssize_t (*readv)(void* userdata, int fd, const struct iovec* pieces, int count);
  ssize_t (*recv)(void* userdata, int fd, void* buffer, size_t size, int flags);
  ssize_t (*recvfrom)(void* userdata, int fd, void* buffer, size_t size, int flags,
                      struct sockaddr* address, socklen_t* length);
  ssize_t (*recvmsg)(void* userdata, int fd, struct msghdr* message, int flags);

  ssize_t (*write)(void* userdata, int fd, const void* buffer, size_t size);
  ssize_t (*writev)(void* userdata, int fd, const struct iovec* pieces, int count);
  ssize_t (*send)(void* userdata, int fd, const void* buffer, size_t size, int flags);
  ssize_t (*sendto)(void* userdata, int fd, const void* buffer, size_t size, int flags,
                    const struct sockaddr* address, socklen_t length);
  ssize_t (*sendmsg)(void* userdata, int fd, const struct msghdr* message, int flags);

  int (*fcntl)(void* userdata, int fd, int command, ...);
  int (*ioctl)(void* userdata, int fd, unsigned long request, ...);
  int (*close)(void* userdata, int fd);
  int (*shutdown)(void* userdata, int fd, int how);
  int (*getsockopt)(void* userdata, int fd, int level, int name, void* value, socklen_t* length);
  int (*setsockopt)(void* userdata, int fd, int level, int name, const void* value,
                    socklen_t length);
  int (*poll)(void* userdata, struct pollfd* files, nfds_t count, int timeout);

  // An IP packet for the stack.
  int (*netdev_send)(void* userdata, const void* buffer, size_t count);
  // The stack's next IP packet, and when it left. *count: the room, then the size; 0
  // where nothing more can happen.
  int (*netdev_receive)(void* userdata, void* buffer, size_t* count, long long* time_usecs);

  int (*usleep)(void* userdata, useconds_t usec);
  int (*gettimeofday)(void* userdata, struct timeval* time, struct timezone* zone);

  int (*epoll_create)(void* userdata, int size);
  int (*epoll_ctl)(void* userdata, int epoll, int operation, int fd, struct epoll_event* event);
  int (*epoll_wait)(void* userdata, int epoll, struct epoll_event* events, int most, int timeout);
  // Not offered: errno is ENOSYS.
  int (*pipe)(void* userdata, int files[2]);
  ssize_t (*splice)(void* userdata, int in, off_t* in_offset, int out, off_t* out_offset,
                    size_t size, unsigned int flags);
};

// `flags`: see ReadFlags() in host_under_test.h. What is wrong with them goes to
// standard error, and ends the program.
void packetdrill_interface_init(const char* flags, struct packetdrill_interface* out);

}  // extern "C"
