#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "stack/base/time.h"

namespace dualsim::tcp {

// The parameters of connections, with the RFC that each comes from. One object
// serves all connections of an endpoint.
struct Config {
  // Retransmission, RFC 6298.
  Duration initial_rto = Seconds(1);
  // RFC 6298 §2.4 asks for 1 s; RFC 8961 §4 lets measured paths go below, and
  // stacks in use do.
  Duration min_rto = Milliseconds(200);
  Duration max_rto = Seconds(60);
  int max_retransmissions = 15;             // Of one segment, or of one window probe.
  int r1_retransmissions = 3;               // RFC 9293 §3.8.3 R1: the network layer is told.
  Duration connect_timeout = Seconds(180);  // RFC 9293 §3.8.3: R2 of a SYN.
  int max_syn_retransmissions = 10;
  int max_syn_ack_retransmissions = 5;  // Of a half-open connection.

  // Buffers, each filled as data come; RFC 7323 scales windows over 64 KiB.
  uint32_t receive_buffer = 1 << 20;
  uint32_t send_buffer = 1 << 20;
  int max_holes = 64;  // In data that came out of order; a segment that would make one more is
                       // dropped.

  // Options.
  bool window_scaling = true;  // RFC 7323 §2
  bool timestamps = true;      // RFC 7323 §3
  bool sack = true;            // RFC 2018
  enum class Ecn : uint8_t { kOff, kAccept, kRequest };
  Ecn ecn = Ecn::kAccept;  // RFC 3168: kAccept uses it where the peer asks.

  // Congestion control and loss detection.
  enum class Congestion : uint8_t { kCubic, kNewReno };
  Congestion congestion = Congestion::kCubic;
  int initial_window_segments = 10;  // RFC 6928
  bool rack = true;                  // RFC 8985; otherwise RFC 6675's DupThresh. Both need SACK.
  uint32_t max_cwnd = 1 << 30;

  // Acknowledgments, RFC 9293 §3.8.6.3: less than 0.5 s.
  Duration delayed_ack = Milliseconds(40);

  // Connection ends.
  Duration msl = Seconds(30);                 // TIME-WAIT lasts twice as long.
  Duration fin_wait_2_timeout = Seconds(60);  // Of a connection that its program has let go.

  // Challenge ACKs of one connection, RFC 5961 §10.
  int challenge_ack_limit = 10;
  Duration challenge_ack_interval = Seconds(5);

  // RFC 5461 §4: whether a soft ICMP error ends an attempt to connect at once,
  // so that another address can be tried.
  bool soft_errors_end_connect = true;
};

// Keepalive, RFC 9293 §3.8.4: a probe after `idle` without a word from the peer,
// then one every `interval`; after `count` without an answer the connection ends.
struct Keepalive {
  Duration idle = Seconds(7200);
  Duration interval = Seconds(75);
  int count = 9;
  friend bool operator==(const Keepalive&, const Keepalive&) = default;
};

// What a program may choose for each connection.
struct ConnectionOptions {
  bool no_delay = false;   // Switches Nagle's algorithm off.
  bool cork = false;       // A part of a segment waits for the rest, the end, or a probe's time.
  bool quick_ack = false;  // Data are acknowledged at once, RFC 9293 §3.8.6.3.
  std::optional<Keepalive> keepalive;
  // RFC 9293 §3.9.1.1: how long data may stay unacknowledged. R2 of §3.8.3.
  Duration user_timeout = Seconds(300);
  // Instead of Config's. The receive buffer's size when the SYN is sent decides about the
  // window's scale; it can grow or shrink later within what that can tell.
  std::optional<Config::Congestion> congestion{};
  std::optional<uint32_t> receive_buffer{};
  std::optional<uint32_t> send_buffer{};
  // Of both directions, where it is less than the path's: the MSS that is offered, and what
  // is sent (RFC 9293 §3.7.1).
  std::optional<uint16_t> max_segment{};
};

// The header bytes of IP and TCP without options, RFC 9293 §3.7.1.
constexpr uint32_t kIpv4TcpHeader = 40;
constexpr uint32_t kIpv6TcpHeader = 60;
// The MSS of a peer that sent none.
constexpr uint16_t kDefaultMssIpv4 = 536;
constexpr uint16_t kDefaultMssIpv6 = 1220;
// What a path MTU never falls below, whatever ICMP says: RFC 8200 §5; for IPv4
// the least that RFC 1191's plateaus and RFC 5927 make plausible.
constexpr uint32_t kMinMtuIpv4 = 552;
constexpr uint32_t kMinMtuIpv6 = 1280;

}  // namespace dualsim::tcp
