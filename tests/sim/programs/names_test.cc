// Name resolution and happy eyeballs between nodes: the resolver of a node against
// servers on others.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "stack/application/registry.h"
#include "stack/application/scope.h"
#include "stack/dns/happy_eyeballs.h"
#include "tests/sim/programs/routed_hosts.h"

namespace dualsim::sim {
namespace {

using application::Network;
using application::Task;
using wire::DnsMessage;
using wire::DnsType;

application::Program Kind(std::string_view name, std::string_view arguments,
                          std::vector<application::Attachment> attachments = {}) {
  auto made = application::Registry::Make(name, arguments, std::move(attachments));
  EXPECT_TRUE(std::holds_alternative<application::Program>(made));
  return std::get<application::Program>(std::move(made));
}

// Host "a" asks host "b", which is its name server.
class NamesTest : public ::testing::Test {
 protected:
  NamesTest() { world.Boot(); }

  void Serve(std::string_view arguments, const std::string& zone) {
    world.node(RoutedHosts::kB)
        .StartProgram("dns-server", Kind("dns-server", arguments, {{"zone", "example.com", zone}}));
  }
  void Run(application::Program program) {
    world.node(RoutedHosts::kA).StartProgram("test", std::move(program));
  }
  // What resolving a name gives, with what it took.
  void Resolve(std::string name, DnsType type) {
    Run([this, name, type](Network& network) { return ResolveAndNote(network, name, type); });
  }
  Task<> ResolveAndNote(Network& network, std::string name, DnsType type) {
    const dns::Resolution found = co_await network.resolver().Resolve(network, name, type);
    notes.push_back(found.outcome == dns::Outcome::kFound
                        ? found.AnswerText(type) + (found.cached ? " (cached)" : "")
                        : std::string(dns::OutcomeText(found.outcome)));
  }

  RoutedHosts world{1, {}, {}, {RoutedHosts::b()}};
  std::vector<std::string> notes;
};

TEST_F(NamesTest, ANameIsAskedOnceAndThenKnown) {
  Serve("", "www 60 AAAA 2001:db8::80\n");
  Resolve("www.example.com", DnsType::kAaaa);
  world.RunFor(Seconds(1));
  Resolve("WWW.example.com.", DnsType::kAaaa);
  world.RunFor(Seconds(60));
  Resolve("www.example.com", DnsType::kAaaa);
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes,
            (std::vector<std::string>{"2001:db8::80", "2001:db8::80 (cached)", "2001:db8::80"}));
}

TEST_F(NamesTest, SaysWhyThereIsNoAnswer) {
  Serve("--fail=MX", "www AAAA 2001:db8::80\n");
  Resolve("nobody.example.com", DnsType::kAaaa);
  Resolve("www.example.com", DnsType::kTxt);
  Resolve("www.example.com", DnsType::kMx);
  Resolve("www.elsewhere.org", DnsType::kA);
  Resolve("no name", DnsType::kA);
  world.RunFor(Seconds(1));
  std::sort(notes.begin(), notes.end());
  EXPECT_EQ(notes, (std::vector<std::string>{"no data of this type", "no such name", "not a name",
                                             "the servers failed", "the servers failed"}));
}

TEST_F(NamesTest, NobodyThereIsATimeoutAndARefusalIsNone) {
  Resolve("www.example.com", DnsType::kAaaa);
  world.RunFor(Seconds(1));
  // Port unreachable: the server is asked in the second round, and given up then.
  EXPECT_EQ(notes, (std::vector<std::string>{"no server answered"}));
  notes.clear();
  world.node(RoutedHosts::kB).Crash();
  Resolve("www.example.com", DnsType::kAaaa);
  world.RunFor(Seconds(20));
  EXPECT_EQ(notes, (std::vector<std::string>{"no server answered"}));
}

TEST_F(NamesTest, ALongAnswerComesOverTcp) {
  std::string zone = "large TXT (";
  for (int i = 0; i < 20; ++i) zone += " " + std::string(200, static_cast<char>('a' + i));
  Serve("", zone + " )\n");
  Resolve("large.example.com", DnsType::kTxt);
  world.RunFor(Seconds(1));
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find(std::string(200, 't')), std::string::npos);
}

// A server that answers what it likes.
Task<> Forge(Network& network, std::function<void(DnsMessage&)> change) {
  auto socket = network.ListenUdp({.port = Port{wire::kDnsPort}});
  while (true) {
    const auto arrival = co_await (*socket)->Receive();
    if (!arrival || arrival->icmp_error) continue;
    DnsMessage message = *DnsMessage::Parse(arrival->data);
    message.response = true;
    message.answers.push_back({.name = message.questions[0].name,
                               .type = DnsType::kA,
                               .ttl = 60,
                               .data = Ipv4Address::FromInteger(0xc0000201)});
    change(message);
    const std::vector<uint8_t> bytes = message.Encode();
    static_cast<void>((*socket)->Send({.destination = arrival->source, .data = bytes}));
  }
}

TEST_F(NamesTest, AnAnswerToAnotherQuestionIsPassedOver) {  // RFC 5452
  int answers = 0;
  const std::function<void(DnsMessage&)> change = [&](DnsMessage& message) {
    if (++answers == 1) message.id ^= 1;
  };
  world.node(RoutedHosts::kB).StartProgram("forger", [change](Network& network) {
    return Forge(network, change);
  });
  Resolve("www.example.com", DnsType::kA);
  world.RunFor(Seconds(1));
  EXPECT_TRUE(notes.empty());
  world.RunFor(Seconds(10));
  EXPECT_EQ(notes, (std::vector<std::string>{"192.0.2.1"}));
}

TEST_F(NamesTest, AServerThatKnowsNoEdnsIsAskedWithout) {  // RFC 6891 §7
  const std::function<void(DnsMessage&)> change = [](DnsMessage& message) {
    if (!message.edns) return;
    message = {.id = message.id, .response = true, .code = wire::DnsResponseCode::kFormatError};
  };
  world.node(RoutedHosts::kB).StartProgram("forger", [change](Network& network) {
    return Forge(network, change);
  });
  Resolve("www.example.com", DnsType::kA);
  world.RunFor(Seconds(1));
  EXPECT_EQ(notes, (std::vector<std::string>{"192.0.2.1"}));
}

TEST_F(NamesTest, AHostIsFoundByItsName) {
  Serve("", "www AAAA 2001:db8:b::2\n");
  world.node(RoutedHosts::kB).StartProgram("network", Kind("network", ""));
  Run(Kind("connect", "--to=www.example.com:8080 --text=hello"));
  world.RunFor(Seconds(1));
  EXPECT_TRUE(world.log.Has("a test: connected to www.example.com at [2001:db8:b::2]:8080"));
  EXPECT_TRUE(world.log.Has("b network: read: 5 bytes"));
}

TEST_F(NamesTest, TheFirstAddressThatWorksWins) {  // RFC 8305 §5
  // Nobody has the first; the prefix of the second is shared for longer.
  Serve("", "www AAAA 2001:db8:a::99\nwww AAAA 2001:db8:b::2\n");
  world.node(RoutedHosts::kB).StartProgram("network", Kind("network", ""));
  Run(Kind("connect", "--to=www.example.com:8080 --text=hello"));
  world.RunFor(Milliseconds(500));
  EXPECT_TRUE(world.log.Has("a test: connected to www.example.com at [2001:db8:b::2]:8080"));
}

TEST_F(NamesTest, SaysWhyItCannotConnect) {
  Serve("", "www AAAA 2001:db8:b::2\n");
  Run(Kind("connect", "--to=www.example.com:9"));
  Run(Kind("connect", "--to=nobody.example.com:9"));
  world.RunFor(Seconds(1));
  EXPECT_TRUE(world.log.Has("cannot connect to www.example.com: 2001:db8:b::2: refused"));
  EXPECT_TRUE(world.log.Has("cannot connect to nobody.example.com: cannot resolve: no such name"));
}

TEST_F(NamesTest, HttpOverANameKeepsItsConnection) {
  Serve("", "www AAAA 2001:db8:b::2\n");
  world.node(RoutedHosts::kB).StartProgram("http-server", Kind("http-server", ""));
  Run(Kind("http", "--url=http://www.example.com/bytes/100000 --count=3"));
  Run(Kind("http", "--url=http://www.example.com/nothing"));
  Run(Kind("http", "--url=http://www.example.com/ --post=70000"));
  world.RunFor(Seconds(300));
  int whole = 0;
  for (const std::string& line : world.log.lines) {
    if (line.find("/bytes/100000: 200 OK, 100000 bytes") != line.npos) ++whole;
  }
  EXPECT_EQ(whole, 3);
  EXPECT_TRUE(world.log.Has("/nothing: 404 Not Found"));
  EXPECT_TRUE(world.log.Has("POST http://www.example.com/: 200 OK"));
  EXPECT_EQ(world.log.open, 0);
}

}  // namespace
}  // namespace dualsim::sim
