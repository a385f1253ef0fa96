#include "sim/scenario/units.h"

#include <gtest/gtest.h>

namespace dualsim::sim {
namespace {

Duration Read(std::string_view text) {
  const Reading<Duration> reading = ReadDuration(text);
  EXPECT_TRUE(reading.value) << text << ": " << reading.error;
  return reading.value.value_or(Duration());
}

TEST(Units, DurationsHaveUnitsAndAreExact) {
  EXPECT_EQ(Read("10s"), Seconds(10));
  EXPECT_EQ(Read("5us"), Microseconds(5));
  EXPECT_EQ(Read("1.5ms"), Microseconds(1500));
  EXPECT_EQ(Read("0.000000001s"), Nanoseconds(1));
  EXPECT_EQ(Read("1d"), Seconds(86'400));
  EXPECT_EQ(Read("1m30s"), Seconds(90));
  EXPECT_EQ(Read("1h0.5s"), Seconds(3600) + Milliseconds(500));
  EXPECT_EQ(Read("0"), Duration());
}

TEST(Units, WhatIsNoDurationIsRefusedWithACure) {
  EXPECT_EQ(ReadDuration("10").error,
            "'10' lacks a unit; write a duration such as '10s' or '1.5ms'");
  EXPECT_EQ(ReadDuration("-5us").error, "'-5us' is negative");
  EXPECT_EQ(ReadDuration("0.1ns").error, "'0.1ns' is finer than a nanosecond");
  EXPECT_EQ(ReadDuration("30s1m").error, "'30s1m' must go from larger to smaller units, each once");
  EXPECT_EQ(ReadDuration("5parsec").error,
            "'5parsec' has no unit of a duration; units are d, h, m, s, ms, us, ns");
  for (const char* text : {"", "s", "1.s", ".5s", "1 s", "10s ", "1e3s", "1s2s", "+1s", "1..5s"}) {
    EXPECT_FALSE(ReadDuration(text).value) << text;
    EXPECT_NE(ReadDuration(text).error, "") << text;
  }
}

TEST(Units, WhatDoesNotFitIsRefused) {
  EXPECT_EQ(Read("9223372036.854775806s").nanoseconds(), 9'223'372'036'854'775'806);
  EXPECT_EQ(ReadDuration("9223372036.854775807s").error, "'9223372036.854775807s' is too large");
  EXPECT_FALSE(ReadDuration("106752d").value);
  EXPECT_FALSE(ReadDuration("106751d106751d").value);
  EXPECT_FALSE(ReadDuration("99999999999999999999999999999999999999999s").value);
  EXPECT_FALSE(ReadDuration("1.00000000000000000000000000000000000000001s").value);
}

TEST(Units, RatesAreBitsPerSecond) {
  EXPECT_EQ(*ReadRate("1Gbps").value, 1'000'000'000u);
  EXPECT_EQ(*ReadRate("2.5Mbps").value, 2'500'000u);
  EXPECT_EQ(*ReadRate("unlimited").value, std::nullopt);
  EXPECT_FALSE(ReadRate("1Gb").value);
  EXPECT_FALSE(ReadRate("0bps").value);
  EXPECT_FALSE(ReadRate("1Gbps1Mbps").value);
  EXPECT_FALSE(ReadRate("0.5bps").value);
}

TEST(Units, SizesAreBytes) {
  EXPECT_EQ(ReadSize("1500B").value, 1500u);
  EXPECT_EQ(ReadSize("1MB").value, 1'000'000u);
  EXPECT_EQ(ReadSize("64KiB").value, 65'536u);
  EXPECT_FALSE(ReadSize("12").value);
}

TEST(Units, ProbabilitiesAreExactPartsPerBillion) {
  EXPECT_EQ(ReadProbability("1%").value, 10'000'000u);
  EXPECT_EQ(ReadProbability("0.0000001%").value, 1u);
  EXPECT_EQ(ReadProbability("0.01").value, 10'000'000u);
  EXPECT_EQ(ReadProbability("100%").value, 1'000'000'000u);
  EXPECT_EQ(ReadProbability("110%").error, "'110%' is more than certain; 100% is the most");
  EXPECT_FALSE(ReadProbability("0.0000000001").value);
  EXPECT_FALSE(ReadProbability("-1%").value);
  EXPECT_FALSE(ReadProbability("1 %").value);
}

TEST(Units, HexAllowsBlanksBetweenDigits) {
  EXPECT_EQ(ReadHex("00:0a ff\n1 2").value, (std::vector<uint8_t>{0, 10, 255, 0x12}));
  EXPECT_EQ(ReadHex("").value, std::vector<uint8_t>());
  EXPECT_EQ(ReadHex("123").error, "has an odd number of hexadecimal digits");
  EXPECT_EQ(ReadHex("1g").error, "holds 'g', which is no hexadecimal digit");
}

TEST(Units, DurationsReadBackAsTheyAreWritten) {
  EXPECT_EQ(DurationText(Microseconds(1500)), "1.5ms");
  EXPECT_EQ(DurationText(Seconds(1800)), "30m");
  EXPECT_EQ(DurationText(Seconds(90)), "90s");
  EXPECT_EQ(DurationText(Duration()), "0s");
  EXPECT_EQ(DurationText(Duration::Infinite()), "infinite");
  for (int64_t ns : {int64_t{1}, int64_t{999}, int64_t{1'000'001}, int64_t{3'600'000'000'001},
                     int64_t{86'400'000'000'000}, int64_t{9'223'372'036'854'775'806}}) {
    EXPECT_EQ(Read(DurationText(Nanoseconds(ns))), Nanoseconds(ns)) << ns;
  }
}

}  // namespace
}  // namespace dualsim::sim
