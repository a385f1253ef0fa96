#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "stack/base/bytes.h"

namespace dualsim::testing {

// Frames from 02:00:00:00:00:0a for tests, their payloads given as hexadecimal text.

struct Ipv6Frame {
  std::string_view source = "fe80::ff:fe00:a";
  std::string_view destination = "fe80::ff:fe00:b";
  uint8_t next_header = 58;
  uint8_t hop_limit = 255;
  std::string_view payload{};
  // Where the checksum of the upper layer stands in the payload; it is filled in.
  int checksum_at = 2;
  // The protocol in the pseudo-header, and where the upper layer begins.
  uint8_t upper = 58;
  size_t upper_at = 0;
};
// To a group's MAC address, or to 02:00:00:00:00:0b.
std::vector<uint8_t> Build(const Ipv6Frame& frame);

struct Ipv4Frame {
  uint8_t protocol = 1;
  std::string_view payload{};
  int checksum_at = -1;  // -1: left as it is.
  bool pseudo_header = true;
  uint16_t fragment = 0x4000;
};
// From 192.0.2.1 to 192.0.2.2, to 02:00:00:00:00:0b.
std::vector<uint8_t> Build(const Ipv4Frame& frame);

// Any EtherType, to everybody.
std::vector<uint8_t> BuildFrame(uint16_t type, std::string_view payload);

}  // namespace dualsim::testing
