#include "tools/packetdrill/blocked_calls.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dualsim::packetdrill {
namespace {

constexpr std::chrono::milliseconds kPatience(300);

}  // namespace

BlockedCalls::BlockedCalls(HostUnderTest& host, std::function<void()> note)
    : host_(host), note_(std::move(note)) {}

void BlockedCalls::Settle() {
  bool again = true;
  while (again) {
    again = false;
    note_();
    for (Call* const call : calls_) {
      if (call->result) continue;
      const Result result = call->attempt();
      if (result == -EAGAIN && host_.now() < call->until) continue;
      call->result = result;
      call->ended = host_.now();
      again = true;
      ended_.notify_all();
    }
  }
}

bool BlockedCalls::Step(Time limit) {
  Time next = host_.deadline();
  for (const Call* const call : calls_) {
    if (!call->result) next = std::min(next, call->until);
  }
  if (next.is_never() || next > limit) return false;
  host_.AdvanceTo(next);
  Settle();
  return true;
}

void BlockedCalls::AdvanceTo(Time time) {
  while (Step(time)) {
  }
  host_.AdvanceTo(time);
}

Result BlockedCalls::Wait(Lock& lock, Time until, const Attempt& attempt) {
  Call call{.attempt = attempt, .until = until};
  calls_.push_back(&call);
  Settle();
  if (std::this_thread::get_id() == mover_) {
    while (!call.result) {
      if (!Step(Time::Never())) call.result = -EDEADLK;
    }
    std::erase(calls_, &call);
    return *call.result;
  }
  while (!call.result) {
    const uint64_t seen = entries_;
    const bool ended = ended_.wait_for(lock, kPatience, [&] { return call.result.has_value(); });
    if (ended || entries_ != seen) continue;
    while (!call.result && Step(Time::Never())) {
    }
  }
  std::erase(calls_, &call);
  ended_at_[std::this_thread::get_id()] = call.ended;
  return *call.result;
}

std::optional<Time> BlockedCalls::TakeEnd() {
  const auto found = ended_at_.find(std::this_thread::get_id());
  if (found == ended_at_.end()) return std::nullopt;
  const Time time = found->second;
  ended_at_.erase(found);
  return time;
}

}  // namespace dualsim::packetdrill
