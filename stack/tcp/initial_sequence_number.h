#pragma once

#include "stack/base/time.h"
#include "stack/tcp/siphash.h"
#include "stack/wire/seq_num.h"

namespace dualsim::tcp {

// RFC 6528 §3: ISN = M + F(flow, key), where M ticks every 4 microseconds. To a
// flow that comes again the numbers go on rising; of one another cannot guess.
class InitialSequenceNumber {
 public:
  explicit InitialSequenceNumber(RandomStream& random) : hash_(random) {}

  SeqNum operator()(const Flow& flow, Time now) const {
    const auto m = static_cast<uint32_t>(now.nanoseconds() / 4000);
    return SeqNum(m + static_cast<uint32_t>(hash_(flow)));
  }

 private:
  SipHash hash_;
};

}  // namespace dualsim::tcp
