#include "stack/ndp/slaac.h"

namespace dualsim::ndp {
namespace {

constexpr Duration kTwoHours = Seconds(7200);

}  // namespace

bool IsForAutoconfiguration(const wire::PrefixInformation& option) {
  return option.autonomous && !option.prefix.is_link_local() && !option.prefix.is_multicast() &&
         option.preferred_lifetime <= option.valid_lifetime;
}

bool FormsAddress(const wire::PrefixInformation& option) {
  return option.valid_lifetime > Duration() &&
         option.prefix_length + kInterfaceIdentifierLength == 128;
}

Ipv6Address AddressFor(const wire::PrefixInformation& option, uint64_t interface_identifier) {
  return Ipv6Address::FromIntegers(option.prefix.high(), interface_identifier);
}

std::optional<Duration> UpdatedValidLifetime(Duration received, Duration remaining) {
  // Someone who forges advertisements can shorten a lifetime to two hours, not
  // to nothing.
  if (received > kTwoHours || received > remaining) return received;
  if (remaining <= kTwoHours) return std::nullopt;
  return kTwoHours;
}

}  // namespace dualsim::ndp
