// Capture files: packets, an end or an error, within the limits.

#include <vector>

#include "sim/record/capture_reader.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::sim::CaptureReader;
  using dualsim::testing::Require;
  CaptureReader reader(dualsim::ByteView(data, size));
  uint64_t number = 0;
  uint64_t offset = 0;
  uint64_t sum = 0;
  while (const dualsim::sim::CapturePacket* packet = reader.Next()) {
    Require(packet->number == ++number, "packets are counted");
    Require(number == 1 || packet->offset > offset, "offsets grow");
    offset = packet->offset;
    Require(packet->bytes.size() <= CaptureReader::kMaximumPacket, "the limit on packets");
    Require(packet->interface_name.size() <= CaptureReader::kMaximumInterfaceName,
            "the limit on names");
    // Touches all that the views reach.
    for (const uint8_t byte : packet->bytes) sum += byte;
    for (const char c : packet->interface_name) sum += static_cast<unsigned char>(c);
    for (const std::string_view comment : packet->comments) {
      for (const char c : comment) sum += static_cast<unsigned char>(c);
    }
  }
  volatile uint64_t keep = sum;
  (void)keep;
  Require(reader.Next() == nullptr, "an end is final");
  if (reader.error()) {
    Require(reader.error()->offset <= size, "an error lies within the file");
    Require(!reader.error()->ToString().empty(), "an error has a text");
  }
  return 0;
}
