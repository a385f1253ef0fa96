#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/bytes.h"

namespace dualsim::testing {

// Where the fields of a frame lie, as far as it can be read; total, and without the
// stack's own parsers.
struct FrameFields {
  struct Field {
    size_t at = 0;
    size_t size = 0;
  };
  // What can be left out, doubled or moved as a whole: an extension header, an option.
  using Piece = Field;

  std::vector<Field> fields;
  std::vector<Piece> pieces;
  size_t ip = 0;  // Where the packet begins; 0: there is none.
  bool is_ipv4 = false;
  std::optional<size_t> transport;  // Where ICMP, UDP or TCP begins.
  uint8_t protocol = 0;             // Which of them.
};

FrameFields ReadFields(ByteView frame);

// Makes the lengths and checksums of the IP and the transport header right where
// there is room for them.
void MendLengths(std::vector<uint8_t>* frame);
void MendChecksums(std::vector<uint8_t>* frame);
// Whether the transport's checksum is what MendChecksums would write.
bool HasGoodChecksum(ByteView frame);

}  // namespace dualsim::testing
