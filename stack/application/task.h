#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace dualsim::application {

template <typename T = void>
class Task;

namespace internal {

// What the promises of all tasks share: who waits for the task.
class TaskPromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  // The end of a task gives the word back to whoever awaits it.
  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> task) const noexcept {
      TaskPromiseBase& promise = task.promise();
      // While the awaiting coroutine still stands in await_suspend it goes on by
      // itself: the machine's stack does not grow with the number of tasks that
      // end at once, whatever the compiler makes of tail calls.
      if (promise.starting_) return std::noop_coroutine();
      return promise.awaiting_ ? promise.awaiting_ : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  // Programs of a stack throw nothing (errors are values): whatever comes here is
  // a fault that must not pass.
  void unhandled_exception() noexcept { std::terminate(); }

 private:
  template <typename T>
  friend class dualsim::application::Task;

  std::coroutine_handle<> awaiting_;
  bool starting_ = false;
};

template <typename T>
class TaskPromise : public TaskPromiseBase {
 public:
  Task<T> get_return_object();
  template <typename Value>
  void return_value(Value&& value) {
    value_.emplace(std::forward<Value>(value));
  }
  T Take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() {}
  void Take() {}
};

}  // namespace internal

// A coroutine that gives a T: what a program is written in.
//
// It owns its frame, and with it all that lives there. It does nothing until it
// is awaited (or started in a Scope), and ends when it is destroyed, wherever it
// waits: what it awaits is destroyed first and leaves its lists, so that nobody
// wakes what is gone. That is how everything is cancelled: nothing needs a token.
//
// A coroutine that takes references needs what they refer to until it has ended;
// one that is a lambda needs the lambda, captures and all, for as long.
template <typename T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::TaskPromise<T>;

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task taken(std::move(other));
    std::swap(frame_, taken.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  // Awaiting runs the task: `co_await Get()`, `co_await std::move(task)`.
  auto operator co_await() && noexcept { return Awaiter{frame_}; }

 private:
  friend promise_type;
  struct Awaiter {
    std::coroutine_handle<promise_type> frame;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) const {
      promise_type& promise = frame.promise();
      promise.awaiting_ = awaiting;
      promise.starting_ = true;
      frame.resume();
      promise.starting_ = false;
      return !frame.done();
    }
    T await_resume() const { return frame.promise().Take(); }
  };

  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

namespace internal {

template <typename T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace internal

}  // namespace dualsim::application
