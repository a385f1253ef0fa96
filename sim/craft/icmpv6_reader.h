#pragma once

#include <functional>
#include <memory>

#include "sim/craft/field_reader.h"
#include "sim/craft/icmpv6_spec.h"

namespace dualsim::craft {

// Reads a packet inside of a quote; null where it is reported as wrong.
using FrameReader =
    std::function<std::shared_ptr<const PacketSpec>(const google::protobuf::Message& frame)>;

// The parts of an ICMPv6 message that are more than fields: its type where it is
// raw, its quote, sources, records and options.
void ReadIcmpv6Parts(const google::protobuf::Message& message, const FrameReader& read_frame,
                     FieldReader* reader, Icmpv6Layer* layer);

// The addresses of a list of texts.
std::vector<AddressTerm> ReadAddresses(const google::protobuf::Message& message,
                                       std::string_view list, FieldReader* reader);

}  // namespace dualsim::craft
