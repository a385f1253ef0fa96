#pragma once

#include <string>

#include "sim/craft/packet_spec.h"
#include "sim/craft/surroundings.h"

namespace dualsim::craft {

// A segment that is told by its place in a conversation: what it leaves open follows
// from the segment that it answers (ports the other way round, the sequence number
// that was acknowledged, an acknowledgment of all that came) or follows (the same
// ports, the next sequence number, the same acknowledgment), RFC 9293 §3.4. The
// numbers wrap round. The rest is `layer` as it stands.
//
// "" or why that can't be told, as a sentence. `layer` needs `answers` or `follows`
// for anything to happen.
std::string ResolveTcpReference(const Surroundings& surroundings, TcpLayer* layer);

}  // namespace dualsim::craft
