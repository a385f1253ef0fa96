#include "stack/os/sockets/sockets_config.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "stack/os/sockets/error_number.h"

namespace dualsim::os {
namespace {

using application::Error;

SocketsFromArguments From(std::string_view text) {
  const auto parsed = host::ParseBootArguments(text);
  EXPECT_TRUE(parsed.ok());
  return ApplyBootArguments(parsed.stacks.front());
}

TEST(SocketsConfig, RunsBothFamiliesAtEveryAddressByDefault) {
  const SocketsFromArguments made = From("");
  EXPECT_TRUE(made.config.ipv4);
  EXPECT_TRUE(made.config.ipv6);
  EXPECT_TRUE(made.config.ListenAddress(IpFamily::kIpv4).is_unspecified());
  EXPECT_TRUE(made.config.ListenAddress(IpFamily::kIpv6).is_unspecified());
  EXPECT_TRUE(made.errors.empty());
  EXPECT_TRUE(made.notes.empty());
}

TEST(SocketsConfig, TakesTheAddressAndLeavesTheMask) {
  const SocketsFromArguments made = From("--ipv4=127.0.0.1/24 --ipv6=2001:db8::2/64");
  EXPECT_EQ(made.config.ListenAddress(IpFamily::kIpv4).ToString(), "127.0.0.1");
  EXPECT_EQ(made.config.ListenAddress(IpFamily::kIpv6).ToString(), "2001:db8::2");
}

TEST(SocketsConfig, NarrowsTheFamilies) {
  EXPECT_FALSE(From("--ipv6-only").config.ipv4);
  EXPECT_FALSE(From("--ipv4-only=true").config.ipv6);
}

TEST(SocketsConfig, LeavesRoutesToTheMachineAndSaysSo) {
  const SocketsFromArguments made =
      From("--ipv4=192.0.2.2/24 --ipv4-gateway=192.0.2.1 --accept-router-advertisements=false");
  EXPECT_TRUE(made.errors.empty());
  ASSERT_EQ(made.notes.size(), 2u);
  EXPECT_EQ(made.notes[0], "--ipv4-gateway is not used: the operating system sees to it");
}

TEST(SocketsConfig, RefusesWhatSocketsDoNotHave) {
  const SocketsFromArguments made = From("--interface=eth0");
  ASSERT_EQ(made.errors.size(), 1u);
  EXPECT_NE(made.errors[0].find("--interface"), std::string::npos);
}

TEST(SocketsConfig, RefusesAnAddressThatIsNotTheMachines) {
  SocketsConfig config = From("--ipv4=203.0.113.77/24").config;
  const auto errors = FitToMachine(&config);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0], "--ipv4=203.0.113.77: it is no address of this machine");
  SocketsConfig loopback = From("--ipv4=127.0.0.1/8").config;
  EXPECT_TRUE(FitToMachine(&loopback).empty());
}

TEST(SocketsConfig, PutsTheFilesNameServersBehindItsOwn) {
  SocketsConfig config = From("--dns-servers=192.0.2.53").config;
  const std::string path = ::testing::TempDir() + "/resolv.conf";
  std::ofstream(path) << "# a comment\nnameserver 198.51.100.1\nnameserver 192.0.2.53\n"
                         "nameserver fe80::1%eth0\nnameserver 2001:db8::53\n"
                         "search example.com. example.org\noptions ndots:1\nnameserver\n";
  AddResolverFile(path, &config.name_servers);
  std::vector<std::string> servers;
  for (const auto& server : config.name_servers.servers) servers.push_back(server.ToString());
  EXPECT_EQ(servers,
            (std::vector<std::string>{"192.0.2.53:53", "198.51.100.1:53", "[2001:db8::53]:53"}));
  EXPECT_EQ(config.name_servers.search, (std::vector<std::string>{"example.com", "example.org"}));
  AddResolverFile("/nowhere", &config.name_servers);
  EXPECT_EQ(config.name_servers.servers.size(), 3u);
}

TEST(ErrorNumber, MeansAnotherThingBeforeAnythingIsSent) {
  EXPECT_EQ(ErrorOfNumber(ENETUNREACH, Call::kRoute), Error::kNoRoute);
  EXPECT_EQ(ErrorOfNumber(ENETUNREACH, Call::kTransfer), Error::kUnreachable);
  EXPECT_EQ(ErrorOfNumber(EADDRNOTAVAIL, Call::kPrepare), Error::kNotOurAddress);
  EXPECT_EQ(ErrorOfNumber(EADDRNOTAVAIL, Call::kRoute), Error::kNoSourceAddress);
  EXPECT_EQ(ErrorOfNumber(EADDRINUSE, Call::kPrepare), Error::kPortInUse);
  EXPECT_EQ(ErrorOfNumber(EACCES, Call::kPrepare), Error::kDenied);
  EXPECT_EQ(ErrorOfNumber(ECONNRESET, Call::kTransfer), Error::kReset);
  EXPECT_EQ(ErrorOfNumber(0x7fff, Call::kTransfer), Error::kOther);
}

}  // namespace
}  // namespace dualsim::os
