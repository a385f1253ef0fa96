#include "sim/record/drop_text.h"

#include "sim/record/packet_text.h"
#include "stack/wire/drop_reason.h"

namespace dualsim::sim {

void AppendDropText(const DropFact& fact, std::string& out) {
  const bool whole_frame = fact.reason == DropReason::FRAME_TOO_SHORT ||
                           fact.reason == DropReason::NOT_OUR_MAC ||
                           fact.reason == DropReason::UNKNOWN_ETHER_TYPE;
  AppendPacketText(whole_frame ? LinkType::kEthernet : LinkType::kRawIp, fact.packet, out);
}

}  // namespace dualsim::sim
