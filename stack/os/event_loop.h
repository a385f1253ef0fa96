#pragma once

#include <signal.h>

#include <cstdint>

#include "stack/base/time.h"

namespace dualsim::os {

// Takes what an event loop sees of a file.
class EventHandler {
 public:
  virtual ~EventHandler() = default;
  // The file can be read (or is at its end, or broken), or written, or both. It
  // notes and returns: it removes nothing from the loop.
  virtual void OnReady(bool readable, bool writable) = 0;
};

// When a file's handler is told.
enum class Trigger : uint8_t {
  kReadable,  // Whenever there is something to read.
  kChange,    // When something became possible that was not, reading or writing.
};

// Waits, in one thread, for files, for a time of the monotonic clock, and for
// SIGINT and SIGTERM: epoll and timerfd. While it lives the two signals reach
// their handlers during Wait() alone, so that none is missed, and during every
// Wait(), however busy the files are.
class EventLoop {
 public:
  // Throws std::system_error.
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // `handler` outlives its place here. Add throws std::system_error.
  void Add(int file, Trigger trigger, EventHandler& handler);
  void Remove(int file);

  // Since the loop was made.
  Time now() const;

  // Returns at `until` at the latest, and earlier once a handler was called or a
  // signal came. A time in the past: looks at the files, and returns.
  void Wait(Time until);

 private:
  static constexpr int kEventsAtOnce = 64;

  void Arm(Time until);
  void LetSignalsIn() const;

  int epoll_ = -1;
  int timer_ = -1;
  int64_t start_ = 0;  // Nanoseconds of CLOCK_MONOTONIC.
  Time armed_ = Time::Never();
  sigset_t outside_{};
};

}  // namespace dualsim::os
