#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

enum class ArpOperation : uint16_t { kRequest = 1, kReply = 2 };

// An ARP packet of IPv4 over Ethernet, RFC 826.
struct ArpPacket {
  static constexpr size_t kSize = 28;

  ArpOperation operation = ArpOperation::kRequest;
  MacAddress sender_mac{};
  Ipv4Address sender{};
  MacAddress target_mac{};
  Ipv4Address target{};

  // A request that asks whether anybody has `target`, RFC 5227 §1.1.
  bool is_probe() const {
    return operation == ArpOperation::kRequest && sender.is_unspecified() &&
           !target.is_unspecified();
  }

  // Refuses other hardware, protocols and operations. Bytes at the end are padding.
  static Parsed<ArpPacket> Parse(ByteView packet);
  // Writes kSize bytes.
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
