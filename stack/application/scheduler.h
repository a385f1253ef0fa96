#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/application/intrusive_list.h"
#include "stack/base/deadline_queue.h"
#include "stack/base/time.h"

namespace dualsim::application {

class Scheduler;

// A place where a coroutine waits for something: what every awaitable of this
// interface derives from. It lives in the frame of the coroutine that awaits it;
// destroyed, it waits no longer.
class Waiter : private ListNode {
 public:
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  bool await_ready() { return Poll(); }
  void await_suspend(std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    Park();
  }

 protected:
  Waiter() = default;
  ~Waiter() = default;

 private:
  friend class Scheduler;
  friend class WaitList;
  friend class IntrusiveList<Waiter>;

  // Whether that for which it waits is there; takes it then. Asked when awaited,
  // and again each time that it is woken.
  virtual bool Poll() = 0;
  // It is not: joins the list, or sets the timer, that will wake it.
  virtual void Park() = 0;

  std::coroutine_handle<> coroutine_;
};

// Those who wait for one thing, in the order in which they came.
class WaitList {
 public:
  void Add(Waiter& waiter) { waiters_.PushBack(waiter); }
  bool empty() const { return waiters_.empty(); }
  // They are polled when the scheduler runs next, in their order.
  void WakeAll(Scheduler& scheduler);
  void WakeOne(Scheduler& scheduler);

 private:
  IntrusiveList<Waiter> waiters_;
};

// The end of a pause; see Scheduler::Sleep.
class [[nodiscard]] SleepOperation final : public Waiter {
 public:
  SleepOperation(Scheduler& scheduler, Time until) : scheduler_(scheduler), until_(until) {}
  ~SleepOperation();
  void await_resume() const {}

 private:
  friend class Scheduler;
  bool Poll() override;
  void Park() override;

  Scheduler& scheduler_;
  Time until_;
  uint32_t slot_ = kNoSlot;
  static constexpr uint32_t kNoSlot = ~uint32_t{0};
};

// Who of a host's programs runs next: first woken, first served, and nobody
// while the stack (or whatever else woke them) still works. Its owner calls Run()
// after every call of the stack, and when deadline() has come.
//
// It has no clock: its time is that of the last Run(). Outlives all that waits.
class Scheduler {
 public:
  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  Time now() const { return now_; }
  SleepOperation Sleep(Duration duration) { return SleepUntil(now_ + duration); }
  SleepOperation SleepUntil(Time until) { return SleepOperation(*this, until); }

  // Lets run whoever was woken, or whose pause is over at `now`, until all wait.
  // Does nothing where it is running already.
  void Run(Time now);
  // Time passes for those who ask now(), and nobody runs yet.
  void SetNow(Time now) { now_ = now; }
  // Whether somebody was woken and has not run.
  bool idle() const { return ready_.empty(); }
  // When Run() is next needed for a pause that ends; never later.
  Time deadline() const { return timers_.next(); }

  // Polled when the scheduler runs next. See WaitList.
  void Wake(Waiter& waiter) { ready_.PushBack(waiter); }

 private:
  friend class SleepOperation;
  void Drain();

  Time now_;
  bool running_ = false;
  IntrusiveList<Waiter> ready_;
  DeadlineQueue timers_;
  std::vector<SleepOperation*> sleepers_;  // By the slots of timers_.
  std::vector<uint32_t> free_slots_;
};

inline void WaitList::WakeAll(Scheduler& scheduler) {
  while (!waiters_.empty()) scheduler.Wake(waiters_.front());
}
inline void WaitList::WakeOne(Scheduler& scheduler) {
  if (!waiters_.empty()) scheduler.Wake(waiters_.front());
}

}  // namespace dualsim::application
