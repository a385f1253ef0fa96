#include "stack/os/event_loop.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace dualsim::os {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

int64_t MonotonicNanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

int Check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

void Watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  Check(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

}  // namespace

EventLoop::EventLoop(int readable) : readable_(readable), start_(MonotonicNanoseconds()) {
  epoll_ = Check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  timer_ = Check(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
  Watch(epoll_, timer_);
  Watch(epoll_, readable);
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &ours, &outside_);
}

EventLoop::~EventLoop() {
  ::sigprocmask(SIG_SETMASK, &outside_, nullptr);
  ::close(timer_);
  ::close(epoll_);
}

Time EventLoop::now() const { return Time::FromNanoseconds(MonotonicNanoseconds() - start_); }

bool EventLoop::Wait(Time until) {
  if (until != armed_) {
    itimerspec at{};  // All zero: disarmed.
    if (!until.is_never()) {
      const int64_t ns = start_ + until.nanoseconds();
      at.it_value = {ns / kSecond, ns % kSecond};
    }
    Check(::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &at, nullptr), "timerfd_settime");
    armed_ = until;
  }
  epoll_event events[2];
  const int count = ::epoll_pwait(epoll_, events, 2, -1, &outside_);
  if (count < 0 && errno != EINTR) Check(count, "epoll_pwait");
  bool readable = false;
  for (int i = 0; i < count; ++i) {
    if (events[i].data.fd == readable_) {
      readable = true;
    } else {
      uint64_t expirations = 0;
      if (::read(timer_, &expirations, sizeof(expirations)) > 0) armed_ = Time::Never();
    }
  }
  return readable;
}

}  // namespace dualsim::os
