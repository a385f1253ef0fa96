#include "sim/record/capture_recorder.h"

namespace dualsim::sim {

CaptureRecorder::CaptureRecorder(const std::string& path, const WorldNames& names,
                                 const FrameNotes& notes, Appearance appearance, Duration epoch)
    : file_(path, appearance), writer_(file_), notes_(notes), epoch_(epoch) {
  for (const std::string& link : names.links) writer_.AddInterface(link);
}

void CaptureRecorder::OnFrame(Time time, const FrameEvent& event) {
  comment_.clear();
  notes_.Append(event, comment_);
  writer_.AddPacket(static_cast<uint32_t>(event.link), time + epoch_, event.frame, comment_);
}

}  // namespace dualsim::sim
