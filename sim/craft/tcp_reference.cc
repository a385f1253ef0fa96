#include "sim/craft/tcp_reference.h"

#include <optional>
#include <variant>
#include <vector>

#include "sim/craft/packet_dissector.h"

namespace dualsim::craft {
namespace {

// A segment's numbers, all that others can be counted from.
struct Segment {
  uint64_t source_port = 0;
  uint64_t destination_port = 0;
  uint64_t sequence = 0;
  uint64_t next = 0;  // The sequence number behind it.
  uint64_t acknowledgment = 0;
  bool ack = false;
};

std::optional<Segment> SegmentOf(ByteView packet) {
  const std::vector<DissectedLayer> layers = DissectPacket(packet).layers;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto* tcp = std::get_if<TcpLayer>(&layers[i].layer);
    if (tcp == nullptr) continue;
    const uint64_t payload = i + 1 < layers.size() ? layers[i + 1].bytes.size() : 0;
    const uint64_t length =
        payload + (tcp->syn.value_or(false) ? 1 : 0) + (tcp->fin.value_or(false) ? 1 : 0);
    return Segment{.source_port = tcp->source_port.value_or(0),
                   .destination_port = tcp->destination_port.value_or(0),
                   .sequence = tcp->sequence.value_or(0),
                   .next = tcp->sequence.value_or(0) + length,
                   .acknowledgment = tcp->acknowledgment.value_or(0),
                   .ack = tcp->ack.value_or(false)};
  }
  return std::nullopt;
}

void Default(Number* number, uint64_t value) {
  if (!*number) *number = value;
}

uint64_t Moved(uint64_t number, int32_t offset) {
  return static_cast<uint32_t>(number + static_cast<uint64_t>(int64_t{offset}));
}

}  // namespace

std::string ResolveTcpReference(const Surroundings& surroundings, TcpLayer* layer) {
  const bool answers = !layer->answers.empty();
  const std::string& name = answers ? layer->answers : layer->follows;
  if (name.empty()) return "";
  const std::optional<ByteView> packet = surroundings.FindPacket(name);
  if (!packet) return "there was no packet '" + name + "' yet";
  const std::optional<Segment> before = SegmentOf(*packet);
  if (!before) return "packet '" + name + "' is no TCP segment";
  Default(&layer->source_port, answers ? before->destination_port : before->source_port);
  Default(&layer->destination_port, answers ? before->source_port : before->destination_port);
  // Whoever answers the first SYN of all begins with a number of its own.
  if (!answers || before->ack) {
    Default(&layer->sequence,
            Moved(answers ? before->acknowledgment : before->next, layer->sequence_offset));
  }
  const bool acknowledges = layer->ack.value_or(answers || before->ack);
  if (!layer->ack) layer->ack = acknowledges;
  if (acknowledges) {
    Default(&layer->acknowledgment,
            Moved(answers ? before->next : before->acknowledgment, layer->acknowledgment_offset));
  }
  return "";
}

}  // namespace dualsim::craft
