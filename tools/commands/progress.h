#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "stack/base/time.h"

namespace dualsim::commands {

// One line on the terminal that says how far the runs are, once they take over a
// second. Silent where standard error is no terminal. Used by several threads.
class Progress {
 public:
  Progress(size_t runs, bool wanted);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // The run `name` has come to `now` of `end`.
  void Report(const std::string& name, Time now, Time end);
  // One more run is over.
  void RunEnded();
  // Takes the line away, so that something else can be printed there.
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;

  const size_t runs_;
  const bool enabled_;
  std::mutex mutex_;
  size_t ended_ = 0;
  bool shown_ = false;
  Clock::time_point next_;  // When the line may next change.
};

}  // namespace dualsim::commands
