#include "stack/application/implementation.h"

#include <algorithm>

#include "stack/wire/icmpv6.h"

namespace dualsim::application {

Error ErrorOfIcmp(IpFamily family, uint8_t type, uint8_t code) {
  constexpr uint8_t kIpv4Unreachable = 3;
  constexpr uint8_t kIpv4Port = 3;
  constexpr uint8_t kIpv4FragmentationNeeded = 4;
  if (family == IpFamily::kIpv4) {
    if (type != kIpv4Unreachable) return Error::kUnreachable;
    if (code == kIpv4Port) return Error::kRefused;
    return code == kIpv4FragmentationNeeded ? Error::kTooLarge : Error::kUnreachable;
  }
  const auto icmpv6 = static_cast<wire::Icmpv6Type>(type);
  if (icmpv6 == wire::Icmpv6Type::kPacketTooBig) return Error::kTooLarge;
  const bool port = icmpv6 == wire::Icmpv6Type::kDestinationUnreachable &&
                    static_cast<wire::UnreachableCode>(code) == wire::UnreachableCode::kPort;
  return port ? Error::kRefused : Error::kUnreachable;
}

std::optional<Ipv4Address> BroadcastOf(const IpAddress& address, int prefix_length) {
  constexpr int kLongest = 30;
  if (!address.is_ipv4() || prefix_length < 1 || prefix_length > kLongest) return std::nullopt;
  return Ipv4Address::FromInteger(address.ipv4().ToInteger() | ~uint32_t{0} >> prefix_length);
}

bool IsOwnBroadcast(const Network& network, const IpAddress& destination) {
  if (!destination.is_ipv4()) return false;
  const std::vector<ConfiguredAddress> own = network.addresses();
  return std::any_of(own.begin(), own.end(), [&](const ConfiguredAddress& one) {
    return BroadcastOf(one.address, one.prefix_length) == destination.ipv4();
  });
}

}  // namespace dualsim::application
