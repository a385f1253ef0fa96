// Text of packets: one line of printable ASCII of a bounded length for any bytes.
// The first byte chooses the link type, the packet follows.

#include <algorithm>
#include <string>

#include "sim/record/packet_text.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::sim::LinkType;
  using dualsim::testing::Require;
  if (size == 0) return 0;
  constexpr LinkType kTypes[] = {LinkType::kEthernet, LinkType::kRawIp, LinkType::kLinuxCooked,
                                 static_cast<LinkType>(2)};
  const dualsim::ByteView packet(data + 1, size - 1);
  std::string text = "before ";
  dualsim::sim::AppendPacketText(kTypes[data[0] & 3], packet, text);
  Require(text.starts_with("before ") && text.size() > 7, "text is added");
  Require(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }),
          "text is printable ASCII");
  // Compressed names of DNS grow most: 255 characters from a pointer of two bytes,
  // for 64 records that are shown.
  Require(text.size() < 24 * size + 64 * 1100 + 500, "text is bounded");
  return 0;
}
