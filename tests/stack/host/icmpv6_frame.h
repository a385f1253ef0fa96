#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"

namespace dualsim::host {

// From whom to whom an ICMPv6 message goes.
struct Icmpv6Route {
  MacAddress from;
  MacAddress to;
  Ipv6Address source;
  Ipv6Address destination;
  uint8_t hop_limit = 255;
};

// The frame of an ICMPv6 message, its checksum right.
template <typename Message>
std::vector<uint8_t> Icmpv6Frame(const Icmpv6Route& route, const Message& message) {
  constexpr size_t kHeaders = wire::EthernetHeader::kSize + wire::Ipv6Header::kSize;
  std::vector<uint8_t> frame(kHeaders + message.size());
  wire::EthernetHeader{
      .destination = route.to, .source = route.from, .type = wire::EtherType::kIpv6}
      .Store(frame.data());
  wire::Ipv6Header{.payload_length = static_cast<uint16_t>(message.size()),
                   .next_header = wire::NextHeader::kIcmpv6,
                   .hop_limit = route.hop_limit,
                   .source = route.source,
                   .destination = route.destination}
      .Store(frame.data() + wire::EthernetHeader::kSize);
  message.Store(frame.data() + kHeaders);
  wire::StoreIcmpv6Checksum({frame.data() + kHeaders, message.size()}, route.source,
                            route.destination);
  return frame;
}

}  // namespace dualsim::host
