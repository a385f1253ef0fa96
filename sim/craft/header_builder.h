#pragma once

#include <cstdint>
#include <vector>

#include "sim/craft/build_context.h"
#include "sim/craft/packet_spec.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::craft {

// Next Header and Protocol values beside wire::NextHeader's.
inline constexpr uint8_t kNoNextHeader = 59;
inline constexpr uint8_t kFragmentHeader = 44;

// How the header around a layer calls it; 59 (no next header) for bytes.
uint8_t ProtocolOf(const Layer& layer);
// How an Ethernet header calls a packet of this "protocol"; kArpProtocol for ARP.
uint16_t EtherTypeOf(uint8_t protocol);
// Not a protocol of IP's: what ProtocolOf() says of ARP.
inline constexpr uint8_t kArpProtocol = 255;

// Each returns the header with `inner` behind it, which is of `protocol`.
std::vector<uint8_t> BuildEthernet(const EthernetLayer& layer, const std::vector<uint8_t>& inner,
                                   uint16_t type, const MacAddress& destination,
                                   const MacAddress& source, BuildContext& context);
std::vector<uint8_t> BuildIpv6(const Ipv6Layer& layer, const std::vector<uint8_t>& inner,
                               uint8_t protocol, uint8_t hop_limit, const Ipv6Address& source,
                               const Ipv6Address& destination);
std::vector<uint8_t> BuildHeader(const OptionsLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);
std::vector<uint8_t> BuildHeader(const RoutingLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);
std::vector<uint8_t> BuildHeader(const FragmentLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);
std::vector<uint8_t> BuildHeader(const Ipv4Layer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);
std::vector<uint8_t> BuildHeader(const ArpLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);
std::vector<uint8_t> BuildHeader(const UdpLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);
std::vector<uint8_t> BuildHeader(const TcpLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);
std::vector<uint8_t> BuildHeader(const Icmpv4Layer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context);

}  // namespace dualsim::craft
