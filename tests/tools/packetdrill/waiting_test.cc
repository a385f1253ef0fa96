#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "tests/tools/packetdrill/driver.h"

namespace dualsim::packetdrill::testing {
namespace {

using Interface = packetdrill_interface;

// Whether a thread of this process sleeps, as packetdrill finds out.
bool Sleeps(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string text;
  std::getline(file, text);
  const size_t name_ends = text.rfind(')');
  return name_ends != std::string::npos && text.substr(name_ends + 2, 1) == "S";
}

// A call on a second thread, as packetdrill makes those that block: it waits until the call
// waits or is done.
class Blocked {
 public:
  Blocked(Driver& driver, std::function<ssize_t()> call)
      : thread_([this, &driver, call = std::move(call)] {
          id_ = static_cast<pid_t>(syscall(SYS_gettid));
          driver.Now();
          result_ = call();
          error_ = errno;
          ended_ = driver.Now();
          done_ = true;
        }) {
    while (!done_ && (id_ == 0 || !Sleeps(id_))) std::this_thread::yield();
  }
  ~Blocked() {
    if (thread_.joinable()) thread_.join();
  }
  ssize_t Result() {
    if (thread_.joinable()) thread_.join();
    return result_;
  }
  int error() const { return error_; }
  int64_t ended() const { return ended_; }

 private:
  ssize_t result_ = 0;
  int error_ = 0;
  int64_t ended_ = 0;
  std::atomic<pid_t> id_ = 0;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

// Waits for a time as packetdrill does: asleep until 20 us before, then looking.
void WaitUntil(Driver& driver, int64_t usec) {
  for (int64_t left = usec - driver.Now(); left > 0; left = usec - driver.Now()) {
    if (left > 20) driver.Sleep(left - 20);
  }
}

TEST(Waiting, AReadEndsWhenTheDataCome) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  Blocked read(driver, [&, fd = fd] { return driver.Read(fd, 100); });
  driver.Sleep(1'000'000);
  const int64_t before = driver.Now();
  driver.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 1, .payload = "abc"});
  driver.Sleep(5'000'000);
  EXPECT_EQ(read.Result(), 3);
  EXPECT_EQ(read.ended(), before) << "not when its thread woke up";
}

TEST(Waiting, AScriptsEventsComeToTheMicrosecond) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  const int64_t start = driver.Now();
  WaitUntil(driver, start + 250'000);
  EXPECT_EQ(driver.Write(fd, 100), 100);
  EXPECT_EQ(driver.Next()->usec - start, 250'000);
  WaitUntil(driver, start + 440'000);
  driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = 101});
  EXPECT_EQ(driver.NextText(), "nothing") << "its timer had not expired";
}

TEST(Waiting, AcceptEndsWithTheHandshake) {
  Driver driver;
  const int listener = driver.Socket();
  driver.Bind(listener);
  driver.Call(&Interface::listen, listener, 1);
  Blocked accept(driver, [&] { return driver.Accept(listener); });
  driver.ShakeHands();
  const int64_t then = driver.Now();
  EXPECT_GE(accept.Result(), 0);
  EXPECT_EQ(accept.ended(), then - 1);
}

TEST(Waiting, ConnectEndsWithTheAnswerOrItsLack) {
  Driver driver;
  const int fd = driver.Socket();
  Blocked connect(driver, [&] { return driver.Connect(fd); });
  const auto syn = driver.Next();
  ASSERT_TRUE(syn);
  driver.Inject({.flags = "SA", .acknowledgment = 1, .to = Number(syn->header.source)});
  EXPECT_EQ(connect.Result(), 0);
  const int other = driver.Socket();
  driver.SetFlag(other, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000);
  const int64_t start = driver.Now();
  Blocked silent(driver, [&] { return driver.Connect(other); });
  driver.Sleep(10'000'000);
  EXPECT_EQ(silent.Result(), -1);
  EXPECT_EQ(silent.error(), ETIMEDOUT);
  EXPECT_NEAR(static_cast<double>(silent.ended() - start), 5e6, 10);
}

TEST(Waiting, AWriteTakesAllAsThePeerMakesRoom) {
  Driver driver(Mode::kIpv4, "--send_buffer=4KiB");
  const auto [listener, fd] = driver.Serve();
  Blocked write(driver, [&, fd = fd] { return driver.Write(fd, 10'000); });
  uint32_t acknowledged = 1;
  for (int i = 0; i < 20 && acknowledged < 10'001; ++i) {
    const auto seen = driver.Next();
    ASSERT_TRUE(seen);
    acknowledged = seen->sequence + static_cast<uint32_t>(seen->payload.size());
    driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = acknowledged});
  }
  EXPECT_EQ(acknowledged, 10'001u);
  EXPECT_EQ(write.Result(), 10'000);
}

TEST(Waiting, MsgWaitallWaitsForAll) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  Blocked read(driver, [&, fd = fd] {
    return static_cast<ssize_t>(driver.ReadText(fd, 6, MSG_WAITALL).size());
  });
  driver.Inject({.flags = "PA", .sequence = 1, .acknowledgment = 1, .payload = "abc"});
  driver.Sleep(1'000'000);
  driver.Inject({.flags = "PA", .sequence = 4, .acknowledgment = 1, .payload = "def"});
  EXPECT_EQ(read.Result(), 6);
}

TEST(Waiting, PollEndsWithItsTime) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  const int64_t start = driver.Now();
  Blocked poll(driver, [&, fd = fd] { return driver.Poll(fd, POLLIN, 1500); });
  driver.Sleep(60'000'000);
  EXPECT_EQ(poll.Result(), 0);
  EXPECT_NEAR(static_cast<double>(poll.ended() - start), 1.5e6, 10);
}

TEST(Waiting, ACallMovesTheClockItselfWhereNobodyElseDoes) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  // packetdrill waits for a call's end without asking for the time.
  Blocked poll(driver, [&, fd = fd] { return driver.Poll(fd, POLLIN, 1500); });
  EXPECT_EQ(poll.Result(), 0);
  // And so does a call on the thread that moves the clock.
  const int64_t start = driver.Now();
  EXPECT_EQ(driver.Poll(fd, POLLIN, 1500), 0);
  EXPECT_EQ(driver.Now() - start, 1'500'001);
}

TEST(Waiting, WhatCanNeverEndIsNoHang) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  EXPECT_EQ(driver.Read(fd, 1), -1);
  EXPECT_EQ(errno, EDEADLK);
}

TEST(Waiting, SocketTimeoutsEndACall) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  const timeval timeout{2, 500'000};
  EXPECT_EQ(driver.Call(&Interface::setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
                        static_cast<socklen_t>(sizeof(timeout))),
            0);
  const int64_t start = driver.Now();
  EXPECT_EQ(driver.Read(fd, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(driver.Now() - start, 2'500'001);
}

// --- Polling ---

TEST(Polling, AListenerIsReadableWhenSomebodyWaits) {
  Driver driver;
  const int listener = driver.Socket();
  driver.Bind(listener);
  driver.Call(&Interface::listen, listener, 1);
  EXPECT_EQ(driver.Poll(listener, POLLIN), 0);
  driver.ShakeHands();
  EXPECT_EQ(driver.Poll(listener, POLLIN), POLLIN);
}

TEST(Polling, ManyFilesAtOnce) {
  Driver driver;
  const auto [listener, fd] = driver.Serve();
  pollfd files[] = {{.fd = listener, .events = POLLIN, .revents = 0},
                    {.fd = fd, .events = POLLIN | POLLOUT, .revents = 0},
                    {.fd = -1, .events = POLLIN, .revents = 7},
                    {.fd = 99, .events = POLLIN, .revents = 0}};
  pollfd* const all = files;
  EXPECT_EQ(driver.Call(&Interface::poll, all, nfds_t{4}, 0), 2);
  EXPECT_EQ(files[0].revents, 0);
  EXPECT_EQ(files[1].revents, POLLOUT);
  EXPECT_EQ(files[2].revents, 0);
  EXPECT_EQ(files[3].revents, POLLNVAL);
}

TEST(Polling, AFullBufferIsNotWritableBeforeAThirdIsFree) {
  Driver driver(Mode::kIpv4, "--send_buffer=3000");
  const auto [listener, fd] = driver.Serve();
  driver.NonBlocking(fd);
  EXPECT_EQ(driver.Write(fd, 5000), 3000);
  EXPECT_EQ(driver.Write(fd, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(driver.Poll(fd, POLLOUT), 0);
  driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = 501});
  EXPECT_EQ(driver.Poll(fd, POLLOUT), 0);
  driver.Inject({.flags = "A", .sequence = 1, .acknowledgment = 1001});
  EXPECT_EQ(driver.Poll(fd, POLLOUT), POLLOUT);
}

class Epoll : public ::testing::Test {
 protected:
  void SetUp() override {
    fd_ = driver_.Serve().second;
    set_ = driver_.Call(&Interface::epoll_create, 1);
    ASSERT_GE(set_, 0);
  }
  int Control(int operation, uint32_t events) {
    epoll_event event{.events = events, .data = {.u64 = 4711}};
    return driver_.Call(&Interface::epoll_ctl, set_, operation, fd_, &event);
  }
  // The events; 0 where there are none.
  uint32_t Wait(int timeout = 0) {
    epoll_event events[3]{};
    epoll_event* const out = events;
    if (driver_.Call(&Interface::epoll_wait, set_, out, 3, timeout) != 1) return 0;
    const uint64_t data = events[0].data.u64;  // The structure is packed.
    EXPECT_EQ(data, 4711u);
    return events[0].events;
  }
  void Arrive(uint32_t sequence) {
    driver_.Inject(
        {.flags = "PA", .sequence = sequence, .acknowledgment = 1, .payload = "0123456789"});
  }
  Driver driver_;
  int fd_ = -1;
  int set_ = -1;
};

TEST_F(Epoll, LevelTriggeredTellsForAsLongAsItIsSo) {
  EXPECT_EQ(Control(EPOLL_CTL_ADD, EPOLLIN), 0);
  EXPECT_EQ(Wait(), 0u);
  Arrive(1);
  EXPECT_EQ(Wait(), EPOLLIN);
  driver_.Read(fd_, 4);
  EXPECT_EQ(Wait(), EPOLLIN);
  driver_.Read(fd_, 6);
  EXPECT_EQ(Wait(), 0u);
}

TEST_F(Epoll, EdgeTriggeredTellsOfNewsAlone) {
  Control(EPOLL_CTL_ADD, EPOLLIN | static_cast<uint32_t>(EPOLLET));
  Arrive(1);
  EXPECT_EQ(Wait(), EPOLLIN);
  EXPECT_EQ(Wait(), 0u);
  Arrive(11);
  EXPECT_EQ(Wait(), EPOLLIN);
  // There is room again, which was not asked for.
  driver_.NonBlocking(fd_);
  ASSERT_LT(driver_.Write(fd_, 2 << 20), 2 << 20);
  driver_.Inject({.flags = "A", .sequence = 21, .acknowledgment = 5001});
  EXPECT_EQ(Wait(), 0u);
}

TEST_F(Epoll, OneShotTellsOnceUntilItIsArmedAgain) {
  Control(EPOLL_CTL_ADD, EPOLLIN | EPOLLONESHOT);
  Arrive(1);
  EXPECT_EQ(Wait(), EPOLLIN);
  EXPECT_EQ(Wait(), 0u);
  EXPECT_EQ(Control(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT), 0);
  EXPECT_EQ(Wait(), EPOLLIN);
}

TEST_F(Epoll, WaitsAndEndsWithItsTime) {
  Control(EPOLL_CTL_ADD, EPOLLIN);
  const int64_t start = driver_.Now();
  EXPECT_EQ(Wait(250), 0u);
  EXPECT_EQ(driver_.Now() - start, 250'001);
}

TEST_F(Epoll, WrongCallsAreRefused) {
  EXPECT_EQ(Control(EPOLL_CTL_MOD, EPOLLIN), -1);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(Control(EPOLL_CTL_ADD, EPOLLIN), 0);
  EXPECT_EQ(Control(EPOLL_CTL_ADD, EPOLLIN), -1);
  EXPECT_EQ(errno, EEXIST);
  EXPECT_EQ(Control(EPOLL_CTL_DEL, 0), 0);
  EXPECT_EQ(Control(EPOLL_CTL_DEL, 0), -1);
  EXPECT_EQ(errno, ENOENT);
  epoll_event event{};
  EXPECT_EQ(driver_.Call(&Interface::epoll_ctl, fd_, EPOLL_CTL_ADD, set_, &event), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(driver_.Call(&Interface::epoll_wait, set_, &event, 0, 0), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST_F(Epoll, AClosedSocketIsForgotten) {
  Control(EPOLL_CTL_ADD, EPOLLIN);
  Arrive(1);
  driver_.Close(fd_);
  EXPECT_EQ(Wait(), 0u);
}

}  // namespace
}  // namespace dualsim::packetdrill::testing
