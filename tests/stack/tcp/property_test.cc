#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/stack/tcp/transfer.h"
#include "tests/support/sanitized.h"

namespace dualsim::tcp {
namespace {

using testing::PathConfig;
using testing::Transfer;
using testing::TwoHosts;

// What a seed makes of the two stacks and the path between them.
struct Scene {
  EndpointConfig a;
  EndpointConfig b;
  PathConfig path;
  IpFamily family = IpFamily::kIpv6;
  uint64_t bytes_ab = 0;
  uint64_t bytes_ba = 0;
  size_t chunk = 0;
};

EndpointConfig RandomEndpoint(RandomStream& random) {
  EndpointConfig config;
  Config& c = config.connection;
  c.sack = random.Below(4) != 0;
  c.rack = random.Below(4) != 0;
  c.timestamps = random.Below(4) != 0;
  c.window_scaling = random.Below(4) != 0;
  c.congestion = random.Below(2) == 0 ? Config::Congestion::kCubic : Config::Congestion::kNewReno;
  c.ecn = static_cast<Config::Ecn>(random.Below(3));
  c.receive_buffer = static_cast<uint32_t>(500 << random.Below(11));
  c.send_buffer = static_cast<uint32_t>(1000 << random.Below(10));
  return config;
}

Scene RandomScene(uint64_t seed) {
  RandomStream random(seed, "property", "setup");
  Scene scene;
  scene.a = RandomEndpoint(random);
  scene.b = RandomEndpoint(random);
  scene.family = random.Below(2) == 0 ? IpFamily::kIpv4 : IpFamily::kIpv6;
  constexpr uint32_t kLosses[] = {0, 0, 10'000'000, 30'000'000, 100'000'000, 300'000'000};
  PathConfig& path = scene.path;
  path.loss = kLosses[random.Below(6)];
  path.duplication = random.Below(3) == 0 ? 50'000'000 : 0;
  path.corruption = random.Below(3) == 0 ? 30'000'000 : 0;
  path.delay = Microseconds(static_cast<int64_t>(10 + random.Below(60'000)));
  if (random.Below(3) == 0) path.jitter = path.delay;
  if (random.Below(3) == 0) {
    path.bits_per_second = static_cast<int64_t>(1'000'000 << random.Below(7));
    path.queue_packets = 10 + random.Below(100);
    path.marks_ecn = random.Below(2) == 0;
  }
  if (random.Below(5) == 0) path.mtu = 1280 + static_cast<uint32_t>(random.Below(200));
  const uint64_t most = path.loss >= 100'000'000 ? 30'000 : 200'000;
  scene.bytes_ab = 1 + random.Below(most);
  scene.bytes_ba = random.Below(2) == 0 ? 0 : random.Below(most / 4);
  scene.chunk = 1 + random.Below(20'000);
  return scene;
}

// Both ends got all that was sent, or both know that they did not.
void ExpectEqualOrError(uint64_t seed) {
  const Scene scene = RandomScene(seed);
  TwoHosts world(seed, scene.a, scene.b, scene.path, scene.family);
  world.keep_sent = false;
  world.Listen();
  world.ca = world.Dial({.no_delay = seed % 3 == 0, .keepalive = {}});
  while (!world.AcceptOne() && world.A()->state() != State::kClosed && world.Step()) {
  }
  if (world.A()->state() == State::kClosed) {
    EXPECT_TRUE(world.A()->error()) << seed;
    return;
  }
  Transfer forth(world, true, scene.bytes_ab, seed);
  Transfer back(world, false, scene.bytes_ba, seed + 1);
  forth.chunk = back.chunk = scene.chunk;
  world.after_step = [&] {
    forth.Step();
    back.Step();
  };
  world.after_step();
  Time last = world.now();
  Duration longest;
  while (!(forth.complete() && back.complete()) && !forth.error() && !back.error()) {
    ASSERT_TRUE(world.Step()) << "nothing is due, yet all is not there; seed " << seed;
    const Time progress = std::max(forth.last_progress(), back.last_progress());
    longest = std::max(longest, world.now() - std::max(last, progress));
  }
  EXPECT_FALSE(forth.corrupt() || back.corrupt()) << seed;
  if (scene.path.loss == 0 && scene.path.corruption == 0) {
    EXPECT_TRUE(forth.complete() && back.complete()) << seed;
    EXPECT_LT(longest, Seconds(5)) << "a stall, seed " << seed;
  }
  world.after_step = nullptr;
  world.ea().Close(world.now(), world.ca);
  world.eb().Close(world.now(), world.cb);
  world.RunFor(Seconds(1000));
  EXPECT_EQ(world.ea().connections(), 0u) << seed;
  EXPECT_EQ(world.eb().connections(), 0u) << seed;
  EXPECT_EQ(world.ea().buffer_bytes() + world.eb().buffer_bytes(), 0u) << seed;
}

// DUALSIM_TCP_SEEDS=FIRST:COUNT runs others.
TEST(Property, WhateverThePathDoesBothEndsAgree) {
  uint64_t first = 1;
  uint64_t count = dualsim::testing::kSanitized ? 100 : 1'000;
  if (const char* const text = std::getenv("DUALSIM_TCP_SEEDS")) {
    char* end = nullptr;
    first = std::strtoull(text, &end, 10);
    if (*end == ':') count = std::strtoull(end + 1, nullptr, 10);
  }
  for (uint64_t seed = first; seed < first + count; ++seed) {
    ExpectEqualOrError(seed);
    if (HasFatalFailure()) return;
  }
}

TEST(Property, TheSameSeedGivesTheSameRun) {
  std::vector<std::pair<Time, uint32_t>> runs[2];
  for (auto& run : runs) {
    const Scene scene = RandomScene(42);
    TwoHosts world(42, scene.a, scene.b, scene.path, scene.family);
    world.Listen();
    world.ca = world.Dial();
    world.RunFor(Seconds(10));
    ASSERT_TRUE(world.AcceptOne());
    world.Write(true, 50'000);
    world.RunFor(Seconds(20));
    for (const auto& s : world.sent) run.emplace_back(s.time, s.header.sequence.value());
  }
  EXPECT_EQ(runs[0], runs[1]);
}

}  // namespace
}  // namespace dualsim::tcp
