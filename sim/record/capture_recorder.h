#pragma once

#include <string>

#include "sim/net/world_observer.h"
#include "sim/record/frame_notes.h"
#include "sim/record/output_file.h"
#include "sim/record/pcapng_writer.h"
#include "sim/record/world_names.h"

namespace dualsim::sim {

// Writes every frame of a run into a pcapng file with an interface per link, as
// it was handed to the link, with what FrameNotes says of it as a comment.
class CaptureRecorder : public WorldObserver {
 public:
  // `names` and `notes` outlive the recorder. `epoch`: what the clock of the world's
  // beginning showed; 1970 where the world has none. Throws OutputError.
  CaptureRecorder(const std::string& path, const WorldNames& names, const FrameNotes& notes,
                  Appearance appearance = Appearance::kWhole, Duration epoch = Duration());

  void OnFrame(Time time, const FrameEvent& event) override;

  void Flush() { file_.Flush(); }
  bool failed() const { return file_.failed(); }
  void Commit() { file_.Commit(); }

 private:
  OutputFile file_;
  PcapngWriter writer_;
  const FrameNotes& notes_;
  Duration epoch_;
  std::string comment_;  // Kept for its storage.
};

}  // namespace dualsim::sim
