#include "stack/host/programs/programs.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "stack/application/registry.h"
#include "stack/application/scope.h"
#include "stack/application/when_any.h"
#include "tests/sim/programs/routed_hosts.h"

namespace dualsim::sim {
namespace {

using application::Error;
using application::SocketAddress;
using application::Task;
using application::TcpFlow;

// What programs are made of in these tests: a coroutine that may note.
using Notes = std::vector<std::string>;

ByteView Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

application::Program Kind(std::string_view name, std::string_view arguments) {
  auto made = application::Registry::Make(name, arguments);
  EXPECT_TRUE(std::holds_alternative<application::Program>(made));
  return std::get<application::Program>(std::move(made));
}

class ProgramsTest : public ::testing::Test {
 protected:
  ProgramsTest() { world.Boot(); }

  void Start(NodeId node, application::Program program) {
    world.node(node).StartProgram("test", std::move(program));
  }

  RoutedHosts world;
  Notes notes;
};

Task<std::string> ReadToEnd(TcpFlow& flow) {
  std::string all;
  std::array<uint8_t, 100> buffer;
  while (true) {
    const auto read = co_await flow.Read(buffer);
    if (!read.data()) {
      if (!read.end()) all += "!" + std::string(read.text());
      co_return all;
    }
    all.append(reinterpret_cast<const char*>(buffer.data()), read.size);
  }
}

Task<std::string> Ask(application::Network& network, SocketAddress to, std::string question) {
  auto flow = co_await network.ConnectTcp(to);
  if (!flow) co_return std::string(ErrorText(flow.error()));
  if (const auto failed = co_await (*flow)->Write(Bytes(question))) {
    co_return "write: " + std::string(ErrorText(*failed));
  }
  (*flow)->ShutDownWrite();
  co_return co_await ReadToEnd(**flow);
}

application::Program Asks(SocketAddress to, std::string question, Notes& notes) {
  return [to, question, &notes](application::Network& network) -> Task<> {
    return
        [](application::Network& net, SocketAddress peer, std::string text, Notes& into) -> Task<> {
          into.push_back(co_await Ask(net, peer, text));
        }(network, to, question, notes);
  };
}

TEST_F(ProgramsTest, SpeakTcpOverARouter) {
  world.node(RoutedHosts::kB).StartProgram("echo", Kind("echo", "--port=7"));
  Start(RoutedHosts::kA, Asks({RoutedHosts::b(), Port{7}}, "is anybody there", notes));
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes, Notes{"is anybody there"});
  world.RunFor(Seconds(120));
  EXPECT_EQ(world.log.open, 0);
  EXPECT_EQ(world.log.programs, 1);  // The server.
}

TEST_F(ProgramsTest, ReachTheirOwnHost) {
  world.node(RoutedHosts::kA).StartProgram("echo", Kind("echo", ""));
  Start(RoutedHosts::kA, Asks({RoutedHosts::a(), Port{7}}, std::string(300'000, 'x'), notes));
  world.RunFor(Seconds(1));
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_EQ(notes[0], std::string(300'000, 'x'));
}

TEST_F(ProgramsTest, ReachTheirOwnLinkLocalAddressOnAnyInterface) {
  world.node(RoutedHosts::kRouter).StartProgram("echo", Kind("echo", ""));
  Start(RoutedHosts::kRouter, [this](application::Network& network) -> Task<> {
    for (const application::ConfiguredAddress& own : network.addresses()) {
      if (!own.address.is_link_local()) continue;
      auto flow = co_await network.ConnectTcp({own.address, Port{7}, own.interface});
      notes.push_back(flow ? "connected" : std::string(ErrorText(flow.error())));
    }
  });
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes, (Notes{"connected", "connected"}));
}

TEST_F(ProgramsTest, AreToldWhyTheyCannotConnect) {
  const auto ask = [&](IpAddress address, uint16_t port) {
    Start(RoutedHosts::kA, Asks({address, Port{port}}, "?", notes));
  };
  ask(RoutedHosts::b(), 9);
  ask(*IpAddress::Parse("192.0.2.1"), 9);
  ask(*IpAddress::Parse("ff02::1"), 9);
  ask(*IpAddress::Parse("::"), 9);
  ask(RoutedHosts::b(), 0);
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes,
            (Notes{"this host does not run the address's family", "not an address to send to",
                   "not an address to send to", "not an address to send to", "refused"}));
}

// RFC 1122 §4.2.3.10, and §6.1 of RFC 1112: a group is joined on a link, not on a route.
TEST(ProgramsOverIpv4, ReachOneByTcpAndManyByUdp) {
  RoutedHosts world(1, {}, {}, {}, true);
  world.Boot();
  Notes notes;
  world.RunFor(Seconds(10));
  world.node(RoutedHosts::kA).StartProgram("test", [&](application::Network& network) -> Task<> {
    const IpAddress broadcast = *IpAddress::Parse("192.0.2.127");
    const auto flow = co_await network.ConnectTcp({broadcast, Port{7}});
    notes.push_back(std::string(ErrorText(flow.error())));
    auto socket = network.ListenUdp({});
    const IpAddress group = *IpAddress::Parse("239.1.2.3");
    notes.push_back((*socket)->JoinGroup(group, std::nullopt) ? "not joined" : "joined");
  });
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes, (Notes{"not an address to send to", "joined"}));
}

TEST_F(ProgramsTest, AreRefusedAPortThatIsTaken) {
  Start(RoutedHosts::kA, [this](application::Network& network) -> Task<> {
    auto first = network.ListenTcp({.port = Port{80}});
    const auto second = network.ListenTcp({.port = Port{80}});
    notes.push_back(first ? "listens" : "fails");
    notes.push_back(std::string(ErrorText(second.error())));
    (*first)->Unlisten();
    const auto third = network.ListenTcp({.port = Port{80}});
    notes.push_back(third ? "listens again at once" : "fails");
    auto udp = network.ListenUdp({.port = Port{80}});
    notes.push_back(std::string(ErrorText(network.ListenUdp({.port = Port{80}}).error())));
    const auto other = network.ListenTcp({.port = Port{81}, .address = RoutedHosts::b()});
    notes.push_back(std::string(ErrorText(other.error())));
    co_return;
  });
  EXPECT_EQ(notes, (Notes{"listens", "port in use", "listens again at once", "port in use",
                          "the source is not this host's address"}));
}

TEST_F(ProgramsTest, SeeWhoTheyTalkTo) {
  Start(RoutedHosts::kB, [this](application::Network& network) -> Task<> {
    auto listener = network.ListenTcp({.port = Port{80}});
    auto flow = co_await (*listener)->Accept();
    notes.push_back((*flow)->peer().address.ToString() + " to " + (*flow)->local().ToString());
  });
  Start(RoutedHosts::kA, Asks({RoutedHosts::b(), Port{80}}, "?", notes));
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes.front(), "2001:db8:a::2 to [2001:db8:b::2]:80");
}

TEST_F(ProgramsTest, ExchangeDatagramsWithTheirRealAddresses) {
  world.node(RoutedHosts::kB).StartProgram("echo", Kind("echo", "--tcp=false"));
  Start(RoutedHosts::kA, [this](application::Network& network) -> Task<> {
    auto socket = network.ListenUdp({});
    const auto failed = (*socket)->Send(
        {.destination = {RoutedHosts::b(), Port{7}}, .data = Bytes("ping"), .ttl = 33});
    notes.push_back(failed ? "failed" : "sent");
    const auto arrival = co_await (*socket)->Receive();
    notes.push_back(std::string(arrival->data.begin(), arrival->data.end()) + " from " +
                    arrival->source.ToString() + " to " + arrival->destination.address.ToString());
    // Nobody has this port: ICMP says so, and the socket hears it.
    EXPECT_FALSE((*socket)->Send({.destination = {RoutedHosts::b(), Port{9}}, .data = Bytes("x")}));
    const auto error = co_await (*socket)->Receive();
    notes.push_back(std::string(ErrorText(*error->icmp_error)) + " by " +
                    error->destination.ToString());
  });
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes, (Notes{"sent", "ping from [2001:db8:b::2]:7 to 2001:db8:a::2",
                          "refused by [2001:db8:b::2]:9"}));
}

TEST_F(ProgramsTest, AreToldWhyTheyCannotSend) {
  Start(RoutedHosts::kA, [this](application::Network& network) -> Task<> {
    const auto note = [this](application::Status status) {
      notes.push_back(status ? std::string(ErrorText(*status)) : "sent");
    };
    note(network.SendUdp({.destination = {RoutedHosts::b(), Port{9}},
                          .data = Bytes("x"),
                          .source = RoutedHosts::b()}));
    note(network.SendUdp({.destination = {*IpAddress::Parse("192.0.2.1"), Port{9}}, .data = {}}));
    const std::vector<uint8_t> large(70'000);
    note(network.SendUdp({.destination = {RoutedHosts::b(), Port{9}}, .data = large}));
    co_return;
  });
  EXPECT_EQ(notes, (Notes{"the source is not this host's address",
                          "this host does not run the address's family", "too large"}));
}

TEST_F(ProgramsTest, AskForEchoes) {
  Start(RoutedHosts::kA, [this](application::Network& network) -> Task<> {
    const auto reply = co_await network.Echo(RoutedHosts::b());
    notes.push_back(reply ? reply->from.ToString() : std::string(ErrorText(reply.error())));
    const auto none = co_await network.Echo(RoutedHosts::Address('b', 77));
    notes.push_back(none ? "answered" : std::string(ErrorText(none.error())));
    const auto source = network.SourceFor(RoutedHosts::b());
    notes.push_back(source->ToString());
    notes.push_back(std::to_string(*network.Mtu(RoutedHosts::b())));
  });
  world.RunFor(Seconds(10));
  EXPECT_EQ(notes, (Notes{"2001:db8:b::2", "timeout", "2001:db8:a::2", "1500"}));
}

TEST_F(ProgramsTest, GiveUpAnAttemptThatTakesTooLong) {
  world.network.SetLinkUp(world.far(), false);
  Start(RoutedHosts::kA, [this](application::Network& network) -> Task<> {
    const Time start = network.now();
    const auto flow =
        co_await network.ConnectTcp({RoutedHosts::b(), Port{7}}, {.timeout = Milliseconds(500)});
    // The router has no link there any more, and says so.
    notes.push_back(std::string(ErrorText(flow.error())));
    EXPECT_LE(network.now() - start, Milliseconds(500));
  });
  world.RunFor(Seconds(5));
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_TRUE(notes[0] == "timeout" || notes[0] == "unreachable") << notes[0];
  EXPECT_EQ(world.log.open, 0);
}

TEST_F(ProgramsTest, EndWithTheirHostAndLeaveNothing) {
  world.node(RoutedHosts::kB).StartProgram("bulk-server", Kind("bulk-server", ""));
  world.node(RoutedHosts::kA)
      .StartProgram("bulk", Kind("bulk", "--to=2001:db8:b::2 --bytes=100MB --hash=false"));
  world.RunFor(Milliseconds(200));
  EXPECT_EQ(world.log.open, 2);
  world.node(RoutedHosts::kA).Crash();
  EXPECT_EQ(world.log.programs, 1);
  EXPECT_EQ(world.node(RoutedHosts::kA).programs(), nullptr);
  world.node(RoutedHosts::kA).Boot();
  world.RunFor(Seconds(400));
  // The server sends nothing, and its client is gone without a word: it waits.
  world.node(RoutedHosts::kB).ShutDown();
  EXPECT_EQ(world.log.programs, 0);
}

TEST_F(ProgramsTest, AreStoppedByName) {
  world.node(RoutedHosts::kB).StartProgram("echo", Kind("echo", ""));
  world.RunFor(Seconds(1));
  world.node(RoutedHosts::kB).StopPrograms("echo");
  EXPECT_EQ(world.log.programs, 0);
  Start(RoutedHosts::kA, Asks({RoutedHosts::b(), Port{7}}, "?", notes));
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes, Notes{"refused"});
}

TEST_F(ProgramsTest, BeginWithEveryBoot) {
  world.node(RoutedHosts::kB).AddBootProgram("echo", Kind("echo", ""));
  world.node(RoutedHosts::kB).Crash();
  world.node(RoutedHosts::kB).Boot();
  world.RunFor(Seconds(2));
  Start(RoutedHosts::kA, Asks({RoutedHosts::b(), Port{7}}, "again", notes));
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes, Notes{"again"});
}

TEST_F(ProgramsTest, TransferInBulkAndReport) {
  world.node(RoutedHosts::kB).StartProgram("bulk-server", Kind("bulk-server", ""));
  world.node(RoutedHosts::kA)
      .StartProgram("bulk", Kind("bulk", "--to=2001:db8:b::2 --bytes=1000001"));
  world.SetFaults({.loss = 10'000'000});
  world.RunFor(Seconds(60));
  EXPECT_TRUE(world.log.Has("received 1000001 bytes")) << ::testing::PrintToString(world.log.lines);
  EXPECT_TRUE(world.log.Has("on both sides"));
  EXPECT_GT(world.log.retransmissions, 0);
}

TEST_F(ProgramsTest, DrawRandomNumbersOfTheirOwn) {
  std::vector<uint64_t> drawn;
  for (const char* name : {"one", "two", "one"}) {
    world.node(RoutedHosts::kA).StartProgram(name, [&](application::Network& network) -> Task<> {
      drawn.push_back(network.random()());
      co_return;
    });
  }
  ASSERT_EQ(drawn.size(), 3u);
  EXPECT_NE(drawn[0], drawn[1]);
  EXPECT_NE(drawn[0], drawn[2]);
}

}  // namespace
}  // namespace dualsim::sim
