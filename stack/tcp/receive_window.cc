#include "stack/tcp/receive_window.h"

#include <algorithm>

namespace dualsim::tcp {
namespace {

constexpr uint32_t kMaxField = 0xffff;

}  // namespace

uint8_t ReceiveWindow::ScaleFor(uint32_t buffer) {
  uint8_t scale = 0;
  while (scale < kMaxScale && buffer >> scale > kMaxField) ++scale;
  return scale;
}

uint16_t ReceiveWindow::SynWindow() const {
  return static_cast<uint16_t>(std::min(buffer_, kMaxField));
}

void ReceiveWindow::Start(SeqNum first) { edge_ = first + SynWindow(); }

SeqNum ReceiveWindow::Offer(SeqNum next, uint32_t buffered) const {
  const uint32_t free = buffered < buffer_ ? buffer_ - buffered : 0;
  return next + std::min(free, kMaxField << scale_);
}

uint16_t ReceiveWindow::Advertise(SeqNum next, uint32_t buffered, uint32_t mss) {
  const SeqNum offer = Offer(next, buffered);
  // Small steps are kept back until they make a segment or half the buffer.
  if (offer > edge_ && offer - edge_ >= std::min(mss, buffer_ / 2)) edge_ = offer;
  return static_cast<uint16_t>(std::min(Size(next) >> scale_, kMaxField));
}

bool ReceiveWindow::WorthTelling(SeqNum next, uint32_t buffered, uint32_t mss) const {
  const SeqNum offer = Offer(next, buffered);
  if (offer <= edge_) return false;
  const uint32_t growth = offer - edge_;
  if (growth >= buffer_ / 2) return true;
  return growth >= 2 * mss && (growth >= buffer_ / 4 || Size(next) <= buffer_ / 8);
}

bool ReceiveWindow::Accepts(SeqNum next, SeqNum begin, uint32_t length) const {
  const uint32_t window = Size(next);
  const auto within = [&](SeqNum s) { return s - next < window; };
  if (length == 0) return begin == next || within(begin);
  if (window == 0) return false;
  return within(begin) || within(begin + (length - 1));
}

}  // namespace dualsim::tcp
