#pragma once

#include <cstdint>

#include "stack/application/error.h"

namespace dualsim::os {

// What a system call was for: some of errno's words mean different things.
enum class Call : uint8_t {
  kPrepare,   // socket, bind, listen, setsockopt.
  kRoute,     // connect and the sending of a datagram: what is known before anything is sent.
  kTransfer,  // What became of what was sent.
};

// What the interface says for what the operating system says.
application::Error ErrorOfNumber(int number, Call call);

}  // namespace dualsim::os
