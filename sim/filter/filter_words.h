#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dualsim::sim {

// The first word of a filter that is neither of libpcap's language nor a number
// or an address. libpcap would look it up on this machine or in the DNS, as the
// name of a host, a port or a protocol; a run must not depend on either.
std::optional<std::string> FindForeignWord(std::string_view filter);

// What to do about such a word: a near word of the language, or the advice to
// write an address or a number.
std::string ForeignWordHint(std::string_view word);

}  // namespace dualsim::sim
