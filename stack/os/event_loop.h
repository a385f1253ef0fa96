#pragma once

#include <signal.h>

#include "stack/base/time.h"

namespace dualsim::os {

// Waits, in one thread, for one file to become readable, for a time of the
// monotonic clock, or for SIGINT or SIGTERM: epoll and timerfd. While it lives
// the two signals reach their handlers during Wait() alone, so that none is missed.
class EventLoop {
 public:
  // Throws std::system_error.
  explicit EventLoop(int readable);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Since the loop was made.
  Time now() const;

  // Returns at `until`, or earlier: there is something to read, or a signal came.
  // True: there is something to read, or the file is at its end.
  bool Wait(Time until);

 private:
  int epoll_ = -1;
  int timer_ = -1;
  int readable_;
  int64_t start_ = 0;  // Nanoseconds of CLOCK_MONOTONIC.
  Time armed_ = Time::Never();
  sigset_t outside_{};
};

}  // namespace dualsim::os
