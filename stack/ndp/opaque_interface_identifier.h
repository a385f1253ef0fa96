#pragma once

#include <cstdint>
#include <string_view>

#include "stack/base/siphash.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// RFC 7217 §7. How many further addresses are tried after one that is taken.
// Each of them waits for a random time of up to IDGEN_DELAY.
inline constexpr int kIdgenRetries = 3;
inline constexpr Duration kIdgenDelay = Seconds(1);

// How a node makes the interface identifiers of its stateless addresses.
enum class InterfaceIdentifiers : uint8_t {
  kEui64,   // From the card's address, RFC 2464 §4.
  kOpaque,  // RFC 7217.
};

// What an opaque interface identifier depends on, RFC 7217 §5.
struct OpaqueInterfaceIdentifierInput {
  Ipv6Prefix prefix;
  InterfaceId net_iface{};        // Net_Iface: the interface's number, which outlives its card.
  std::string_view network_id{};  // Network_ID: what the network calls itself, if it does.
  uint32_t dad_counter = 0;       // DAD_Counter: conflicts of this prefix so far.
};

struct OpaqueInterfaceIdentifier {
  uint64_t value = 0;
  uint32_t dad_counter = 0;  // Of which it was made, see below.
};

// A semantically opaque interface identifier, RFC 7217 §5: the same whenever the
// node comes back to the prefix, another one for every prefix, and not to be told
// from a random number without the key. F() is SipHash-2-4 over the input's
// fields, each of a fixed size but the last. Where the number is reserved, the
// next DAD_Counter's is taken.
OpaqueInterfaceIdentifier MakeOpaqueInterfaceIdentifier(
    const SipHashKey& secret_key, const OpaqueInterfaceIdentifierInput& input);

}  // namespace dualsim::ndp
