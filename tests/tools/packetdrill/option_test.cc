#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <cstring>
#include <tuple>

#include "tests/tools/packetdrill/driver.h"

namespace dualsim::packetdrill::testing {
namespace {

using Interface = packetdrill_interface;

tcp_info InfoOf(Driver& driver, int fd) {
  tcp_info info{};
  socklen_t length = sizeof(info);
  driver.Call(&Interface::getsockopt, fd, IPPROTO_TCP, TCP_INFO, &info, &length);
  EXPECT_EQ(length, sizeof(info));
  return info;
}

TEST(Option, NumbersAreKeptAndTold) {
  Driver driver(Mode::kIpv6);
  const int fd = driver.Socket();
  // Level, name, what is set, what is told.
  const std::tuple<int, int, int, int> options[] = {
      {SOL_SOCKET, SO_REUSEADDR, 1, 1},        {SOL_SOCKET, SO_REUSEPORT, 1, 1},
      {SOL_SOCKET, SO_KEEPALIVE, 1, 1},        {SOL_SOCKET, SO_SNDBUF, 30'000, 60'000},
      {SOL_SOCKET, SO_RCVBUF, 20'000, 40'000}, {SOL_SOCKET, SO_RCVLOWAT, 5, 5},
      {IPPROTO_TCP, TCP_NODELAY, 7, 1},        {IPPROTO_TCP, TCP_CORK, 1, 1},
      {IPPROTO_TCP, TCP_QUICKACK, 1, 1},       {IPPROTO_TCP, TCP_MAXSEG, 1000, 1000},
      {IPPROTO_TCP, TCP_KEEPIDLE, 10, 10},     {IPPROTO_TCP, TCP_KEEPINTVL, 2, 2},
      {IPPROTO_TCP, TCP_KEEPCNT, 3, 3},        {IPPROTO_TCP, TCP_USER_TIMEOUT, 5000, 5000},
      {IPPROTO_TCP, TCP_DEFER_ACCEPT, 4, 4},   {IPPROTO_IPV6, IPV6_V6ONLY, 1, 1}};
  for (const auto& [level, name, value, told] : options) {
    EXPECT_EQ(driver.SetFlag(fd, level, name, value), 0) << level << " " << name;
    EXPECT_EQ(driver.GetFlag(fd, level, name), told) << level << " " << name;
  }
  EXPECT_EQ(driver.GetFlag(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
  EXPECT_EQ(driver.GetFlag(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
  EXPECT_EQ(driver.GetFlag(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
}

TEST(Option, WrongValuesAreRefused) {
  Driver driver;
  const int fd = driver.Socket();
  const std::tuple<int, int, int, int> wrong[] = {
      {IPPROTO_TCP, TCP_MAXSEG, 10, EINVAL},      {IPPROTO_TCP, TCP_KEEPIDLE, 0, EINVAL},
      {IPPROTO_TCP, TCP_KEEPCNT, 128, EINVAL},    {IPPROTO_TCP, TCP_USER_TIMEOUT, -1, EINVAL},
      {IPPROTO_TCP, 9999, 1, ENOPROTOOPT},        {SOL_SOCKET, 9999, 1, ENOPROTOOPT},
      {IPPROTO_IPV6, IPV6_V6ONLY, 1, ENOPROTOOPT}};
  for (const auto& [level, name, value, error] : wrong) {
    EXPECT_EQ(driver.SetFlag(fd, level, name, value), -1) << level << " " << name;
    EXPECT_EQ(errno, error) << level << " " << name;
  }
  const char byte = 1;
  EXPECT_EQ(driver.Call(&Interface::setsockopt, fd, IPPROTO_TCP, TCP_NODELAY, &byte, socklen_t{1}),
            -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST(Option, CongestionControlByName) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  const auto name = [&, fd = fd] {
    char text[16] = {};
    socklen_t length = sizeof(text);
    driver.Call(&Interface::getsockopt, fd, IPPROTO_TCP, TCP_CONGESTION, text, &length);
    return std::string(text);
  };
  EXPECT_EQ(name(), "cubic");
  EXPECT_EQ(
      driver.Call(&Interface::setsockopt, fd, IPPROTO_TCP, TCP_CONGESTION, "reno", socklen_t{4}),
      0);
  EXPECT_EQ(name(), "reno");
  EXPECT_EQ(
      driver.Call(&Interface::setsockopt, fd, IPPROTO_TCP, TCP_CONGESTION, "vegas", socklen_t{5}),
      -1);
  EXPECT_EQ(errno, ENOENT);
}

TEST(Option, CorkAndMsgMoreHoldAPartBack) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.SetFlag(fd, IPPROTO_TCP, TCP_CORK, 1);
  driver.Write(fd, 300);
  driver.Write(fd, 300);
  driver.SetFlag(fd, IPPROTO_TCP, TCP_CORK, 0);
  EXPECT_EQ(driver.NextText(), "PA 1:601 ack 1");
  driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = 601});
  const std::string text(100, 'm');
  driver.Call(&Interface::send, fd, text.data(), text.size(), MSG_MORE);
  driver.Call(&Interface::send, fd, text.data(), text.size(), 0);
  EXPECT_EQ(driver.NextText(), "PA 601:801 ack 1");
}

TEST(Option, NoDelaySendsSmallSegmentsAtOnce) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.Write(fd, 10);
  driver.Write(fd, 10);
  EXPECT_EQ(driver.NextText(), "PA 1:11 ack 1");
  driver.SetFlag(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  EXPECT_EQ(driver.NextText(), "PA 11:21 ack 1");
}

TEST(Option, MaxSegmentIsOfferedAndObeyed) {
  Driver driver;
  const int listener = driver.Socket();
  driver.SetFlag(listener, IPPROTO_TCP, TCP_MAXSEG, 600);
  driver.Bind(listener);
  driver.Call(&Interface::listen, listener, 1);
  driver.Inject({.flags = "S", .options = {.mss = 1000}});
  EXPECT_EQ(driver.Next()->header.options.mss, 600);
  driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = 1});
  const int fd = driver.Accept(listener);
  driver.Write(fd, 1000);
  EXPECT_EQ(driver.NextText(), "A 1:601 ack 1");
  EXPECT_EQ(driver.GetFlag(fd, IPPROTO_TCP, TCP_MAXSEG), 600);
}

TEST(Option, ReceiveBufferBoundsTheWindow) {
  Driver driver;
  const int listener = driver.Socket();
  driver.SetFlag(listener, SOL_SOCKET, SO_RCVBUF, 5000);
  driver.Bind(listener);
  driver.Call(&Interface::listen, listener, 1);
  driver.Inject({.flags = "S", .options = {.mss = 1000}});
  EXPECT_EQ(driver.Next()->header.window, 5000);
}

TEST(Option, QuickAckAnswersAtOnce) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 1, .payload = "ab"});
  const int64_t start = driver.Now();
  EXPECT_EQ(driver.Next()->usec - start, 40'000 - 1) << "the delay of an acknowledgment";
  driver.SetFlag(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
  driver.Inject({.flags = "PA", .sequence = 3, .acknowledgment = 1, .payload = "ab"});
  const int64_t then = driver.Now();
  EXPECT_EQ(driver.Next()->usec, then - 1);
}

TEST(Option, DeferAcceptWaitsForData) {
  Driver driver;
  const int listener = driver.Socket(SOCK_STREAM | SOCK_NONBLOCK);
  driver.SetFlag(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5);
  driver.Bind(listener);
  driver.Call(&Interface::listen, listener, 1);
  driver.ShakeHands();
  EXPECT_EQ(driver.Accept(listener), -1);
  EXPECT_EQ(errno, EAGAIN);
  driver.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 1, .payload = "hello"});
  const int fd = driver.Accept(listener);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(driver.ReadText(fd, 10), "hello");
}

TEST(Option, LingerOfNoTimeResets) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  const linger now{.l_onoff = 1, .l_linger = 0};
  driver.Call(&Interface::setsockopt, fd, SOL_SOCKET, SO_LINGER, &now,
              static_cast<socklen_t>(sizeof(now)));
  driver.Close(fd);
  EXPECT_EQ(driver.NextText(), "RA 1 ack 1");
}

TEST(Option, LingerWaitsForTheLastAcknowledgmentOrItsTime) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  const linger ten{.l_onoff = 1, .l_linger = 10};
  driver.Call(&Interface::setsockopt, fd, SOL_SOCKET, SO_LINGER, &ten,
              static_cast<socklen_t>(sizeof(ten)));
  linger told{};
  socklen_t length = sizeof(told);
  driver.Call(&Interface::getsockopt, fd, SOL_SOCKET, SO_LINGER, &told, &length);
  EXPECT_EQ(told.l_onoff, 1);
  EXPECT_EQ(told.l_linger, 10);
  const int64_t start = driver.Now();
  driver.Write(fd, 10);
  EXPECT_EQ(driver.Close(fd), 0);
  EXPECT_EQ(driver.Now() - start, 10'000'001) << "nobody answers";
}

TEST(Option, KeepaliveProbesAndGivesUp) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.SetFlag(fd, IPPROTO_TCP, TCP_KEEPIDLE, 10);
  driver.SetFlag(fd, IPPROTO_TCP, TCP_KEEPINTVL, 2);
  driver.SetFlag(fd, IPPROTO_TCP, TCP_KEEPCNT, 2);
  const int64_t start = driver.Now();
  driver.SetFlag(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  const auto probe = driver.Next();
  EXPECT_EQ(probe->usec - start, 10'000'000);
  EXPECT_EQ(probe->sequence, 0u);
  EXPECT_EQ(driver.Next()->usec - start, 12'000'000);
  EXPECT_EQ(driver.NextText(), "RA 1 ack 1");
  EXPECT_EQ(driver.GetFlag(fd, SOL_SOCKET, SO_ERROR), ETIMEDOUT);
}

TEST(Option, UserTimeoutEndsASilentConnection) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.SetFlag(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 3000);
  driver.Write(fd, 10);
  driver.Sleep(2'900'000);
  EXPECT_EQ(driver.Poll(fd, 0), 0);
  driver.Sleep(200'000);
  EXPECT_EQ(driver.Poll(fd, 0), POLLERR | POLLHUP);
  EXPECT_EQ(driver.ReadText(fd, 1), "errno " + std::to_string(ETIMEDOUT));
}

TEST(Option, V6OnlyLeavesIpv4Alone) {
  Driver driver(Mode::kIpv4MappedIpv6);
  const int both = driver.Socket();
  driver.BindAny(both);
  driver.Call(&Interface::listen, both, 1);
  driver.Inject({.flags = "S"});
  EXPECT_EQ(driver.NextText(), "SA 0 ack 1");
  const int only = driver.Socket();
  driver.SetFlag(only, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  driver.BindAny(only, 81);
  driver.Call(&Interface::listen, only, 1);
  driver.Inject({.flags = "S", .to = 81});
  EXPECT_EQ(driver.NextText(), "RA 0 ack 1");
}

TEST(Option, InfoTellsOfHandshakePathAndLoss) {
  Driver driver;
  const auto [listener, fd] =
      driver.Serve({.mss = 1000, .window_scale = 7, .sack_permitted = true});
  tcp_info info = InfoOf(driver, fd);
  EXPECT_EQ(info.tcpi_state, 1);
  EXPECT_EQ(info.tcpi_options, TCPI_OPT_SACK | TCPI_OPT_WSCALE);
  EXPECT_EQ(info.tcpi_snd_wscale, 7);
  EXPECT_EQ(info.tcpi_snd_mss, 1000u);
  EXPECT_EQ(info.tcpi_snd_cwnd, 10u);
  EXPECT_EQ(info.tcpi_snd_ssthresh, 0x7fffffffu);
  EXPECT_EQ(info.tcpi_rtt, 10'000u);
  EXPECT_EQ(info.tcpi_rto, 200'000u);
  EXPECT_EQ(info.tcpi_ca_state, TCP_CA_Open);
  driver.Write(fd, 8000);
  info = InfoOf(driver, fd);
  EXPECT_EQ(info.tcpi_unacked, 8u);
  driver.Sleep(10'000'000);
  info = InfoOf(driver, fd);
  EXPECT_EQ(info.tcpi_ca_state, TCP_CA_Loss);
  EXPECT_EQ(info.tcpi_lost, 8u);
  EXPECT_GT(info.tcpi_retransmits, 3);
  EXPECT_GT(info.tcpi_total_retrans, 3u);
  EXPECT_LT(info.tcpi_snd_ssthresh, 10u);
  EXPECT_EQ(InfoOf(driver, listener).tcpi_state, 10);
  EXPECT_EQ(InfoOf(driver, driver.Socket()).tcpi_state, 7);
}

TEST(Option, InfoFitsIntoASmallerStructure) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  uint8_t bytes[9];
  std::memset(bytes, 0xee, sizeof(bytes));
  socklen_t length = 8;
  EXPECT_EQ(driver.Call(&Interface::getsockopt, fd, IPPROTO_TCP, TCP_INFO, bytes, &length), 0);
  EXPECT_EQ(length, 8u);
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[8], 0xee);
}

}  // namespace
}  // namespace dualsim::packetdrill::testing
