#pragma once

#include <optional>

#include "stack/base/time.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::ndp {

// Stateless address autoconfiguration, RFC 4862 §5.5.3: what one Prefix
// Information option of a valid router advertisement does. Pure functions; the
// caller keeps the addresses.

// Interface identifiers have 64 bits on Ethernet (RFC 2464 §4), so that a prefix
// of another length forms no address (§5.5.3 d).
inline constexpr int kInterfaceIdentifierLength = 64;

// Rules a, b and c: whether the option takes part in autoconfiguration at all.
bool IsForAutoconfiguration(const wire::PrefixInformation& option);

// Rule d: whether it forms an address where there is none of its prefix yet.
bool FormsAddress(const wire::PrefixInformation& option);

// prefix + identifier. Requires FormsAddress().
Ipv6Address AddressFor(const wire::PrefixInformation& option, uint64_t interface_identifier);

// Rule e, the two-hour rule: the valid lifetime of an address that has
// `remaining`, after an advertisement of `received`; nullopt: it keeps what it has.
std::optional<Duration> UpdatedValidLifetime(Duration received, Duration remaining);

}  // namespace dualsim::ndp
