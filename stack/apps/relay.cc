#include "stack/apps/relay.h"

#include <utility>
#include <vector>

#include "stack/application/event.h"
#include "stack/application/scope.h"
#include "stack/base/bytes.h"

namespace dualsim::apps {
namespace {

using application::Scheduler;
using application::Task;

constexpr size_t kBuffer = 16 * 1024;

struct Session {
  explicit Session(Scheduler& scheduler)
      : scheduler(scheduler), active(scheduler.now()), over(scheduler) {}

  void Fail(std::string why) {
    if (over.is_set()) return;
    failure = std::move(why);
    over.Set();
  }

  Scheduler& scheduler;
  Time active;  // When a byte last passed.
  int open = 2;
  std::string failure;
  application::Event over;
};

// "192.0.2.1:80: reset by the peer"
std::string Failure(const RelayEnd& end, application::Error error) {
  const bool tls = end.tls != nullptr && !end.tls->failure().empty();
  return end.flow->peer().ToString() + ": " +
         (tls ? end.tls->failure() : std::string(ErrorText(error)));
}

Task<> Carry(Session& session, RelayEnd& from, RelayEnd& to, uint64_t& count) {
  std::vector<uint8_t> buffer(kBuffer);
  while (true) {
    const application::ReadResult read = co_await from.flow->Read(buffer);
    if (read.end()) break;
    if (!read.data()) {
      session.Fail(Failure(from, read.error));
      co_return;
    }
    session.active = session.scheduler.now();
    if (const auto failed = co_await to.flow->Write(ByteView(buffer).first(read.size))) {
      session.Fail(Failure(to, *failed));
      co_return;
    }
    session.active = session.scheduler.now();
    count += read.size;
  }
  to.flow->ShutDownWrite();
  if (to.tls != nullptr) co_await to.tls->Drained();
  if (--session.open == 0) session.over.Set();
}

Task<> Watch(Session& session, Duration idle) {
  while (session.scheduler.now() < session.active + idle) {
    co_await session.scheduler.SleepUntil(session.active + idle);
  }
  session.Fail("nothing passed for too long");
}

}  // namespace

Task<RelayOutcome> Relay(Scheduler& scheduler, RelayEnd& first, RelayEnd& second, Duration idle) {
  RelayOutcome outcome;
  Session session(scheduler);
  {
    application::Scope scope(scheduler);
    scope.Start(Carry(session, first, second, outcome.forth));
    scope.Start(Carry(session, second, first, outcome.back));
    scope.Start(Watch(session, idle));
    co_await session.over.Wait();
  }
  outcome.failure = session.failure;
  if (!outcome.failure.empty()) {
    first.flow->Abort();
    second.flow->Abort();
  }
  co_return outcome;
}

}  // namespace dualsim::apps
