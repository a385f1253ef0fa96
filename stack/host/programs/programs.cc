#include "stack/host/programs/programs.h"

#include <algorithm>
#include <utility>

#include "stack/host/programs/core.h"
#include "stack/host/programs/direct_echo.h"

namespace dualsim::host {

Programs::Programs(Stack& stack, Observer& observer, const RandomSource& random,
                   application::Settings settings)
    : core_(std::make_unique<Core>(stack, observer, random, std::move(settings), nullptr)) {}

Programs::~Programs() {
  core_->Abandon();
  // The newest first, as they may stand on the older.
  while (!core_->running.empty()) core_->running.pop_back();
}

void Programs::AddGroup(std::string name, Stack& stack, const RandomSource& random,
                        application::Settings settings) {
  core_->groups.push_back(
      {std::move(name),
       std::make_unique<Core>(stack, core_->observer, random, std::move(settings), core_.get())});
}

namespace {

application::Task<> Main(application::Program& program, application::Network& network) {
  co_await program(network);
}

}  // namespace

ProgramId Programs::Start(Time now, std::string_view name, application::Program program) {
  core_->scheduler.SetNow(now);
  const ProgramId id{core_->next_id++};
  uint32_t& before = core_->started[std::string(name)];
  std::string purpose = "application " + std::string(name);
  if (before > 0) purpose += " " + std::to_string(before + 1);
  ++before;
  core_->running.push_back(std::make_unique<Core::Running>(
      *core_, id, std::string(name), core_->random.Stream(purpose), std::move(program)));
  Core::Running& running = *core_->running.back();
  core_->observer.OnApplication(now, {.name = running.network.name(), .running = true});
  running.scope.Start(Main(running.program, running.network));
  return id;
}

void Programs::Stop(Time now, ProgramId id) {
  core_->scheduler.SetNow(now);
  auto& all = core_->running;
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const auto& one) { return one->id == id; });
  if (found == all.end()) return;
  // Out of the list first: what its end does to others finds it gone.
  const std::unique_ptr<Core::Running> stopped = std::move(*found);
  all.erase(found);
  stopped->scope.Cancel();
  core_->observer.OnApplication(now, {.name = stopped->network.name(), .running = false});
}

void Programs::StopAll(Time now) {
  while (!core_->running.empty()) Stop(now, core_->running.back()->id);
}

void Programs::StopAll(Time now, std::string_view name) {
  std::vector<ProgramId> named;
  for (const auto& one : core_->running) {
    if (one->network.name() == name) named.push_back(one->id);
  }
  for (ProgramId id : named) Stop(now, id);
}

void Programs::Crash(Time now) {
  core_->Abandon();
  StopAll(now);
}

bool Programs::running(ProgramId id) const {
  return std::any_of(core_->running.begin(), core_->running.end(),
                     [id](const auto& one) { return one->id == id; });
}

size_t Programs::count() const { return core_->running.size(); }

void Programs::Run(Time now) {
  core_->Run(now);
  std::erase_if(core_->running, [&](const auto& one) {
    if (one->scope.running() > 0) return false;
    core_->observer.OnApplication(now, {.name = one->network.name(), .running = false});
    return true;
  });
}

Time Programs::deadline() const { return core_->scheduler.deadline(); }

void Programs::OnAddressChange() { core_->configuration_is_new = true; }

void Programs::OnNameServers() { core_->configuration_is_new = true; }

void Programs::OnEcho(Time now, const EchoFact& fact) {
  const auto& waiting = core_->echoes.waiting;
  const auto found = waiting.find(fact.identifier);
  if (found != waiting.end()) found->second->OnEcho(now, fact);
}

size_t Programs::connections() const {
  size_t count = 0;
  core_->ForEach([&count](const Core& core) {
    count +=
        static_cast<size_t>(std::count_if(core.flows.begin(), core.flows.end(),
                                          [](const DirectFlow* flow) { return flow != nullptr; }));
  });
  return count;
}

}  // namespace dualsim::host
