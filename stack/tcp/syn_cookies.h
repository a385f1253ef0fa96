#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/tcp/siphash.h"
#include "stack/wire/tcp.h"

namespace dualsim::tcp {

// SYN cookies, RFC 4987 §3.6: under a flood the sequence number of a SYN-ACK
// holds what a half-open connection would, and nothing is kept. The MSS is
// rounded down to one of eight; the other options travel in the low bits of the
// timestamp, where there is one, and are lost otherwise.
class SynCookies {
 public:
  explicit SynCookies(RandomStream& random) : hash_(random) {}

  // The sequence number with which the SYN of `peer_isn` is answered.
  SeqNum Make(const Flow& flow, SeqNum peer_isn, uint16_t mss, Time now);
  // The timestamp that carries `options`, at or just before `value`.
  static uint32_t Timestamp(uint32_t value, const wire::TcpOptions& options, bool ecn);

  // What a cookie that came back says.
  struct Restored {
    wire::TcpOptions options;
    bool ecn = false;
  };
  // The ACK of a cookie made here at most two periods ago; nullopt for any other.
  std::optional<Restored> Check(const Flow& flow, const wire::TcpHeader& ack, Time now) const;

 private:
  static constexpr Duration kPeriod = Seconds(64);

  static uint32_t Period(Time now) {
    return static_cast<uint32_t>(now.nanoseconds() / kPeriod.nanoseconds());
  }
  uint32_t Hash(const Flow& flow, SeqNum peer_isn, uint32_t period, uint32_t mss_index) const;

  SipHash hash_;
  Time last_made_ = Time::Never();
};

}  // namespace dualsim::tcp
