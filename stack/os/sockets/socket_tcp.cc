#include "stack/os/sockets/socket_tcp.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "stack/os/sockets/error_number.h"

namespace dualsim::os {

using application::Error;
using application::ReadResult;
using application::Status;

namespace {

ReadResult Failed(Error error) { return {.status = ReadResult::Status::kError, .error = error}; }
ReadResult End() { return {.status = ReadResult::Status::kEnd}; }
ReadResult Data(size_t size) { return {.status = ReadResult::Status::kData, .size = size}; }

}  // namespace

SocketFlow::SocketFlow(Programs::Core& core, Socket socket, const application::SocketAddress& peer)
    : core_(core), peer_(peer) {
  Adopt(std::move(socket));
}

SocketFlow::SocketFlow(Programs::Core& core, const application::SocketAddress& destination,
                       const application::TcpConnectOptions& options)
    : core_(core), peer_(destination), attempt_(std::make_unique<Attempt>(core.scheduler)) {
  attempt_->options = options;
}

SocketFlow::~SocketFlow() {
  // An attempt that nobody waits for any more is given up.
  if (attempt_ != nullptr) {
    Abort();
  } else {
    Close();
  }
}

void SocketFlow::Adopt(Socket socket) {
  socket_ = std::move(socket);
  SystemAddress local;
  if (::getsockname(socket_.file_descriptor(), local.get(), local.mutable_size()) == 0 &&
      local.is_ip()) {
    local_ = core_.FromSystem(local);
  }
  core_.loop.Add(socket_.file_descriptor(), Trigger::kChange, *this);
}

void SocketFlow::OnReady(bool readable, bool writable) {
  if (writable && attempt_ != nullptr) attempt_->answered = true;
  if (readable && input_ended_) Discard();
  if (readable) readable_.WakeAll(core_.scheduler);
  if (writable) writable_.WakeAll(core_.scheduler);
}

void SocketFlow::Fail(Error error) {
  if (error_) return;
  error_ = error;
  ++core_.counters.failed;
  // Whoever waits for the other direction learns it too.
  readable_.WakeAll(core_.scheduler);
  writable_.WakeAll(core_.scheduler);
}

// --- Reading ---

std::optional<ReadResult> SocketFlow::Receive(MutableByteView into) {
  if (error_) return Failed(*error_);
  if (peer_ended_ || input_ended_) return End();
  read_postponed_ = !core_.SpendCall();
  if (read_postponed_) return std::nullopt;
  ssize_t size = 0;
  do {
    size = ::recv(socket_.file_descriptor(), into.data(), into.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size > 0) {
    core_.counters.bytes_read += static_cast<uint64_t>(size);
    return Data(static_cast<size_t>(size));
  }
  if (size < 0 && errno == EAGAIN) return std::nullopt;
  // After the peer's end a reset hides behind it.
  const int error = size < 0 ? errno : socket_.Get<int>(SOL_SOCKET, SO_ERROR).value_or(0);
  if (error == 0) {
    peer_ended_ = true;
    return End();
  }
  Fail(ErrorOfNumber(error, Call::kTransfer));
  return Failed(*error_);
}

std::optional<ReadResult> SocketFlow::TryRead(MutableByteView into) {
  read_postponed_ = false;
  if (closed_) return Failed(Error::kClosed);
  // A read of nothing tells what there is.
  if (into.empty()) {
    auto there = TryPeek();
    if (there && there->data()) there->size = 0;
    return there;
  }
  const ByteView ready = peeked();
  if (ready.empty()) return Receive(into);
  const size_t size = std::min(ready.size(), into.size());
  std::memcpy(into.data(), ready.data(), size);
  Consume(size);
  return Data(size);
}

std::optional<ReadResult> SocketFlow::TryPeek() {
  read_postponed_ = false;
  if (closed_) return Failed(Error::kClosed);
  if (const size_t size = peeked().size(); size > 0) return Data(size);
  BufferPool::Buffer buffer = core_.buffers.Take();
  const auto received = Receive({buffer.get(), BufferPool::kSize});
  if (!received || !received->data()) {
    core_.buffers.Give(std::move(buffer));
    return received;
  }
  buffer_ = std::move(buffer);
  last_ = received->size;
  return received;
}

void SocketFlow::Consume(size_t size) {
  first_ += std::min(size, last_ - first_);
  if (first_ == last_) DropBuffer();
}

void SocketFlow::DropBuffer() {
  core_.buffers.Give(std::move(buffer_));
  first_ = last_ = 0;
}

void SocketFlow::ShutDownRead() {
  if (!socket_.is_open() || input_ended_) return;
  input_ended_ = true;
  DropBuffer();
  Discard();
  readable_.WakeAll(core_.scheduler);
}

// What came is taken from the kernel, so that its window stays open.
void SocketFlow::Discard() {
  if (error_ || peer_ended_) return;
  constexpr size_t kAtOnce = size_t{1} << 20;
  // More than a receive buffer holds; what comes in the meantime has its own event.
  constexpr int kRounds = 64;
  for (int i = 0; i < kRounds; ++i) {
    const ssize_t size = ::recv(socket_.file_descriptor(), nullptr, kAtOnce, MSG_TRUNC);
    if (size > 0) continue;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) Fail(ErrorOfNumber(errno, Call::kTransfer));
    if (size == 0) peer_ended_ = true;
    return;
  }
}

// --- Writing ---

application::TcpFlow::WriteProgress SocketFlow::TryWrite(ByteView bytes, application::Delay delay) {
  write_postponed_ = false;
  if (closed_) return {.error = Error::kClosed};
  if (error_) return {.error = error_};
  if (output_ended_) return {.error = Error::kClosed};
  const bool no_delay = delay == application::Delay::kNone;
  if (no_delay != no_delay_) {
    no_delay_ = no_delay;
    socket_.Set(IPPROTO_TCP, TCP_NODELAY, int{no_delay});
  }
  WriteProgress progress;
  while (progress.accepted < bytes.size()) {
    write_postponed_ = !core_.SpendCall();
    if (write_postponed_) return progress;
    const ByteView rest = bytes.subspan(progress.accepted);
    const ssize_t size = ::send(socket_.file_descriptor(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      progress.accepted += static_cast<size_t>(size);
      core_.counters.bytes_written += static_cast<uint64_t>(size);
    } else if (errno == EAGAIN) {
      return progress;
    } else if (errno != EINTR) {
      Fail(ErrorOfNumber(errno, Call::kTransfer));
      progress.error = error_;
      return progress;
    }
  }
  return progress;
}

void SocketFlow::ShutDownWrite() {
  if (!socket_.is_open() || output_ended_) return;
  output_ended_ = true;
  ::shutdown(socket_.file_descriptor(), SHUT_WR);
}

// --- The end ---

void SocketFlow::Close() {
  std::erase(core_.awaiting_source, this);
  if (closed_) return;
  closed_ = true;
  if (!socket_.is_open()) return;
  if (last_ > first_) {
    // The peer learns that something was not read, as it does where it lies in the kernel.
    const linger reset{.l_onoff = 1, .l_linger = 0};
    socket_.Set(SOL_SOCKET, SO_LINGER, reset);
  }
  DropBuffer();
  core_.loop.Remove(socket_.file_descriptor());
  socket_ = Socket();
  readable_.WakeAll(core_.scheduler);
  writable_.WakeAll(core_.scheduler);
  core_.OnFileFreed();
}

void SocketFlow::Abort() {
  if (socket_.is_open()) {
    const linger reset{.l_onoff = 1, .l_linger = 0};
    socket_.Set(SOL_SOCKET, SO_LINGER, reset);
  }
  Close();
}

application::TcpStatistics SocketFlow::statistics() const {
  if (!socket_.is_open()) return {};
  const auto info = socket_.Get<tcp_info>(IPPROTO_TCP, TCP_INFO);
  if (!info) return {};
  return {.segments_sent = info->tcpi_data_segs_out,
          .retransmissions = info->tcpi_total_retrans,
          .smoothed_rtt = Microseconds(info->tcpi_rtt),
          // The kernel's word for "none yet" is all ones.
          .min_rtt = Microseconds(info->tcpi_min_rtt == ~0u ? 0 : info->tcpi_min_rtt),
          .congestion_window = info->tcpi_snd_cwnd * info->tcpi_snd_mss,
          .mss = info->tcpi_snd_mss};
}

}  // namespace dualsim::os
