#pragma once

#include <string_view>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/text_locations.h"

namespace google::protobuf {
class Message;
}

namespace dualsim::sim {

// Reads protobuf's text format into `message`. Unlike protobuf's own parser it
// goes on after a mistake, so that all of them are reported at once, in words for
// people who never met protobuf. What could be read is in `message` even then.
//
// Strings stay on one line; extensions, Any and floating-point fields do not
// exist here. Any bytes give a message and diagnostics.
void ReadText(std::string_view text, google::protobuf::Message* message, TextLocations* locations,
              Diagnostics* diagnostics);

}  // namespace dualsim::sim
