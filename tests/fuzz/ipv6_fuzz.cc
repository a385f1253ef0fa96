// A frame: the Ethernet and IPv6 headers, and a walk through the extension headers.

#include <algorithm>

#include "stack/wire/ethernet.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"
#include "tests/fuzz/require.h"

namespace {

namespace wire = dualsim::wire;
using dualsim::ByteView;
using dualsim::testing::Require;

void WalkOptions(ByteView header) {
  wire::Ipv6OptionReader reader(header);
  size_t last = 0;
  while (const auto option = reader.Next()) {
    Require(option->offset > last && header[option->offset] == option->type,
            "options come in order, where they say");
    Require(option->offset + 2 + option->data.size() <= header.size(), "options keep inside");
    last = option->offset;
  }
  Require(!reader.Next(), "the end is final");
}

void CheckFragment(ByteView bytes) {
  const auto header = wire::FragmentHeader::Parse(bytes);
  if (!header) return;
  uint8_t stored[wire::FragmentHeader::kSize];
  header->Store(stored);
  const auto again = wire::FragmentHeader::Parse(stored);
  Require(again && again->next_header == header->next_header && again->offset == header->offset &&
              again->more == header->more && again->identification == header->identification,
          "a fragment header is read back to the same");
}

void WalkExtensions(ByteView rest) {
  while (!rest.empty()) {
    CheckFragment(rest);
    (void)wire::RoutingHeader::Parse(rest);
    const auto header = wire::ExtensionHeader::Parse(rest);
    if (!header) return;
    Require(!header->bytes.empty() && header->bytes.size() <= rest.size(), "headers keep inside");
    WalkOptions(header->bytes);
    rest = rest.subspan(header->bytes.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView frame(data, size);
  WalkOptions(frame);
  const auto ethernet = wire::EthernetHeader::Parse(frame);
  if (!ethernet) return 0;
  uint8_t stored[wire::EthernetHeader::kSize];
  ethernet->Store(stored);
  Require(std::equal(std::begin(stored), std::end(stored), data), "an Ethernet header is kept");
  const ByteView packet = frame.subspan(wire::EthernetHeader::kSize);
  WalkExtensions(packet);
  const auto ipv6 = wire::Ipv6Header::Parse(packet);
  if (!ipv6) return 0;
  uint8_t header[wire::Ipv6Header::kSize];
  ipv6->Store(header);
  Require(std::equal(std::begin(header), std::end(header), packet.data()),
          "an IPv6 header is kept");
  WalkExtensions(packet.subspan(wire::Ipv6Header::kSize, ipv6->payload_length));
  return 0;
}
