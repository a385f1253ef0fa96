#pragma once

#include <cstdint>
#include <string_view>

namespace dualsim::application {

// Why something that a program asked for did not happen. The same on every
// implementation of the interface.
enum class Error : uint8_t {
  kTimeout,          // The peer did not answer within the limits.
  kRefused,          // Nobody listens there.
  kReset,            // The peer reset the connection.
  kUnreachable,      // A router or the peer says that it can't be reached.
  kAborted,          // This side aborted.
  kClosed,           // This side has ended it, or it is over.
  kFamilyDisabled,   // The host does not run this family (--ipv4-only, --ipv6-only).
  kNoRoute,          // No route, and no gateway, leads there.
  kNoSourceAddress,  // The host has no address of this family and scope (yet).
  kNotOurAddress,    // The source that was asked for is none of the host's.
  kPortInUse,        // Somebody has the port.
  kNoPortLeft,       // Every port that could have been chosen is in use.
  kLimitReached,     // The host has as many connections as it may have.
  kBadAddress,       // Not an address that one can send to, mixed families, or port 0.
  kTooLarge,         // The message is larger than its protocol can carry.
  kMulticastOnly,    // The call is for groups, and the address is none.
  kDenied,           // The operating system does not let the program do it.
  kNotSupported,     // This implementation of the interface can't do it.
  kHostDown,         // The host is off.
  kOther,            // The operating system's, without a word here.
};

// "refused": one word or clause for people and logs.
std::string_view ErrorText(Error error);

}  // namespace dualsim::application
