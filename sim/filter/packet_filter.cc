#include "sim/filter/packet_filter.h"

#include <pcap/pcap.h>

#include <optional>
#include <utility>

#include "sim/filter/filter_words.h"

namespace dualsim::sim {
namespace {

// What a filter sees of a frame: all of it.
constexpr int kSnapshotLength = 262144;
// libpcap recurses over what a filter nests.
constexpr size_t kLongestFilter = 4096;

}  // namespace

struct PacketFilter::Program {
  bpf_program code{};
  ~Program() { pcap_freecode(&code); }
};

PacketFilter::PacketFilter() = default;
PacketFilter::~PacketFilter() = default;
PacketFilter::PacketFilter(PacketFilter&&) noexcept = default;
PacketFilter& PacketFilter::operator=(PacketFilter&&) noexcept = default;

std::string PacketFilter::Compile(std::string_view text, PacketFilter* filter) {
  if (text.size() > kLongestFilter) {
    return "it is longer than " + std::to_string(kLongestFilter) + " characters";
  }
  if (text.find('\0') != std::string_view::npos) return "it holds a zero byte";
  if (text.empty()) {
    if (filter != nullptr) *filter = PacketFilter();
    return "";
  }
  if (const std::optional<std::string> word = FindForeignWord(text)) {
    return "'" + *word + "' is no word of libpcap's language" + ForeignWordHint(*word);
  }
  pcap_t* const handle = pcap_open_dead(DLT_EN10MB, kSnapshotLength);
  if (handle == nullptr) return "libpcap has no memory for it";
  auto program = std::make_unique<Program>();
  const int result = pcap_compile(handle, &program->code, std::string(text).c_str(),
                                  /*optimize=*/1, PCAP_NETMASK_UNKNOWN);
  std::string error = result == 0 ? "" : std::string("libpcap says: ") + pcap_geterr(handle);
  pcap_close(handle);
  if (result != 0) {
    program->code = {};
    return error;
  }
  if (filter != nullptr) filter->program_ = std::move(program);
  return "";
}

bool PacketFilter::Matches(ByteView frame) const {
  if (program_ == nullptr) return true;
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(frame.size());
  header.len = header.caplen;
  return pcap_offline_filter(&program_->code, &header, frame.data()) != 0;
}

}  // namespace dualsim::sim
