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

}  // namespace

EventLoop::EventLoop() : start_(MonotonicNanoseconds()) {
  epoll_ = Check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  timer_ = Check(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
  epoll_event event{};
  event.events = EPOLLIN;
  Check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event), "epoll_ctl");
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

void EventLoop::Add(int file, Trigger trigger, EventHandler& handler) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (trigger == Trigger::kChange) event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &handler;
  Check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, file, &event), "epoll_ctl");
}

void EventLoop::Remove(int file) { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, file, nullptr); }

Time EventLoop::now() const { return Time::FromNanoseconds(MonotonicNanoseconds() - start_); }

void EventLoop::Arm(Time until) {
  if (until == armed_) return;
  itimerspec at{};  // All zero: disarmed.
  if (!until.is_never()) {
    const int64_t ns = start_ + until.nanoseconds();
    at.it_value = {ns / kSecond, ns % kSecond};
  }
  Check(::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &at, nullptr), "timerfd_settime");
  armed_ = until;
}

// epoll_pwait lets a signal in only where it would wait: a loop that always finds
// something ready would never see one.
void EventLoop::LetSignalsIn() const {
  sigset_t ours;
  ::sigprocmask(SIG_SETMASK, &outside_, &ours);
  ::sigprocmask(SIG_SETMASK, &ours, nullptr);
}

void EventLoop::Wait(Time until) {
  const bool look_only = until <= now();
  if (!look_only) Arm(until);
  epoll_event events[kEventsAtOnce];
  const int count = ::epoll_pwait(epoll_, events, kEventsAtOnce, look_only ? 0 : -1, &outside_);
  if (count < 0 && errno != EINTR) Check(count, "epoll_pwait");
  if (count >= 0) LetSignalsIn();
  for (int i = 0; i < count; ++i) {
    if (events[i].data.ptr == nullptr) {
      uint64_t expirations = 0;
      if (::read(timer_, &expirations, sizeof(expirations)) > 0) armed_ = Time::Never();
      continue;
    }
    constexpr uint32_t kReadable = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    constexpr uint32_t kWritable = EPOLLOUT | EPOLLHUP | EPOLLERR;
    static_cast<EventHandler*>(events[i].data.ptr)
        ->OnReady((events[i].events & kReadable) != 0, (events[i].events & kWritable) != 0);
  }
}

}  // namespace dualsim::os
