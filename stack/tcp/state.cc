#include "stack/tcp/state.h"

namespace dualsim::tcp {
namespace {

using enum State;

std::optional<State> OnSyn(State from) {
  switch (from) {
    case kListen:
    case kSynSent:  // Simultaneous open, §3.5 figure 7.
      return kSynReceived;
    default:
      return std::nullopt;
  }
}

std::optional<State> OnFin(State from) {
  switch (from) {
    case kSynReceived:
    case kEstablished:
      return kCloseWait;
    case kFinWait1:  // Simultaneous close, §3.6 figure 13.
      return kClosing;
    case kFinWait2:
      return kTimeWait;
    default:
      return std::nullopt;
  }
}

std::optional<State> OnClose(State from) {
  switch (from) {
    case kListen:
    case kSynSent:
      return kClosed;
    case kSynReceived:
    case kEstablished:
      return kFinWait1;
    case kCloseWait:
      return kLastAck;
    default:
      return std::nullopt;
  }
}

std::optional<State> OnAckOfFin(State from) {
  switch (from) {
    case kFinWait1:
      return kFinWait2;
    case kClosing:
      return kTimeWait;
    case kLastAck:
      return kClosed;
    default:
      return std::nullopt;
  }
}

std::optional<State> Only(State from, State expected, State to) {
  return from == expected ? std::optional(to) : std::nullopt;
}

}  // namespace

std::optional<State> Next(State from, Transition transition) {
  switch (transition) {
    case Transition::kPassiveOpen:
      return Only(from, kClosed, kListen);
    case Transition::kActiveOpen:
      return from == kListen ? kSynSent : Only(from, kClosed, kSynSent);
    case Transition::kSynArrived:
      return OnSyn(from);
    case Transition::kSynAckArrived:
      return Only(from, kSynSent, kEstablished);
    case Transition::kSynAcknowledged:
      return Only(from, kSynReceived, kEstablished);
    case Transition::kFinArrived:
      return OnFin(from);
    case Transition::kClose:
      return OnClose(from);
    case Transition::kFinAcknowledged:
      return OnAckOfFin(from);
    case Transition::kTimeWaitOver:
      return Only(from, kTimeWait, kClosed);
    case Transition::kEnd:
      return from == kClosed ? std::nullopt : std::optional(kClosed);
  }
  return std::nullopt;
}

std::string_view StateName(State state) {
  switch (state) {
    case kClosed:
      return "CLOSED";
    case kListen:
      return "LISTEN";
    case kSynSent:
      return "SYN-SENT";
    case kSynReceived:
      return "SYN-RECEIVED";
    case kEstablished:
      return "ESTABLISHED";
    case kFinWait1:
      return "FIN-WAIT-1";
    case kFinWait2:
      return "FIN-WAIT-2";
    case kCloseWait:
      return "CLOSE-WAIT";
    case kClosing:
      return "CLOSING";
    case kLastAck:
      return "LAST-ACK";
    case kTimeWait:
      return "TIME-WAIT";
  }
  return "";
}

}  // namespace dualsim::tcp
