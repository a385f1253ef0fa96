#pragma once

#include <string>

#include "stack/base/bytes.h"

namespace dualsim::sim::text {

// A DNS message, RFC 1035: its questions and records, some of them where there are many.
void AppendDns(std::string& out, ByteView message);

}  // namespace dualsim::sim::text
