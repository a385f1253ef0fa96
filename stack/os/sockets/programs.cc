#include "stack/os/sockets/programs.h"

#include <algorithm>
#include <utility>

#include "stack/os/sockets/core.h"

namespace dualsim::os {

Programs::Programs(SocketsConfig config, EventLoop& loop, Observer& observer,
                   const RandomSource& random, application::Settings settings)
    : core_(
          std::make_unique<Core>(std::move(config), loop, observer, random, std::move(settings))) {}

Programs::~Programs() {
  // The newest first, as they may stand on the older.
  while (!core_->running.empty()) core_->running.pop_back();
}

namespace {

application::Task<> Main(application::Program& program, application::Network& network) {
  co_await program(network);
}

}  // namespace

void Programs::Start(std::string_view name, application::Program program) {
  core_->scheduler.SetNow(core_->loop.now());
  // The purpose, as host::Programs has it: one seed gives one program's numbers.
  uint32_t& before = core_->started[std::string(name)];
  std::string purpose = "application " + std::string(name);
  if (before > 0) purpose += " " + std::to_string(before + 1);
  ++before;
  core_->running.push_back(std::make_unique<Core::Running>(
      *core_, std::string(name), core_->random.Stream(purpose), std::move(program)));
  Core::Running& running = *core_->running.back();
  core_->observer.OnApplication(core_->now(), {.name = running.network.name(), .running = true});
  running.scope.Start(Main(running.program, running.network));
}

void Programs::StopAll() {
  core_->scheduler.SetNow(core_->loop.now());
  while (!core_->running.empty()) {
    // Out of the list first: what its end does to others finds it gone.
    const std::unique_ptr<Core::Running> stopped = std::move(core_->running.back());
    core_->running.pop_back();
    stopped->scope.Cancel();
    core_->observer.OnApplication(core_->now(),
                                  {.name = stopped->network.name(), .running = false});
  }
}

size_t Programs::count() const { return core_->running.size(); }

void Programs::Run(Time until) {
  core_->Run();
  const size_t ended = std::erase_if(core_->running, [&](const auto& one) {
    if (one->scope.running() > 0) return false;
    core_->observer.OnApplication(core_->now(), {.name = one->network.name(), .running = false});
    return true;
  });
  if (ended > 0) return;  // Which the owner may have waited for.
  const bool more = !core_->next_turn.empty() || !core_->scheduler.idle();
  core_->loop.Wait(more ? Time() : std::min(until, core_->scheduler.deadline()));
}

const Programs::Counters& Programs::counters() const { return core_->counters; }

}  // namespace dualsim::os
