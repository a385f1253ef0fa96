#include "stack/application/scheduler.h"

namespace dualsim::application {

SleepOperation::~SleepOperation() {
  if (slot_ == kNoSlot) return;
  scheduler_.timers_.Clear(slot_);
  scheduler_.free_slots_.push_back(slot_);
}

bool SleepOperation::Poll() { return scheduler_.now() >= until_; }

void SleepOperation::Park() {
  if (slot_ == kNoSlot) {
    if (scheduler_.free_slots_.empty()) {
      scheduler_.free_slots_.push_back(static_cast<uint32_t>(scheduler_.sleepers_.size()));
      scheduler_.sleepers_.push_back(nullptr);
    }
    slot_ = scheduler_.free_slots_.back();
    scheduler_.free_slots_.pop_back();
    scheduler_.sleepers_[slot_] = this;
  }
  scheduler_.timers_.Set(slot_, until_);
}

void Scheduler::Run(Time now) {
  if (running_) return;
  now_ = now;
  running_ = true;
  while (const auto slot = timers_.PopDue(now)) Wake(*sleepers_[*slot]);
  Drain();
  running_ = false;
}

void Scheduler::Drain() {
  while (!ready_.empty()) {
    Waiter& waiter = ready_.front();
    waiter.Unlink();
    if (waiter.Poll()) {
      // The waiter may be gone afterwards.
      waiter.coroutine_.resume();
    } else {
      waiter.Park();
    }
  }
}

}  // namespace dualsim::application
