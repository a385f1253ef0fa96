#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/craft/layer_fields.h"
#include "sim/craft/ndp_option_spec.h"
#include "sim/craft/surroundings.h"
#include "stack/base/bytes.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::craft {

// What the parts of the builder share: the world that names are looked up in,
// the addresses of the IP header around the layer at hand, and the first thing
// that was missing.
class BuildContext {
 public:
  BuildContext(const Surroundings& surroundings, int depth)
      : surroundings_(surroundings), depth_(depth) {}

  const Surroundings& surroundings() const { return surroundings_; }

  void Fail(const std::string& error) {
    if (error_.empty()) error_ = error;
  }
  const std::string& error() const { return error_; }

  // The address, or `otherwise` where none is given. What can't be found is a
  // failure.
  Ipv6Address Find(const Address& term, const Ipv6Address& otherwise = Ipv6Address());
  Ipv6Address Find(const AddressTerm& term);
  MacAddress Find(const Mac& term, const MacAddress& otherwise = MacAddress());

  // The bytes of a quote, `most` at most where it does not say how many.
  std::vector<uint8_t> Quoted(const std::optional<Quote>& quote, size_t most);

  // The checksum field of `message`, in which it is 0 now: what is given, or
  // what is computed over the pseudo-header of the addresses below (RFC 8200
  // §8.1, RFC 9293 §3.1), or that made wrong.
  uint16_t Checksum(ByteView message, uint8_t protocol, const Number& given, const Flag& bad) const;

  // Of the IP header around the layer at hand.
  bool ipv4 = false;
  Ipv6Address source;
  Ipv6Address destination;  // The last one, where a Routing header has more of them.
  Ipv4Address ipv4_source;
  Ipv4Address ipv4_destination;

 private:
  const Surroundings& surroundings_;
  int depth_;
  std::string error_;
};

// `sum` as it is or, where it is to be bad, another value that no receiver can
// take for the same.
inline uint16_t ChecksumOrBad(uint16_t sum, const Flag& bad) {
  return bad.value_or(false) ? static_cast<uint16_t>(sum ^ 0x5555) : sum;
}

}  // namespace dualsim::craft
