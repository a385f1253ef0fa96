#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/tcp/integer_math.h"

namespace dualsim::tcp {

// Proportional Rate Reduction with the slow start reduction bound, RFC 6937: the
// window falls to ssthresh in step with what is delivered.
class ProportionalRateReduction {
 public:
  void Begin(uint32_t flight) {
    recover_fs_ = std::max<uint32_t>(flight, 1);
    delivered_ = 0;
    out_ = 0;
  }
  void OnSent(uint32_t bytes) { out_ += bytes; }

  // The new window, after an acknowledgment with which `delivered` bytes more
  // were delivered.
  uint32_t OnAck(uint32_t delivered, uint32_t pipe, uint32_t ssthresh, uint32_t smss) {
    delivered_ += delivered;
    uint64_t count = 0;
    if (pipe > ssthresh) {
      const uint64_t target = MultiplyDivide(delivered_, ssthresh, recover_fs_) +
                              (delivered_ * ssthresh % recover_fs_ != 0 ? 1 : 0);
      count = target > out_ ? target - out_ : 0;
    } else {
      const uint64_t behind = delivered_ > out_ ? delivered_ - out_ : 0;
      const uint64_t limit = std::max<uint64_t>(behind, delivered) + smss;
      count = std::min<uint64_t>(ssthresh - pipe, limit);
    }
    return pipe + static_cast<uint32_t>(count);
  }

 private:
  uint64_t recover_fs_ = 1;  // RecoverFS
  uint64_t delivered_ = 0;   // prr_delivered
  uint64_t out_ = 0;         // prr_out
};

}  // namespace dualsim::tcp
