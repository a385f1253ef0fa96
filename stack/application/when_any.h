#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "stack/application/event.h"
#include "stack/application/scope.h"
#include "stack/application/task.h"

namespace dualsim::application {

// Which of several tasks ended first, and with what.
template <typename T>
struct FirstOf {
  size_t index = 0;
  T value;
};
template <>
struct FirstOf<void> {
  size_t index = 0;
};

namespace internal {

template <typename T>
Task<> RunAsOneOf(size_t index, Task<T> task, std::optional<FirstOf<T>>& first, Event& done) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(task);
    if (!first) first.emplace(FirstOf<T>{index});
  } else {
    T value = co_await std::move(task);
    if (!first) first.emplace(FirstOf<T>{index, std::move(value)});
  }
  done.Set();
}

}  // namespace internal

// Runs the tasks side by side until one has ended, and cancels the others.
// Requires at least one.
template <typename T>
Task<FirstOf<T>> WhenAny(Scheduler& scheduler, std::vector<Task<T>> tasks) {
  std::optional<FirstOf<T>> first;
  Event done(scheduler);
  Scope scope(scheduler);
  for (size_t i = 0; i < tasks.size(); ++i) {
    scope.Start(internal::RunAsOneOf<T>(i, std::move(tasks[i]), first, done));
  }
  co_await done.Wait();
  scope.Cancel();
  co_return std::move(*first);
}

namespace internal {

template <typename T>
using ValueOrMonostate = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <typename T>
Task<std::optional<ValueOrMonostate<T>>> Wrap(Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(task);
    co_return std::monostate{};
  } else {
    co_return co_await std::move(task);
  }
}

template <typename T>
Task<std::optional<ValueOrMonostate<T>>> NothingAfter(Scheduler& scheduler, Duration limit) {
  co_await scheduler.Sleep(limit);
  co_return std::nullopt;
}

}  // namespace internal

// Runs the task for `limit` at most: nullopt where that was not enough, and it
// was cancelled. A Task<> gives std::monostate where it ended in time.
template <typename T>
Task<std::optional<internal::ValueOrMonostate<T>>> WithTimeout(Scheduler& scheduler, Duration limit,
                                                               Task<T> task) {
  std::vector<Task<std::optional<internal::ValueOrMonostate<T>>>> tasks;
  tasks.push_back(internal::Wrap<T>(std::move(task)));
  tasks.push_back(internal::NothingAfter<T>(scheduler, limit));
  auto first = co_await WhenAny(scheduler, std::move(tasks));
  co_return std::move(first.value);
}

}  // namespace dualsim::application
