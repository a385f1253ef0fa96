// stack_seeds FOLDER CASES…: what the testers of conformance cases send, as seeds for
// the fuzzer of whole stacks, a file per case, named by its row or number. The variants
// of hosts and of routers, and hosts with programs, play on different networks.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/load.h"
#include "sim/scenario/runner.h"
#include "tests/fuzz/stack_program.h"

namespace {

namespace sim = dualsim::sim;
using dualsim::Time;
using dualsim::testing::StackProgram;

class Collector final : public sim::WorldObserver {
 public:
  explicit Collector(const sim::Plan& plan) {
    const bool router = plan.of_case->variant.starts_with("router");
    const bool programs = std::any_of(plan.nodes.begin(), plan.nodes.end(),
                                      [](const sim::NodePlan& n) { return !n.applications.empty(); });
    program_.network = router ? 2 : programs ? 4 : 1;
  }

  void OnFrame(Time now, const sim::FrameEvent& event) override {
    if (!event.injected) return;
    // The networks have three seconds for their boot.
    const Time since = std::max(last_, Time() + dualsim::Seconds(3));
    if (now - since >= dualsim::Microseconds(10)) {
      program_.steps.push_back(
          {StackProgram::Kind::kWait, dualsim::testing::ChoiceOf(now - since), {}});
    }
    last_ = std::max(now, since);
    program_.steps.push_back({StackProgram::Kind::kFrame,
                              static_cast<uint8_t>(event.link),
                              {event.frame.begin(), event.frame.end()}});
  }

  const StackProgram& program() const { return program_; }

 private:
  StackProgram program_;
  Time last_;
};

// A file's name: letters and digits alone.
std::string FileName(const std::string& name) {
  std::string text;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) text += c;
    if (!plain && !text.empty() && text.back() != '_') text += '_';
  }
  return text.substr(0, 120);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s FOLDER CASES...\n", argv[0]);
    return 2;
  }
  std::set<std::vector<uint8_t>> written;
  for (int i = 2; i < argc; ++i) {
    const sim::LoadResult loaded = sim::LoadScenarioFile(argv[i]);
    std::fputs(loaded.diagnostics.ToString().c_str(), stderr);
    for (const sim::Plan& plan : loaded.cases) {
      Collector collector(plan);
      sim::RunOptions options;
      options.observers = {&collector};
      sim::Run(plan, options);
      StackProgram program = collector.program();
      if (program.steps.size() > StackProgram::kMaximumSteps) {
        program.steps.resize(StackProgram::kMaximumSteps);
      }
      const std::vector<uint8_t> bytes = program.Store();
      // Large seeds make slow fuzzing.
      constexpr size_t kMaximumSeed = 6000;
      if (program.steps.empty() || bytes.size() > kMaximumSeed) continue;
      if (!written.insert(bytes).second) continue;
      std::ofstream file(
          std::string(argv[1]) + "/" + FileName(plan.of_case->name + " " + plan.of_case->variant),
          std::ios::binary);
      file.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    }
  }
  std::printf("%zu seeds\n", written.size());
  return 0;
}
