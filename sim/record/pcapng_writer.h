#pragma once

#include <cstdint>
#include <string_view>

#include "sim/record/output_file.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Writes a capture as draft-ietf-opsawg-pcapng has it: little-endian, one
// section, Ethernet interfaces, nanosecond stamps that begin at the Unix epoch.
// Nothing in it names a machine, a user, a program or a date.
class PcapngWriter {
 public:
  // Writes the section header. `out` outlives the writer, which never commits it.
  explicit PcapngWriter(OutputFile& out);

  // Interfaces are numbered from 0 in the order of the calls, and all come
  // before the first packet.
  void AddInterface(std::string_view name);

  // `comment`: one line for people, in UTF-8; "" for none. Of a longer one the
  // first kMaximumComment bytes are written.
  void AddPacket(uint32_t interface, Time time, ByteView frame, std::string_view comment = {});

  static constexpr size_t kMaximumComment = 1024;

 private:
  OutputFile& out_;
};

}  // namespace dualsim::sim
