#include "stack/application/icmp_error.h"

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

}  // namespace dualsim::application
