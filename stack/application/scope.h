#pragma once

#include <coroutine>
#include <cstddef>

#include "stack/application/intrusive_list.h"
#include "stack/application/scheduler.h"
#include "stack/application/task.h"

namespace dualsim::application {

// Tasks that run side by side and end, at the latest, with the scope: what is
// left in it when it is destroyed is cancelled, newest first. A task that has
// ended is gone at once.
//
// A task neither cancels nor destroys the scope that it runs in itself.
class Scope {
 public:
  explicit Scope(Scheduler& scheduler) : scheduler_(scheduler) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { Cancel(); }

  // The task runs from the scheduler's next turn on.
  void Start(Task<> task);
  void Cancel();
  size_t running() const { return running_; }

  class [[nodiscard]] JoinOperation final : public Waiter {
   public:
    explicit JoinOperation(Scope& scope) : scope_(scope) {}
    void await_resume() const {}

   private:
    bool Poll() override { return scope_.running_ == 0; }
    void Park() override { scope_.joiners_.Add(*this); }
    Scope& scope_;
  };
  // Waits until no task is left.
  JoinOperation Join() { return JoinOperation(*this); }

 private:
  struct Root;
  static Root Run(Scope& scope, Task<> task);
  void OnEnd();

  Scheduler& scheduler_;
  size_t running_ = 0;
  IntrusiveList<ListNode> roots_;
  WaitList joiners_;
};

}  // namespace dualsim::application
