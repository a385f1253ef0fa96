// TLS between programs on two hosts, over our own TCP.

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "stack/application/registry.h"
#include "stack/apps/sha256.h"
#include "stack/apps/tls_client.h"
#include "stack/tls/context.h"
#include "stack/tls/tls_flow.h"
#include "tests/sim/programs/routed_hosts.h"

namespace dualsim::sim {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;
using apps::Sha256;

constexpr Port kPort{443};

std::string File(const std::string& name) {
  std::ifstream file("scenarios/dual_stack/tls/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

tls::Identity TestIdentity() { return {File("server.pem"), File("server.key")}; }

ByteView Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// What the peer of a connection is like that tests are not about.
struct Peer {
  uint64_t read = 0;
  Sha256 digest;
  std::string end;
};

// Both sides over a link; `client` and `server` are run when the handshake is over.
class TlsTest : public ::testing::Test {
 public:
  using Side = Task<> (*)(Network&, tls::TlsFlow&, TlsTest&);

  void Run(Side server, Side client, Duration duration = Seconds(60)) {
    world.Boot();
    world.node(RoutedHosts::kB).StartProgram("server", [this, server](Network& network) {
      return Serve(network, server);
    });
    world.node(RoutedHosts::kA).StartProgram("client", [this, client](Network& network) {
      return Connect(network, client);
    });
    world.RunFor(duration);
  }

  Task<> Serve(Network& network, Side side) {
    const auto context = tls::Context::Server(TestIdentity(), network.random());
    auto listener = network.ListenTcp({.port = kPort});
    auto flow = co_await (*listener)->Accept();
    auto outcome =
        co_await apps::AcceptTls(network, *context, *std::move(flow), apps::kTlsHandshakeTimeout);
    notes.push_back("server: " + (outcome.flow ? outcome.flow->protocol() : outcome.failure));
    if (outcome.flow) co_await side(network, *outcome.flow, *this);
  }

  Task<> Connect(Network& network, Side side) {
    const auto context = tls::Context::Client(File("authority.pem"), network.random());
    auto flow = co_await network.ConnectTcp({RoutedHosts::b(), kPort});
    auto outcome = co_await apps::ConnectTls(network, *context, *std::move(flow), server_name);
    notes.push_back("client: " + (outcome.flow ? outcome.flow->protocol() : outcome.failure));
    if (outcome.flow) co_await side(network, *outcome.flow, *this);
  }

  // So many bytes that nobody guesses.
  static std::vector<uint8_t> Content(size_t size) {
    std::vector<uint8_t> content(size);
    RandomStream random(1, "content", "");
    for (uint8_t& byte : content) byte = static_cast<uint8_t>(random());
    return content;
  }
  // Reads until it is over, `pause` after each piece.
  static Task<> ReadAll(Network& network, TcpFlow& flow, Duration pause, Peer& into) {
    std::array<uint8_t, 5000> buffer;
    while (true) {
      const auto read = co_await flow.Read(buffer);
      if (!read.data()) {
        into.end = std::string(read.text());
        co_return;
      }
      into.read += read.size;
      into.digest.Add(ByteView(buffer).first(read.size));
      co_await network.Sleep(pause);
    }
  }

  RoutedHosts world;
  std::vector<std::string> notes;
  std::string server_name = "secure.example.com";
  Peer server;
  Peer client;
};

TEST_F(TlsTest, CarriesBytesBothWaysAndEachSideEndsItsOwn) {
  Run(
      [](Network& network, tls::TlsFlow& flow, TlsTest& test) -> Task<> {
        co_await ReadAll(network, flow, Duration(), test.server);
        // The client has ended and is still told.
        EXPECT_FALSE(co_await flow.Write(Content(300'000)));
      },
      [](Network& network, tls::TlsFlow& flow, TlsTest& test) -> Task<> {
        EXPECT_FALSE(co_await flow.Write(Content(1'000'000)));
        flow.ShutDownWrite();
        EXPECT_TRUE(flow.TryWrite(Bytes("x"), application::Delay::kAllowed).error);
        co_await ReadAll(network, flow, Duration(), test.client);
      });
  EXPECT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0].substr(0, 15), "server: TLSv1.2");
  EXPECT_EQ(server.read, 1'000'000u);
  EXPECT_EQ(server.end, "end");
  Sha256 sent;
  sent.Add(Content(1'000'000));
  EXPECT_EQ(Sha256::ToHex(server.digest.Finish()), Sha256::ToHex(sent.Finish()));
  EXPECT_EQ(client.read, 300'000u);
  EXPECT_EQ(client.end, "end");
  EXPECT_EQ(world.log.open, 1);  // The client's, in TIME-WAIT.
  world.RunFor(Seconds(60));
  EXPECT_EQ(world.log.open, 0);
}

TEST_F(TlsTest, ASlowReaderHoldsUpTheWriter) {
  static Time written;
  Run(
      [](Network& network, tls::TlsFlow& flow, TlsTest& test) -> Task<> {
        co_await network.Sleep(Seconds(20));
        co_await ReadAll(network, flow, Duration(), test.server);
      },
      [](Network& network, tls::TlsFlow& flow, TlsTest&) -> Task<> {
        EXPECT_FALSE(co_await flow.Write(Content(5'000'000)));
        written = network.now();
        // Its last record is in the way: it waits for that.
        flow.ShutDownWrite();
        co_await flow.Drained();
      });
  EXPECT_GT(written, Time() + Seconds(19));
  EXPECT_EQ(server.read, 5'000'000u);
  EXPECT_EQ(server.end, "end");
}

TEST_F(TlsTest, WhatIsCutOffIsNotTakenForTheEnd) {
  Run(
      [](Network& network, tls::TlsFlow& flow, TlsTest& test) -> Task<> {
        co_await ReadAll(network, flow, Duration(), test.server);
        EXPECT_EQ(test.server.end, "reset by the peer");
      },
      [](Network& network, tls::TlsFlow& flow, TlsTest&) -> Task<> {
        EXPECT_FALSE(co_await flow.Write(Bytes("half of it")));
        co_await network.Sleep(Seconds(1));
        flow.Abort();
      });
  EXPECT_EQ(server.read, 10u);
}

TEST_F(TlsTest, AServerOfAnotherNameIsNotBelieved) {
  server_name = "other.example.com";
  const Side unreached = [](Network&, tls::TlsFlow&, TlsTest&) -> Task<> {
    ADD_FAILURE();
    co_return;
  };
  Run(unreached, unreached);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_NE(notes[0].find("does not match with the expected CN"), notes[0].npos) << notes[0];
  EXPECT_NE(notes[1].find("alert"), notes[1].npos) << notes[1];
}

TEST_F(TlsTest, AHandshakeThatGetsNoAnswerEnds) {
  world.Boot();
  world.node(RoutedHosts::kB).StartProgram("server", [this](Network& network) {
    return Serve(network, nullptr);
  });
  world.node(RoutedHosts::kA).StartProgram("client", [](Network& network) -> Task<> {
    return [](Network& net) -> Task<> {
      auto flow = co_await net.ConnectTcp({RoutedHosts::b(), kPort});
      co_await net.Sleep(Seconds(60));
    }(network);
  });
  world.RunFor(Seconds(30));
  EXPECT_EQ(notes, std::vector<std::string>{"server: the handshake took too long"});
}

TEST(TlsIdentity, FaultsAreNamed) {
  const tls::Identity good = TestIdentity();
  EXPECT_EQ(tls::CheckIdentity(good), std::nullopt);
  EXPECT_EQ(tls::CheckCertificates(good.certificates + File("authority.pem")), std::nullopt);
  EXPECT_EQ(tls::CheckIdentity({File("authority.pem"), good.key}),
            "the key is not the certificate's");
  for (const std::string& bad :
       {std::string(), std::string("x"), good.key, good.certificates.substr(0, 300),
        good.certificates + good.certificates.substr(0, 300)}) {
    const auto wrong = tls::CheckCertificates(bad);
    ASSERT_TRUE(wrong) << bad;
    EXPECT_EQ(wrong->find("the certificate can't be read: "), 0u) << *wrong;
    EXPECT_EQ(wrong->find('\n'), wrong->npos);
  }
  const auto wrong = tls::CheckIdentity({good.certificates, good.certificates});
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->find("the key can't be read: "), 0u) << *wrong;
}

}  // namespace
}  // namespace dualsim::sim
