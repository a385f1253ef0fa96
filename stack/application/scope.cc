#include "stack/application/scope.h"

#include <exception>
#include <utility>

namespace dualsim::application {

// The outermost coroutine of a task: its frame lies in the scope's list until it
// has ended.
struct Scope::Root {
  struct promise_type : ListNode {
    promise_type(Scope& owner, Task<>&) : scope(owner) { scope.roots_.PushBack(*this); }

    // The first turn is the scheduler's.
    class Start final : public Waiter {
     public:
      explicit Start(Scheduler& scheduler) : scheduler_(scheduler) {}
      void await_resume() const noexcept {}

     private:
      bool Poll() override { return std::exchange(asked_, true); }
      void Park() override { scheduler_.Wake(*this); }
      Scheduler& scheduler_;
      bool asked_ = false;
    };
    struct End {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> root) const noexcept {
        Scope& scope = root.promise().scope;
        root.destroy();
        scope.OnEnd();
      }
      void await_resume() const noexcept {}
    };

    Root get_return_object() { return {}; }
    Start initial_suspend() { return Start(scope.scheduler_); }
    End final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept { std::terminate(); }

    Scope& scope;
  };
};

Scope::Root Scope::Run(Scope&, Task<> task) { co_await std::move(task); }

void Scope::Start(Task<> task) {
  ++running_;
  Run(*this, std::move(task));
}

void Scope::OnEnd() {
  if (--running_ == 0) joiners_.WakeAll(scheduler_);
}

void Scope::Cancel() {
  while (!roots_.empty()) {
    auto& root = static_cast<Root::promise_type&>(roots_.back());
    std::coroutine_handle<Root::promise_type>::from_promise(root).destroy();
    OnEnd();
  }
}

}  // namespace dualsim::application
