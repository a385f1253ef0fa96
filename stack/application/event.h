#pragma once

#include "stack/application/scheduler.h"

namespace dualsim::application {

// Something that happens once (until Reset()), and that any number of tasks wait
// for. Outlives them.
class Event {
 public:
  explicit Event(Scheduler& scheduler) : scheduler_(scheduler) {}

  void Set() {
    set_ = true;
    waiters_.WakeAll(scheduler_);
  }
  void Reset() { set_ = false; }
  bool is_set() const { return set_; }

  class [[nodiscard]] WaitOperation final : public Waiter {
   public:
    explicit WaitOperation(Event& event) : event_(event) {}
    void await_resume() const {}

   private:
    bool Poll() override { return event_.set_; }
    void Park() override { event_.waiters_.Add(*this); }
    Event& event_;
  };
  WaitOperation Wait() { return WaitOperation(*this); }

 private:
  Scheduler& scheduler_;
  bool set_ = false;
  WaitList waiters_;
};

}  // namespace dualsim::application
