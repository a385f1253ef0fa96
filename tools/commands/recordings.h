#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/record/capture_recorder.h"
#include "sim/record/database_recorder.h"
#include "sim/record/frame_notes.h"
#include "sim/record/golden.h"
#include "sim/record/run_summary.h"
#include "sim/record/trace_file.h"
#include "sim/record/trace_text.h"
#include "sim/record/world_names.h"
#include "sim/scenario/plan.h"
#include "tools/commands/command_line.h"

namespace dualsim::commands {

// All that one run of a scenario records, as the command asks for it.
class Recordings {
 public:
  // Creates the outputs, under temporary names. Throws OutputError.
  Recordings(const sim::Plan& plan, uint64_t seed, const RunCommand& command);

  // Those who are to be told of the run, in this order.
  std::vector<sim::WorldObserver*> observers();
  // Something can't be written: there is no use in going on.
  bool failed() const;

  // The golden text of the run, where the command asks for it; before Commit().
  std::optional<std::string> FinishGolden(Time end);
  // Gives the outputs their names. Throws OutputError.
  void Commit(const sim::RunSummary& summary);

 private:
  sim::WorldNames names_;
  sim::FrameNotes notes_;
  std::optional<sim::CaptureRecorder> capture_;
  std::optional<sim::TraceFile> trace_file_;
  std::optional<sim::GoldenText> golden_;
  std::optional<sim::TraceText> trace_;
  std::optional<sim::DatabaseRecorder> database_;
};

}  // namespace dualsim::commands
