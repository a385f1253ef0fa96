#include "stack/os/event_loop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace dualsim::os {
namespace {

volatile sig_atomic_t signals_seen = 0;
void NoteSignal(int) { signals_seen = signals_seen + 1; }

// SIGTERM is counted while it lives.
class SignalCounter {
 public:
  SignalCounter() {
    signals_seen = 0;
    struct sigaction noting = {};
    noting.sa_handler = NoteSignal;
    ::sigaction(SIGTERM, &noting, &before_);
  }
  ~SignalCounter() { ::sigaction(SIGTERM, &before_, nullptr); }

 private:
  struct sigaction before_ = {};
};

// A file that can always be read.
class ReadyFile final : public EventHandler {
 public:
  explicit ReadyFile(EventLoop& loop) : loop_(loop), file_(::eventfd(1, EFD_CLOEXEC)) {
    loop_.Add(file_, Trigger::kReadable, *this);
  }
  ~ReadyFile() {
    loop_.Remove(file_);
    ::close(file_);
  }
  void OnReady(bool readable, bool) override { times_ += readable ? 1 : 0; }
  int times() const { return times_; }

 private:
  EventLoop& loop_;
  const int file_;
  int times_ = 0;
};

TEST(EventLoop, SignalsComeInDuringWaitAlone) {
  SignalCounter counter;
  EventLoop loop;
  ::raise(SIGTERM);
  EXPECT_EQ(signals_seen, 0);
  loop.Wait(Time::Never());
  EXPECT_EQ(signals_seen, 1);
}

TEST(EventLoop, ASignalIsSeenWhereAFileIsAlwaysReady) {
  SignalCounter counter;
  EventLoop loop;
  ReadyFile file(loop);
  ::raise(SIGTERM);
  loop.Wait(Time::Never());
  EXPECT_EQ(signals_seen, 1);
  EXPECT_EQ(file.times(), 1) << "and the file as well";
}

TEST(EventLoop, ASignalIsSeenByALookWithoutWaiting) {
  SignalCounter counter;
  EventLoop loop;
  ::raise(SIGTERM);
  loop.Wait(Time());
  EXPECT_EQ(signals_seen, 1);
}

TEST(EventLoop, ATimeThatComesEndsTheWait) {
  EventLoop loop;
  const Time until = loop.now() + Milliseconds(1);
  loop.Wait(until);
  EXPECT_GE(loop.now(), until);
}

}  // namespace
}  // namespace dualsim::os
