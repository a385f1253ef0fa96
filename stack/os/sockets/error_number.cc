#include "stack/os/sockets/error_number.h"

#include <cerrno>

namespace dualsim::os {

using application::Error;

namespace {

struct Word {
  int number;
  Error error;
};

// What they mean wherever no other table knows better.
constexpr Word kWords[] = {
    {ETIMEDOUT, Error::kTimeout},
    {ECONNREFUSED, Error::kRefused},
    {ECONNRESET, Error::kReset},
    // The connection is over, and no error came before: it was reset after the peer's end.
    {EPIPE, Error::kReset},
    {ENETUNREACH, Error::kUnreachable},
    {EHOSTUNREACH, Error::kUnreachable},
    {EHOSTDOWN, Error::kUnreachable},
    {ENETDOWN, Error::kUnreachable},
    {ENONET, Error::kUnreachable},
    {ENOPROTOOPT, Error::kUnreachable},
    {EPROTO, Error::kUnreachable},
    {ECONNABORTED, Error::kAborted},
    {ENOTCONN, Error::kClosed},
    {ESHUTDOWN, Error::kClosed},
    {EAFNOSUPPORT, Error::kFamilyDisabled},
    {EADDRINUSE, Error::kPortInUse},
    {EADDRNOTAVAIL, Error::kNotOurAddress},
    {EMFILE, Error::kLimitReached},
    {ENFILE, Error::kLimitReached},
    {ENOBUFS, Error::kLimitReached},
    {ENOMEM, Error::kLimitReached},
    {EINVAL, Error::kBadAddress},
    {EDESTADDRREQ, Error::kBadAddress},
    {EMSGSIZE, Error::kTooLarge},
    {EACCES, Error::kDenied},
    {EPERM, Error::kDenied},
    {EOPNOTSUPP, Error::kNotSupported},
    {EPROTONOSUPPORT, Error::kNotSupported},
    {ESOCKTNOSUPPORT, Error::kNotSupported},
};

// Before anything is sent it is the machine's own routes and addresses that fail.
constexpr Word kRouteWords[] = {
    {ENETUNREACH, Error::kNoRoute},
    {EHOSTUNREACH, Error::kNoRoute},
    {EADDRNOTAVAIL, Error::kNoSourceAddress},
};

}  // namespace

Error ErrorOfNumber(int number, Call call) {
  if (call == Call::kRoute) {
    for (const Word& word : kRouteWords) {
      if (word.number == number) return word.error;
    }
  }
  for (const Word& word : kWords) {
    if (word.number == number) return word.error;
  }
  return Error::kOther;
}

}  // namespace dualsim::os
