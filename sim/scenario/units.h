#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/link_config.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// A value that a person wrote, or what is wrong with it: a clause such as
// "'10' lacks a unit; write '10s' or '10ms'".
template <typename T>
struct Reading {
  std::optional<T> value;
  std::string error;  // Set exactly when `value` is not.
};

// All of these are exact: integers only, and what can't be held is an error.

// "10s", "1.5ms", "1m30s", "0"; units ns, us, ms, s, m, h, d, from larger to
// smaller. Never negative. A finer part than a nanosecond is an error.
Reading<Duration> ReadDuration(std::string_view text);
// "1Gbps", "2.5Mbps", "unlimited" (which is nullopt), in bits per second.
Reading<std::optional<uint64_t>> ReadRate(std::string_view text);
// "1MB", "64KiB", "1500B", in bytes.
Reading<uint64_t> ReadSize(std::string_view text);
// "1%", "0.05%", "0.01"; at most 1.
Reading<PartsPerBillion> ReadProbability(std::string_view text);
// "60 00:0a,..." as bytes; blanks, line ends and colons between digits pass.
Reading<std::vector<uint8_t>> ReadHex(std::string_view text);

// The shortest text that ReadDuration reads as `duration`: "1.5ms", "3s", "2h",
// "infinite". For messages.
std::string DurationText(Duration duration);
inline std::string TimeText(Time time) { return DurationText(Nanoseconds(time.nanoseconds())); }

}  // namespace dualsim::sim
