#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "tools/packetdrill/file.h"
#include "tools/packetdrill/host_under_test.h"

namespace dualsim::packetdrill {

// Calls that wait, and the clock that runs on while they do.
//
// A call that can't be answered yet is tried again after everything that happens, by the
// thread that made it happen: it ends at its time exactly, whenever its own thread wakes up.
// So the outcome does not hang on how the system schedules threads. All is called with the
// run's lock held; Wait() lets go of it.
class BlockedCalls {
 public:
  using Lock = std::unique_lock<std::mutex>;
  using Attempt = std::function<Result()>;

  // `note`: called after everything that happened, before calls are tried again. The
  // thread that makes this object is the one that moves the clock.
  BlockedCalls(HostUnderTest& host, std::function<void()> note);

  // Somebody called the library.
  void OnEntry() { ++entries_; }
  // Something happened: whom does it let go?
  void Settle();
  // What is next due happens, where that is by `limit`. False: there is nothing.
  bool Step(Time limit);
  // All that is due until then happens; it is `time` afterwards.
  void AdvanceTo(Time time);

  // What `attempt` returns once that is not -EAGAIN; -EAGAIN at `until`.
  //
  // On the thread that moves the clock, it does so itself, and -EDEADLK means that
  // nothing can ever happen any more. On others it waits for that thread, and moves the
  // clock where that has not called for 300 ms of real time: packetdrill waits for a call
  // without asking for the time, but for no more than a second.
  Result Wait(Lock& lock, Time until, const Attempt& attempt);

  // When the call ended in which this thread waited last; once for each.
  std::optional<Time> TakeEnd();

 private:
  struct Call {
    const Attempt& attempt;
    Time until;
    std::optional<Result> result{};
    Time ended{};
  };

  HostUnderTest& host_;
  std::function<void()> note_;
  const std::thread::id mover_ = std::this_thread::get_id();
  std::list<Call*> calls_;  // Oldest first.
  std::condition_variable ended_;
  uint64_t entries_ = 0;
  std::map<std::thread::id, Time> ended_at_;  // Of calls whose threads have not asked yet.
};

}  // namespace dualsim::packetdrill
