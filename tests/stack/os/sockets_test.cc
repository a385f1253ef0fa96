// The machine's sockets behind the application interface, over the loopback: in a network
// namespace of the test's own where it may make one, else on the machine's.

#include <arpa/inet.h>
#include <dirent.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "stack/application/registry.h"
#include "stack/application/scope.h"
#include "stack/application/when_any.h"
#include "stack/os/event_loop.h"
#include "stack/os/sockets/programs.h"

namespace dualsim::os {
namespace {

using application::Error;
using application::Network;
using application::Task;
using application::TcpFlow;

constexpr Port kPort{18'080};
const IpAddress kLoopback4 = *IpAddress::Parse("127.0.0.1");
const IpAddress kLoopback6 = *IpAddress::Parse("::1");

ByteView Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class Lines final : public Observer {
 public:
  void OnLog(Time, const LogFact& fact) override { all.emplace_back(fact.text); }
  std::vector<std::string> all;
};

class SocketsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (::unshare(CLONE_NEWNET) != 0) return;
    const int file = ::socket(AF_INET, SOCK_DGRAM, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    ::ioctl(file, SIOCSIFFLAGS, &request);
    ::close(file);
  }

  void Make(SocketsConfig config = {}) {
    programs = std::make_unique<Programs>(config, loop, lines, random, application::Settings());
  }
  void Start(application::Program program) { programs->Start("test", std::move(program)); }
  void StartKind(std::string_view name, std::string_view arguments) {
    auto made = application::Registry::Make(name, arguments);
    ASSERT_TRUE(std::holds_alternative<application::Program>(made));
    programs->Start(name, std::get<application::Program>(std::move(made)));
  }
  // Until `left` programs are left.
  void RunUntilLeft(size_t left) {
    // So long that only what never ends reaches it.
    const Time limit = loop.now() + Seconds(50);
    while (programs->count() > left) {
      programs->Run(limit);
      ++turns;
      ASSERT_LT(loop.now(), limit) << "something never ends";
    }
  }

  EventLoop loop;
  Lines lines;
  RandomSource random{1, "host"};
  std::unique_ptr<Programs> programs;
  std::vector<std::string> notes;
  int turns = 0;
};

Task<std::string> Ask(Network& network, application::SocketAddress to, std::string question) {
  auto flow = co_await network.ConnectTcp(to);
  if (!flow) co_return std::string(ErrorText(flow.error()));
  if (co_await (*flow)->Write(Bytes(question))) co_return "cannot write";
  (*flow)->ShutDownWrite();
  std::string all;
  std::array<uint8_t, 1000> room;
  while (true) {
    const auto read = co_await (*flow)->Read(room);
    if (read.end()) co_return all;
    if (!read.data()) co_return all + "!" + std::string(read.text());
    all.append(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(read.size));
  }
}

application::Program Asks(application::SocketAddress to, std::vector<std::string>& notes,
                          std::string question = "hello") {
  return [to, &notes, question](Network& network) -> Task<> {
    return [](Network& net, application::SocketAddress peer, std::vector<std::string>& into,
              std::string text) -> Task<> {
      into.push_back(co_await Ask(net, peer, std::move(text)));
    }(network, to, notes, question);
  };
}

// Whether a plain socket of IPv4 can connect there.
bool CanConnect(const char* address) {
  const int file = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(Number(kPort));
  ::inet_pton(AF_INET, address, &to.sin_addr);
  const bool connected = ::connect(file, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  ::close(file);
  return connected;
}

size_t OpenFiles() {
  size_t count = 0;
  DIR* const folder = ::opendir("/proc/self/fd");
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

TEST_F(SocketsTest, SpeakBothFamiliesAndShowIpv4AsIpv4) {
  Make();
  StartKind("network", "--port=18080");
  Start(Asks({kLoopback4, kPort}, notes));
  RunUntilLeft(1);
  Start(Asks({kLoopback6, kPort}, notes));
  RunUntilLeft(1);
  ASSERT_EQ(lines.all.size(), 4u);
  EXPECT_EQ(lines.all[0].find("new tcp connection from IP 127.0.0.1 on port "), 0u);
  EXPECT_EQ(lines.all[1], "read: 5 bytes");
  EXPECT_EQ(lines.all[2].find("new tcp connection from IP ::1 on port "), 0u);
}

TEST_F(SocketsTest, ListenOnOneAddressAlone) {
  Make({.ipv4_address = *Ipv4Address::Parse("127.0.0.1")});
  StartKind("network", "--port=18080");
  programs->Run(Time());
  EXPECT_TRUE(CanConnect("127.0.0.1"));
  EXPECT_FALSE(CanConnect("127.0.0.2"));
}

TEST_F(SocketsTest, LeaveIpv4AloneWhereItIsOff) {
  Make({.ipv4 = false});
  StartKind("network", "--port=18080");
  programs->Run(Time());
  EXPECT_FALSE(CanConnect("127.0.0.1"));
  Start(Asks({kLoopback4, kPort}, notes));
  RunUntilLeft(1);
  EXPECT_EQ(notes, std::vector<std::string>{"this host does not run the address's family"});
}

TEST_F(SocketsTest, SayWhoHasThePort) {
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(Number(kPort));
  ASSERT_EQ(::bind(other, reinterpret_cast<sockaddr*>(&at), sizeof(at)), 0);
  ASSERT_EQ(::listen(other, 1), 0);
  Make();
  StartKind("network", "--port=18080");
  RunUntilLeft(0);
  EXPECT_EQ(lines.all, std::vector<std::string>{"cannot listen on TCP port 18080: port in use"});
  ::close(other);
}

TEST_F(SocketsTest, TellWhereADatagramWasSentTo) {
  Make();
  Start([this](Network& network) -> Task<> {
    auto socket = network.ListenUdp({.port = kPort});
    EXPECT_EQ(network.ListenUdp({.port = kPort}).error(), Error::kPortInUse);
    const IpAddress to = *IpAddress::Parse("127.0.0.5");
    EXPECT_FALSE(
        (*socket)->Send({.destination = {to, kPort}, .data = Bytes("x"), .ttl = uint8_t{9}}));
    const auto arrival = co_await (*socket)->Receive();
    notes.push_back(arrival->source.ToString() + " to " + arrival->destination.ToString() +
                    " TTL " + std::to_string(arrival->ttl));
    // And nobody's port.
    EXPECT_FALSE((*socket)->Send({.destination = {kLoopback6, Port{1}}, .data = Bytes("x")}));
    const auto error = co_await (*socket)->Receive();
    notes.push_back(std::string(ErrorText(*error->icmp_error)) + " by " +
                    error->destination.ToString());
  });
  RunUntilLeft(0);
  EXPECT_EQ(notes, (std::vector<std::string>{"127.0.0.1:18080 to 127.0.0.5:18080 TTL 9",
                                             "refused by [::1]:1"}));
}

TEST_F(SocketsTest, PingOrSayWhyNot) {
  Make();
  Start([this](Network& network) -> Task<> {
    const auto reply = co_await network.Echo(kLoopback6, {.timeout = Seconds(20)});
    notes.push_back(reply ? reply->from.ToString() : std::string(ErrorText(reply.error())));
  });
  RunUntilLeft(0);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_TRUE(notes[0] == "::1" || notes[0] == "not allowed") << notes[0];
}

// A flow that could go on for ever gives way.
TEST_F(SocketsTest, TakeTurns) {
  Make();
  StartKind("bulk-server", "--port=18080 --hash=false");
  StartKind("bulk", "--to=127.0.0.1:18080 --bytes=200MB --hash=false");
  RunUntilLeft(1);
  EXPECT_GT(turns, 10);
  EXPECT_GE(programs->counters().bytes_read, 200'000'000u);
}

TEST_F(SocketsTest, EndInTheMiddleOfATransferAndLeaveNoFile) {
  Make();
  programs->Run(Time());
  const size_t before = OpenFiles();
  StartKind("bulk-server", "--port=18080 --hash=false");
  StartKind("bulk", "--to=127.0.0.1:18080 --bytes=1GB --hash=false");
  StartKind("echo", "--port=18081");
  while (programs->counters().bytes_read < 1'000'000) programs->Run(Time::Never());
  EXPECT_GT(OpenFiles(), before);
  programs->StopAll();
  EXPECT_EQ(programs->count(), 0u);
  EXPECT_EQ(OpenFiles(), before);
}

TEST_F(SocketsTest, KeepListeningWithoutAFileLeft) {
  Make();
  StartKind("echo", "--port=18080 --udp=false");
  programs->Run(Time());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // Room for a few connections, both ends of which are here.
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(OpenFiles() + 11);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  StartKind("connections", "--to=127.0.0.1:18080 --count=200 --parallel=7 --text=hello");
  RunUntilLeft(1);
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_EQ(lines.all.size(), 1u);
  EXPECT_NE(lines.all[0].find("0 broke"), std::string::npos) << lines.all[0];
  // The listener lives: with files again all of them come up.
  StartKind("connections", "--to=127.0.0.1:18080 --count=20 --text=hello");
  RunUntilLeft(1);
  ASSERT_EQ(lines.all.size(), 2u);
  EXPECT_NE(lines.all[1].find("20 ended well, 0 broke, 0 did not"), std::string::npos)
      << lines.all[1];
}

TEST_F(SocketsTest, DrawTheNumbersThatTheSeedGives) {
  Make();
  std::vector<uint64_t> drawn;
  for (int i = 0; i < 2; ++i) {
    Start([&drawn](Network& network) -> Task<> {
      drawn.push_back(network.random()());
      co_return;
    });
  }
  RunUntilLeft(0);
  EXPECT_EQ(drawn, (std::vector<uint64_t>{random.Stream("application test")(),
                                          random.Stream("application test 2")()}));
}

}  // namespace
}  // namespace dualsim::os
