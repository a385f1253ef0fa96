#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dualsim::tcp {

// The states of a connection, RFC 9293 §3.3.2.
enum class State : uint8_t {
  kClosed,
  kListen,
  kSynSent,
  kSynReceived,
  kEstablished,
  kFinWait1,
  kFinWait2,
  kCloseWait,
  kClosing,
  kLastAck,
  kTimeWait,
};
constexpr int kStateCount = 11;

// What moves a connection from one state to another.
enum class Transition : uint8_t {
  kPassiveOpen,      // The program listens.
  kActiveOpen,       // The program connects.
  kSynArrived,       // A SYN without an ACK of ours.
  kSynAckArrived,    // A SYN with the ACK of our SYN.
  kSynAcknowledged,  // The ACK of our SYN.
  kFinArrived,       // The peer's FIN, with all data before it.
  kClose,            // The program ends its side.
  kFinAcknowledged,  // The ACK of our FIN.
  kTimeWaitOver,     // 2 MSL have passed.
  kEnd,              // Reset, aborted, refused or timed out.
};
constexpr int kTransitionCount = 10;

// The whole of RFC 9293's figure 5, with the edges that only its text has: the
// state after `transition`; nullopt where a connection in `from` knows no such
// transition.
std::optional<State> Next(State from, Transition transition);

// RFC 9293 §3.3.2: both ends know each other's sequence numbers.
constexpr bool IsSynchronized(State s) { return s >= State::kEstablished; }

// "SYN-RECEIVED", as RFC 9293 writes it.
std::string_view StateName(State state);

}  // namespace dualsim::tcp
