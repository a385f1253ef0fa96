#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "stack/application/scheduler.h"

namespace dualsim::application {

// Values that go from some tasks to others, in their order: `limit` of them wait
// at most. Outlives those who wait.
template <typename T>
class Channel {
 public:
  Channel(Scheduler& scheduler, size_t limit) : scheduler_(scheduler), limit_(limit) {}

  // False: it is full, or closed, and the value was not taken.
  [[nodiscard]] bool TrySend(T value) {
    if (closed_ || values_.size() >= limit_) return false;
    values_.push_back(std::move(value));
    receivers_.WakeOne(scheduler_);
    return true;
  }
  // What is in it can still be received; after that receivers get nullopt.
  void Close() {
    closed_ = true;
    receivers_.WakeAll(scheduler_);
  }
  size_t size() const { return values_.size(); }

  class [[nodiscard]] ReceiveOperation final : public Waiter {
   public:
    explicit ReceiveOperation(Channel& channel) : channel_(channel) {}
    // nullopt: the channel is closed, and nothing is left in it.
    std::optional<T> await_resume() { return std::move(value_); }

   private:
    bool Poll() override {
      if (channel_.values_.empty()) return channel_.closed_;
      value_.emplace(std::move(channel_.values_.front()));
      channel_.values_.pop_front();
      return true;
    }
    void Park() override { channel_.receivers_.Add(*this); }
    Channel& channel_;
    std::optional<T> value_;
  };
  ReceiveOperation Receive() { return ReceiveOperation(*this); }

 private:
  Scheduler& scheduler_;
  size_t limit_;
  bool closed_ = false;
  std::deque<T> values_;
  WaitList receivers_;
};

}  // namespace dualsim::application
