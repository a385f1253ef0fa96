#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/craft/address_term.h"
#include "stack/base/bytes.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::craft {

// What the names in a frame mean at the moment, and where a frame comes from
// that does not say it: the world around one tester on one link. A NodeTerm
// without a link means this one.
class Surroundings {
 public:
  virtual ~Surroundings() = default;

  // The node's addresses; nullopt where it has none of the kind.
  virtual std::optional<Ipv6Address> LinkLocal(const NodeTerm& node) const = 0;
  virtual std::optional<Ipv6Address> Global(const NodeTerm& node) const = 0;
  // In `prefix`: the one it has or had last.
  virtual std::optional<Ipv6Address> Within(const NodeTerm& node,
                                            const Ipv6Prefix& prefix) const = 0;
  virtual bool Has(const NodeTerm& node, const Ipv6Address& address) const = 0;
  virtual std::optional<MacAddress> Mac(const NodeTerm& node) const = 0;

  // The tester's own.
  virtual std::optional<MacAddress> SourceMac() const = 0;
  virtual std::optional<Ipv6Address> SourceFor(const Ipv6Address& destination) const = 0;
  // Whom a frame for a unicast address goes to.
  virtual std::optional<MacAddress> DestinationMac(const Ipv6Address& destination) const = 0;

  // A packet that was sent or seen before, from its IP header; valid until the
  // next is kept.
  virtual std::optional<ByteView> FindPacket(std::string_view name) const = 0;

  // How often this frame was sent before.
  virtual uint64_t count() const { return 0; }
};

// The address or what is missing for it, as a sentence.
template <typename T>
struct Resolution {
  std::optional<T> value;
  std::string error;  // Set exactly when `value` is not.
};

Resolution<Ipv6Address> Resolve(const AddressTerm& term, const Surroundings& surroundings);
Resolution<MacAddress> Resolve(const MacTerm& term, const Surroundings& surroundings);

}  // namespace dualsim::craft
