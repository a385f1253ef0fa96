#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"

namespace dualsim::sim {

// A filter in libpcap's language (pcap-filter(7)), compiled for Ethernet frames.
// "" matches every frame. Names of hosts are not looked up anywhere: a run
// depends on nothing outside it.
class PacketFilter {
 public:
  // A filter that matches every frame.
  PacketFilter();
  ~PacketFilter();
  PacketFilter(PacketFilter&&) noexcept;
  PacketFilter& operator=(PacketFilter&&) noexcept;

  // What is wrong with `text`, in libpcap's own words where it is libpcap that
  // refuses it; "" where it compiles, and then `filter`, unless it is nullptr, is
  // that filter.
  static std::string Compile(std::string_view text, PacketFilter* filter);

  // `frame` begins with the Ethernet header.
  bool Matches(ByteView frame) const;

 private:
  struct Program;
  std::unique_ptr<Program> program_;  // None: every frame.
};

}  // namespace dualsim::sim
