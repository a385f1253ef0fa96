#include <dlfcn.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <functional>

#include "tests/support/sanitized.h"
#include "tests/tools/packetdrill/driver.h"

namespace dualsim::packetdrill::testing {
namespace {

using Interface = packetdrill_interface;

// A script as packetdrill's are: handshake, a request, an answer of some segments, the end.
void RunScript(Driver& driver, uint16_t port) {
  const int listener = driver.Socket();
  driver.SetFlag(listener, SOL_SOCKET, SO_REUSEADDR, 1);
  ASSERT_EQ(driver.Bind(listener), 0);
  ASSERT_EQ(driver.Call(&Interface::listen, listener, 1), 0);
  driver.ShakeHands({.mss = 1000, .window_scale = 7, .sack_permitted = true}, port);
  const int fd = driver.Accept(listener);
  ASSERT_GE(fd, 0);
  driver.Inject({.flags = "PA",
                 .sequence = 1,
                 .acknowledgment = 1,
                 .payload = "GET / HTTP/1.1\r\n\r\n",
                 .port = port});
  ASSERT_EQ(driver.Read(fd, 1000), 18);
  ASSERT_EQ(driver.Write(fd, 5000), 5000);
  for (uint32_t end = 1001; end <= 5001; end += 1000) {
    const auto seen = driver.Next();
    ASSERT_TRUE(seen);
    ASSERT_EQ(seen->sequence + seen->payload.size(), end);
  }
  driver.Sleep(10'000);  // Before a tail loss probe is due.
  driver.Inject({.flags = "A", .sequence = 19, .acknowledgment = 5001, .port = port});
  driver.Close(fd);
  ASSERT_EQ(driver.NextText(), "FA 5001 ack 19");
  driver.Sleep(10'000);
  driver.Inject({.flags = "FA", .sequence = 19, .acknowledgment = 5002, .port = port});
  ASSERT_EQ(driver.NextText(), "A 5002 ack 20");
  driver.Close(listener);
}

double SecondsFor(const std::function<void()>& what) {
  const auto start = std::chrono::steady_clock::now();
  what();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(Library, AThousandScriptedConnectionsTakeSeconds) {
  const int count = dualsim::testing::kSanitized ? 100 : 1000;
  const double apart = SecondsFor([&] {
    for (int i = 0; i < count; ++i) {
      Driver driver(i % 2 == 0 ? Mode::kIpv4 : Mode::kIpv6);
      RunScript(driver, Driver::kRemotePort);
      if (HasFatalFailure()) return;
    }
  });
  Driver driver;
  const double together = SecondsFor([&] {
    for (int i = 0; i < count && !HasFatalFailure(); ++i) {
      RunScript(driver, static_cast<uint16_t>(10'000 + i));
    }
  });
  std::printf("%d connections, a run each: %.3f s; in one run: %.3f s\n", count, apart, together);
  // The figure is 10 s. A machine that does much else may be slow, but not by so much.
  EXPECT_LT(apart + together, 60);
}

TEST(Library, TimeIsVirtual) {
  Driver driver;
  const int64_t start = driver.Now();
  driver.Sleep(3'600'000'000);
  EXPECT_EQ(driver.Now() - start, 3'600'000'001);
  EXPECT_EQ(driver.Now() - start, 3'600'000'002) << "each look takes a microsecond";
}

TEST(Library, NothingToReceiveIsNoError) {
  Driver driver;
  uint8_t buffer[100];
  size_t count = sizeof(buffer);
  long long time = 0;
  EXPECT_EQ(driver.Call(&Interface::netdev_receive, buffer, &count, &time), 0);
  EXPECT_EQ(count, 0u);
}

TEST(Library, RunsKnowNothingOfEachOther) {
  Driver first;
  Driver second;
  EXPECT_EQ(first.Socket(), second.Socket());
  const auto [listener, fd] = first.Serve();
  EXPECT_GE(fd, 0);
  second.Inject({.flags = "S"});
  EXPECT_EQ(second.NextText(), "RA 0 ack 1") << "nobody listens there";
}

TEST(Library, TheSameScriptGivesTheSamePackets) {
  const auto packets = [] {
    Driver driver(Mode::kIpv6);
    const auto [listener, fd] = driver.Serve();
    driver.Write(fd, 3000);
    std::vector<std::vector<uint8_t>> all;
    for (int i = 0; i < 10; ++i) all.push_back(driver.NextPacket());
    return all;
  };
  EXPECT_EQ(packets(), packets());
}

TEST(Library, ShowsItsEntryPointAlone) {
  FILE* const names = popen((std::string("nm -D --defined-only ") + Driver::kLibrary).c_str(), "r");
  ASSERT_NE(names, nullptr);
  std::vector<std::string> lines;
  char line[4096];
  while (std::fgets(line, sizeof(line), names) != nullptr) lines.emplace_back(line);
  pclose(names);
  ASSERT_EQ(lines.size(), 1u) << lines[1];
  EXPECT_NE(lines[0].find("packetdrill_interface_init"), std::string::npos);
}

TEST(LibraryDeathTest, WrongFlagsEndTheProgramWithTheReason) {
  const auto init = [](const char* flags) {
    const auto entry = reinterpret_cast<decltype(&packetdrill_interface_init)>(
        dlsym(OpenLibrary(), "packetdrill_interface_init"));
    packetdrill_interface out;
    entry(flags, &out);
  };
  const auto code = ::testing::ExitedWithCode(2);
  EXPECT_EXIT(init(nullptr), code, "local_ip");
  EXPECT_EXIT(init("--local_ip=192.0.2.1 --gateway_ip=::1"), code, "gateway_ip");
  EXPECT_EXIT(init("--local_ip=192.0.2.2 --gateway_ip=192.0.2.1 --ecn=maybe"), code,
              "ecn.*maybe.*off or accept or request");
  EXPECT_EXIT(init("--local_ip=192.0.2.2 --gateway_ip=192.0.2.1 --colour=red"), code, "colour");
}

}  // namespace
}  // namespace dualsim::packetdrill::testing
