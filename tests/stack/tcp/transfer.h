#pragma once

#include <algorithm>
#include <vector>

#include "tests/stack/tcp/two_hosts.h"

namespace dualsim::tcp::testing {

// A byte of a stream that depends on its place and on the stream.
inline uint8_t StreamByte(uint64_t place, uint64_t stream) {
  uint64_t x = (place + 1) * 0x9e3779b97f4a7c15 + stream * 0xd1342543de82ef95;
  x ^= x >> 29;
  return static_cast<uint8_t>(x * 0xbf58476d1ce4e5b9 >> 56);
}

// One direction of a connection: writes `total` bytes, reads them on the other
// side, compares each, and ends with a FIN.
class Transfer {
 public:
  Transfer(TwoHosts& world, bool from_a, uint64_t total, uint64_t stream)
      : world_(world), from_a_(from_a), total_(total), stream_(stream) {}

  // Does what can be done now.
  void Step() {
    Write();
    Read();
    const Connection* const writer = source().Find(source_id());
    if (writer != nullptr && writer->error() && !error_) error_ = writer->error();
  }
  uint64_t received() const { return received_; }
  bool complete() const { return ended_ && received_ == total_; }
  bool corrupt() const { return corrupt_; }
  std::optional<Error> error() const { return error_; }
  Time last_progress() const { return last_progress_; }

  uint64_t read_limit = ~uint64_t{0};  // The reader takes no more than this yet.
  size_t chunk = 16384;                // The writer's pieces.

 private:
  Endpoint& source() { return from_a_ ? world_.ea() : world_.eb(); }
  Endpoint& sink() { return from_a_ ? world_.eb() : world_.ea(); }
  ConnectionId source_id() { return from_a_ ? world_.ca : world_.cb; }
  ConnectionId sink_id() { return from_a_ ? world_.cb : world_.ca; }

  void Write() {
    while (written_ < total_) {
      buffer_.resize(std::min<uint64_t>(chunk, total_ - written_));
      for (size_t i = 0; i < buffer_.size(); ++i) buffer_[i] = StreamByte(written_ + i, stream_);
      const auto result = source().Write(world_.now(), source_id(), buffer_);
      if (result.error && !error_) error_ = result.error;
      if (result.accepted == 0) return;
      written_ += result.accepted;
    }
    if (!finished_) source().ShutDownWrite(world_.now(), source_id());
    finished_ = true;
  }

  void Read() {
    while (received_ < read_limit && !ended_) {
      buffer_.resize(std::min<uint64_t>(65536, read_limit - received_));
      const auto result = sink().Read(world_.now(), sink_id(), buffer_);
      if (result.status == Connection::ReadStatus::kEnd) ended_ = true;
      if (result.status == Connection::ReadStatus::kError && !error_) error_ = result.error;
      if (result.status != Connection::ReadStatus::kData) return;
      for (size_t i = 0; i < result.count; ++i) {
        corrupt_ |= buffer_[i] != StreamByte(received_ + i, stream_);
      }
      received_ += result.count;
      last_progress_ = world_.now();
    }
  }

  TwoHosts& world_;
  bool from_a_;
  uint64_t total_;
  uint64_t stream_;
  uint64_t written_ = 0;
  uint64_t received_ = 0;
  bool finished_ = false;
  bool ended_ = false;
  bool corrupt_ = false;
  std::optional<Error> error_;
  Time last_progress_;
  std::vector<uint8_t> buffer_;
};

}  // namespace dualsim::tcp::testing
