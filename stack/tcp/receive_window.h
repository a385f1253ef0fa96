#pragma once

#include <cstdint>

#include "stack/wire/seq_num.h"

namespace dualsim::tcp {

// What the peer may send: the window that is advertised, with the receiver's
// silly window avoidance (RFC 9293 §3.8.6.2.2) and scaling (RFC 7323 §2). The
// right edge never moves left; where scaling rounds a window down, bytes up to
// the edge that was once advertised are still taken (RFC 7323 §2.4).
class ReceiveWindow {
 public:
  static constexpr uint8_t kMaxScale = 14;

  explicit ReceiveWindow(uint32_t buffer) : buffer_(buffer), offered_scale_(ScaleFor(buffer)) {}

  // The buffer's size from now on; the scale stays.
  void SetBuffer(uint32_t buffer) { buffer_ = buffer; }
  uint32_t buffer() const { return buffer_; }

  // The least scale with which the whole buffer can be advertised.
  static uint8_t ScaleFor(uint32_t buffer);

  // The peer's first byte is `first`. Windows in segments with SYN carry no
  // scale: what such a segment may promise is SynWindow().
  void Start(SeqNum first);
  uint16_t SynWindow() const;
  // Both ends sent the option: later windows are scaled.
  void EnableScale() { scale_ = offered_scale_; }
  uint8_t offered_scale() const { return offered_scale_; }
  uint8_t scale() const { return scale_; }

  // The window field of a segment sent now, where `buffered` bytes wait to be
  // read and `mss` is the largest segment that the peer sends.
  uint16_t Advertise(SeqNum next, uint32_t buffered, uint32_t mss);
  // Whether the program has read so much that the peer should be told at once:
  // the window would grow by half the buffer, or by two segments where that is a
  // quarter of the buffer or little else is left. Otherwise the next ACK tells.
  bool WorthTelling(SeqNum next, uint32_t buffered, uint32_t mss) const;

  // The end of what is accepted: RCV.NXT + RCV.WND.
  SeqNum edge() const { return edge_; }
  uint32_t Size(SeqNum next) const { return edge_ > next ? edge_ - next : 0; }

  // RFC 9293 §3.10.7.4, first check: some of [begin, begin + length) is in the
  // window, or the segment is empty and stands in it.
  bool Accepts(SeqNum next, SeqNum begin, uint32_t length) const;

 private:
  // Where the edge would be with all free space offered.
  SeqNum Offer(SeqNum next, uint32_t buffered) const;

  uint32_t buffer_;
  uint8_t offered_scale_;
  uint8_t scale_ = 0;
  SeqNum edge_;
};

}  // namespace dualsim::tcp
