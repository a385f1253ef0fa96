#include "stack/application/error.h"

namespace dualsim::application {

std::string_view ErrorText(Error error) {
  switch (error) {
    case Error::kTimeout:
      return "timeout";
    case Error::kRefused:
      return "refused";
    case Error::kReset:
      return "reset by the peer";
    case Error::kUnreachable:
      return "unreachable";
    case Error::kAborted:
      return "aborted";
    case Error::kClosed:
      return "closed";
    case Error::kFamilyDisabled:
      return "this host does not run the address's family";
    case Error::kNoRoute:
      return "no route to it";
    case Error::kNoSourceAddress:
      return "no address to send from";
    case Error::kNotOurAddress:
      return "the source is not this host's address";
    case Error::kPortInUse:
      return "port in use";
    case Error::kNoPortLeft:
      return "no free port";
    case Error::kLimitReached:
      return "too many connections";
    case Error::kBadAddress:
      return "not an address to send to";
    case Error::kTooLarge:
      return "too large";
    case Error::kMulticastOnly:
      return "not a multicast group";
    case Error::kDenied:
      return "not allowed";
    case Error::kNotSupported:
      return "not supported here";
    case Error::kHostDown:
      return "the host is off";
    case Error::kOther:
      return "failed";
  }
  return "";
}

}  // namespace dualsim::application
