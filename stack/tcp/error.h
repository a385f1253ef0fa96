#pragma once

#include <cstdint>
#include <string_view>

namespace dualsim::tcp {

// Why a connection ended other than by two FINs, or why a call was refused.
enum class Error : uint8_t {
  kTimeout,      // The peer did not answer within the limits.
  kRefused,      // Nobody listens there: the SYN was answered with a reset.
  kReset,        // The peer reset the connection.
  kUnreachable,  // ICMP says that the peer, its protocol or its port can't be reached.
  kAborted,      // This side aborted.
  kClosed,       // This side has ended its output (or the connection is over).
};

// "timeout", "refused".
constexpr std::string_view ErrorName(Error error) {
  switch (error) {
    case Error::kTimeout:
      return "timeout";
    case Error::kRefused:
      return "refused";
    case Error::kReset:
      return "reset";
    case Error::kUnreachable:
      return "unreachable";
    case Error::kAborted:
      return "aborted";
    case Error::kClosed:
      return "closed";
  }
  return "";
}

}  // namespace dualsim::tcp
