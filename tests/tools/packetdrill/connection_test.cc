#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <cstring>

#include "tests/tools/packetdrill/driver.h"

namespace dualsim::packetdrill::testing {
namespace {

using Interface = packetdrill_interface;

class Families : public ::testing::TestWithParam<Mode> {
 protected:
  Driver driver_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, Families,
                         ::testing::Values(Mode::kIpv4, Mode::kIpv4MappedIpv6, Mode::kIpv6));

TEST_P(Families, APassiveConnectionFromHandshakeToTimeWait) {
  const int listener = driver_.Socket();
  ASSERT_EQ(driver_.SetFlag(listener, SOL_SOCKET, SO_REUSEADDR, 1), 0);
  ASSERT_EQ(driver_.Bind(listener), 0);
  ASSERT_EQ(driver_.Call(&Interface::listen, listener, 1), 0);
  driver_.Inject({.flags = "S", .options = {.mss = 1000}});
  EXPECT_EQ(driver_.NextText(), "SA 0 ack 1");
  driver_.Sleep(100'000);
  driver_.Inject({.flags = "A", .sequence = 1, .acknowledgment = 1});
  const int fd = driver_.Accept(listener);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(driver_.Write(fd, 100), 100);
  EXPECT_EQ(driver_.NextText(), "PA 1:101 ack 1");
  driver_.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 101, .payload = "GET /"});
  EXPECT_EQ(driver_.ReadText(fd, 100), "GET /");
  EXPECT_EQ(driver_.NextText(), "A 101 ack 6");
  EXPECT_EQ(driver_.Close(fd), 0);
  EXPECT_EQ(driver_.NextText(), "FA 101 ack 6");
  driver_.Inject({.flags = "FA", .sequence = 6, .acknowledgment = 102});
  EXPECT_EQ(driver_.NextText(), "A 102 ack 7");
  EXPECT_EQ(driver_.Close(listener), 0);
  EXPECT_EQ(driver_.NextText(), "nothing");
}

TEST_P(Families, AcceptTellsThePeersAddressInTheSocketsFamily) {
  const auto [listener, fd] = driver_.Serve();
  ASSERT_GE(fd, 0);
  driver_.ShakeHands({.mss = 1000}, 40001);
  sockaddr_storage expected;
  const socklen_t length = driver_.Address(driver_.remote(), 40001, expected);
  sockaddr_storage peer{};
  socklen_t room = sizeof(peer);
  auto* const address = reinterpret_cast<sockaddr*>(&peer);
  ASSERT_GE(driver_.Call(&Interface::accept, listener, address, &room), 0);
  EXPECT_EQ(room, length);
  EXPECT_EQ(std::memcmp(&peer, &expected, length), 0);
}

TEST_P(Families, AnActiveConnectionWithoutBlocking) {
  const int fd = driver_.Socket(SOCK_STREAM | SOCK_NONBLOCK);
  ASSERT_EQ(driver_.Connect(fd), -1);
  EXPECT_EQ(errno, EINPROGRESS);
  const auto syn = driver_.Next();
  ASSERT_TRUE(syn);
  EXPECT_EQ(syn->flags, "S");
  EXPECT_EQ(driver_.Connect(fd), -1);
  EXPECT_EQ(errno, EALREADY);
  EXPECT_EQ(driver_.Poll(fd, POLLOUT), 0);
  EXPECT_EQ(driver_.ReadText(fd, 1), "errno " + std::to_string(EAGAIN));
  driver_.Inject({.flags = "SA",
                  .acknowledgment = 1,
                  .options = {.mss = 1000},
                  .port = Driver::kRemotePort,
                  .to = Number(syn->header.source)});
  EXPECT_EQ(driver_.NextText(), "A 1 ack 1");
  EXPECT_EQ(driver_.Poll(fd, POLLOUT), POLLOUT);
  EXPECT_EQ(driver_.GetFlag(fd, SOL_SOCKET, SO_ERROR), 0);
  EXPECT_EQ(driver_.Connect(fd), 0) << "once, as Linux has it";
  EXPECT_EQ(driver_.Connect(fd), -1);
  EXPECT_EQ(errno, EISCONN);
}

TEST_P(Families, ARefusedConnection) {
  const int fd = driver_.Socket(SOCK_STREAM | SOCK_NONBLOCK);
  driver_.Connect(fd);
  const auto syn = driver_.Next();
  ASSERT_TRUE(syn);
  driver_.Inject({.flags = "RA", .acknowledgment = 1, .to = Number(syn->header.source)});
  EXPECT_EQ(driver_.Poll(fd, POLLIN | POLLOUT), POLLIN | POLLOUT | POLLERR | POLLHUP);
  EXPECT_EQ(driver_.GetFlag(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
  EXPECT_EQ(driver_.GetFlag(fd, SOL_SOCKET, SO_ERROR), 0) << "told once";
}

TEST_P(Families, UdpBothWays) {
  const int fd = driver_.Socket(SOCK_DGRAM);
  ASSERT_EQ(driver_.Bind(fd), 0);
  sockaddr_storage peer;
  const socklen_t length = driver_.Address(driver_.remote(), 53, peer);
  const auto* const address = reinterpret_cast<const sockaddr*>(&peer);
  ASSERT_EQ(driver_.Call(&Interface::sendto, fd, "abc", size_t{3}, 0, address, length), 3);
  std::vector<uint8_t> sent = driver_.NextPacket();
  const size_t ip = driver_.local().is_ipv4() ? 20 : 40;
  ASSERT_EQ(sent.size(), ip + 8 + 3);
  EXPECT_EQ(LoadBig16(&sent[ip]), Driver::kLocalPort);
  EXPECT_EQ(LoadBig16(&sent[ip + 2]), 53);
  // The same comes back: the pseudo header's sum is the same in both directions.
  std::vector<uint8_t> udp(sent.begin() + static_cast<std::ptrdiff_t>(ip), sent.end());
  std::swap(udp[0], udp[2]);
  std::swap(udp[1], udp[3]);
  driver_.InjectPacket(driver_.Wrap(wire::NextHeader::kUdp, udp));
  EXPECT_EQ(driver_.Poll(fd, POLLIN), POLLIN);
  char into[10];
  sockaddr_storage from{};
  socklen_t from_length = sizeof(from);
  ASSERT_EQ(driver_.Call(&Interface::recvfrom, fd, into, sizeof(into), 0,
                         reinterpret_cast<sockaddr*>(&from), &from_length),
            3);
  EXPECT_EQ(std::memcmp(&from, &peer, length), 0);
  EXPECT_EQ(driver_.Poll(fd, POLLIN), 0);
}

TEST(Connection, WhatWasLostIsSentAgainWhenItsTimerSays) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  ASSERT_EQ(driver.Write(fd, 500), 500);
  const auto first = driver.Next();
  const auto second = driver.Next();
  const auto third = driver.Next();
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(second->sequence, 1u);
  EXPECT_EQ(second->payload, first->payload);
  EXPECT_EQ(second->usec - first->usec, 200'000);
  EXPECT_EQ(third->usec - second->usec, 400'000);
  driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = 501});
  EXPECT_EQ(driver.NextText(), "nothing");
}

TEST(Connection, ThreeDuplicatesDrawTheSegmentAtOnce) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  ASSERT_EQ(driver.Write(fd, 5000), 5000);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(driver.Next()->payload.size(), 1000u);
  const int64_t start = driver.Now();
  for (int i = 0; i < 3; ++i) driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = 1});
  const auto again = driver.Next();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->sequence, 1u);
  EXPECT_LT(again->usec - start, 10);
}

TEST(Connection, ScatteredAndGatheredData) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  char a[] = "ab";
  char b[] = "cdef";
  const iovec out[] = {{a, 2}, {b, 4}};
  const iovec* const pieces = out;
  EXPECT_EQ(driver.Call(&Interface::writev, fd, pieces, 2), 6);
  EXPECT_EQ(driver.Next()->payload, "abcdef");
  driver.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 7, .payload = "0123456"});
  char c[3];
  char d[10];
  iovec in[] = {{c, sizeof(c)}, {d, sizeof(d)}};
  msghdr message{};
  message.msg_iov = in;
  message.msg_iovlen = 2;
  EXPECT_EQ(driver.Call(&Interface::recvmsg, fd, &message, MSG_PEEK), 7);
  EXPECT_EQ(driver.Call(&Interface::recvmsg, fd, &message, 0), 7);
  EXPECT_EQ(std::string(c, 3) + std::string(d, 4), "0123456");
  const msghdr reply = message;
  in[1].iov_len = 1;
  EXPECT_EQ(driver.Call(&Interface::sendmsg, fd, &reply, 0), 4);
}

TEST(Connection, PeekLeavesAndTruncThrowsAway) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 1, .payload = "abcdef"});
  EXPECT_EQ(driver.ReadText(fd, 3, MSG_PEEK), "abc");
  int count = 0;
  EXPECT_EQ(driver.Call(&Interface::ioctl, fd, static_cast<unsigned long>(FIONREAD), &count), 0);
  EXPECT_EQ(count, 6);
  EXPECT_EQ(driver.Call(&Interface::recv, fd, nullptr, size_t{2}, MSG_TRUNC), 2);
  EXPECT_EQ(driver.ReadText(fd, 10), "cdef");
  EXPECT_EQ(driver.ReadText(fd, 10, MSG_DONTWAIT), "errno " + std::to_string(EAGAIN));
}

TEST(Connection, TheQueuesAreTold) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  EXPECT_EQ(driver.Write(fd, 20'000), 20'000);
  int count = 0;
  driver.Call(&Interface::ioctl, fd, static_cast<unsigned long>(TIOCOUTQ), &count);
  EXPECT_EQ(count, 20'000);
  constexpr unsigned long kNotSent = 0x894b;  // SIOCOUTQNSD
  driver.Call(&Interface::ioctl, fd, kNotSent, &count);
  EXPECT_EQ(count, 10'000) << "the initial window is ten segments";
}

TEST(Connection, ResetFinAndTheirErrors) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.Inject({.flags = "FA", .sequence = 1, .acknowledgment = 1});
  EXPECT_EQ(driver.NextText(), "A 1 ack 2");
  EXPECT_EQ(driver.ReadText(fd, 1), "") << "the peer's end";
  EXPECT_EQ(driver.Poll(fd, POLLIN | POLLRDHUP), POLLIN | POLLRDHUP);
  driver.Inject({.flags = "R", .sequence = 2});
  EXPECT_EQ(driver.Poll(fd, POLLIN), POLLIN | POLLERR | POLLHUP);
  EXPECT_EQ(driver.Write(fd, 1), -1);
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_EQ(driver.Write(fd, 1), -1);
  EXPECT_EQ(errno, EPIPE);
  EXPECT_EQ(driver.ReadText(fd, 1), "");
}

TEST(Connection, HalfCloseKeepsTheOtherHalf) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  EXPECT_EQ(driver.Call(&Interface::shutdown, fd, SHUT_WR), 0);
  EXPECT_EQ(driver.NextText(), "FA 1 ack 1");
  EXPECT_EQ(driver.Write(fd, 1), -1);
  EXPECT_EQ(errno, EPIPE);
  driver.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 2, .payload = "late"});
  EXPECT_EQ(driver.ReadText(fd, 10), "late");
}

TEST(Connection, AClosedPortIsAnsweredWithAReset) {
  Driver driver;
  driver.Inject({.flags = "S", .to = 81});
  EXPECT_EQ(driver.NextText(), "RA 0 ack 1");
}

TEST(Connection, AnEchoRequestIsAnswered) {
  Driver driver;
  std::vector<uint8_t> echo = {8, 0, 0xf7, 0xfc, 0, 1, 0, 2};
  driver.InjectPacket(driver.Wrap(wire::NextHeader::kIcmpv4, echo));
  const auto reply = driver.NextPacket();
  ASSERT_EQ(reply.size(), 28u);
  EXPECT_EQ(reply[20], 0);
}

TEST(Connection, WrongCallsAreRefusedAsPosixSays) {
  Driver driver;
  const auto expect = [](ssize_t result, int error) {
    EXPECT_EQ(result, -1);
    EXPECT_EQ(errno, error);
  };
  expect(driver.Call(&Interface::socket, AF_UNIX, SOCK_STREAM, 0), EAFNOSUPPORT);
  expect(driver.Call(&Interface::socket, AF_INET, SOCK_RAW, 0), ESOCKTNOSUPPORT);
  expect(driver.Call(&Interface::socket, AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
  expect(driver.Close(77), EBADF);
  expect(driver.Close(-1), EBADF);
  const int fd = driver.Socket();
  expect(driver.Read(fd, 1), ENOTCONN);
  expect(driver.Write(fd, 1), EPIPE);
  expect(driver.Accept(fd), EINVAL);
  expect(driver.Call(&Interface::shutdown, fd, SHUT_WR), ENOTCONN);
  sockaddr_storage address;
  const socklen_t length = driver.Address(driver.remote(), 80, address);
  const auto* const foreign = reinterpret_cast<const sockaddr*>(&address);
  expect(driver.Call(&Interface::bind, fd, foreign, length), EADDRNOTAVAIL);
  expect(driver.Call(&Interface::bind, fd, foreign, socklen_t{3}), EINVAL);
  ASSERT_EQ(driver.Bind(fd), 0);
  expect(driver.Bind(fd), EINVAL);
  const int other = driver.Socket();
  expect(driver.BindAny(other), EADDRINUSE);
  int files[2];
  expect(driver.Call(&Interface::pipe, files), ENOSYS);
  const int epoll = driver.Call(&Interface::epoll_create, 1);
  expect(driver.Call(&Interface::listen, epoll, 1), ENOTSOCK);
}

TEST(Connection, APortInTimeWaitIsFreeForWhoReusesIt) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  driver.Close(fd);
  EXPECT_EQ(driver.NextText(), "FA 1 ack 1");
  driver.Inject({.flags = "FA", .sequence = 1, .acknowledgment = 2});
  driver.Close(listener);
  const int next = driver.Socket();
  EXPECT_EQ(driver.Bind(next), -1);
  EXPECT_EQ(errno, EADDRINUSE);
  driver.SetFlag(next, SOL_SOCKET, SO_REUSEADDR, 1);
  EXPECT_EQ(driver.Bind(next), 0);
}

TEST(Connection, AnErrorOfTheNetworkEndsAnAttempt) {  // RFC 5461 §4
  Driver driver;
  const int fd = driver.Socket(SOCK_STREAM | SOCK_NONBLOCK);
  driver.Connect(fd);
  const auto packet = driver.NextPacket();
  std::vector<uint8_t> icmp = {3, 1, 0, 0, 0, 0, 0, 0};  // Host unreachable.
  icmp.insert(icmp.end(), packet.begin(), packet.begin() + 28);
  uint32_t sum = 0;
  for (size_t i = 0; i < icmp.size(); i += 2) sum += LoadBig16(&icmp[i]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  StoreBig16(&icmp[2], static_cast<uint16_t>(~sum));
  driver.InjectPacket(driver.Wrap(wire::NextHeader::kIcmpv4, icmp));
  EXPECT_EQ(driver.GetFlag(fd, SOL_SOCKET, SO_ERROR), EHOSTUNREACH);
}

}  // namespace
}  // namespace dualsim::packetdrill::testing
