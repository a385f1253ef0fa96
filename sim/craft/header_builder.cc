#include "sim/craft/header_builder.h"

#include <variant>

#include "sim/craft/byte_writer.h"
#include "sim/craft/tcp_reference.h"
#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::craft {
namespace {

constexpr uint8_t kIpv6Protocol = 41;
constexpr uint8_t kIpv4Protocol = 4;
constexpr uint8_t kIcmpv4Protocol = 1;
constexpr uint8_t kTcpProtocol = 6;
constexpr uint8_t kUdpProtocol = 17;
constexpr uint16_t kEchoPort = 7;
constexpr uint16_t kFirstDynamicPort = 49152;  // RFC 6335 §6
// What Ethernet calls bytes that are nothing it knows: IEEE 802's type for
// local experiments.
constexpr uint16_t kExperimentalEtherType = 0x88b5;

uint64_t Bit(const Flag& flag, int bit) { return uint64_t{flag.value_or(false)} << bit; }

std::vector<uint8_t> Joined(ByteWriter& header, const std::vector<uint8_t>& inner) {
  header.Put(inner);
  return header.Take();
}

struct Protocol {
  uint8_t operator()(const EthernetLayer&) const { return kNoNextHeader; }
  uint8_t operator()(const Ipv6Layer&) const { return kIpv6Protocol; }
  uint8_t operator()(const OptionsLayer& layer) const { return layer.hop_by_hop ? 0 : 60; }
  uint8_t operator()(const RoutingLayer&) const { return 43; }
  uint8_t operator()(const FragmentLayer&) const { return kFragmentHeader; }
  uint8_t operator()(const Ipv4Layer&) const { return kIpv4Protocol; }
  uint8_t operator()(const ArpLayer&) const { return kArpProtocol; }
  uint8_t operator()(const PayloadLayer&) const { return kNoNextHeader; }
  uint8_t operator()(const Icmpv6Layer&) const { return 58; }
  uint8_t operator()(const UdpLayer&) const { return kUdpProtocol; }
  uint8_t operator()(const TcpLayer&) const { return kTcpProtocol; }
  uint8_t operator()(const Icmpv4Layer&) const { return kIcmpv4Protocol; }
};

void PutOption(const OptionSpec& option, ByteWriter& out) {
  const uint64_t type = option.type.value_or(wire::kOptionPadN);
  out.Put8(type);
  if (type == wire::kOptionPad1) return;
  out.Put8(option.length.value_or(option.data ? option.data->size() : 0));
  if (option.data) out.Put(*option.data);
}

// Pad1 or PadN up to a multiple of 8, RFC 8200 §4.2.
void PutPadding(ByteWriter& out) {
  const size_t missing = (8 - out.size() % 8) % 8;
  if (missing == 1) out.Put8(wire::kOptionPad1);
  if (missing > 1) out.Put8(wire::kOptionPadN).Put8(missing - 2).Zeros(missing - 2);
}

}  // namespace

uint8_t ProtocolOf(const Layer& layer) { return std::visit(Protocol(), layer); }

uint16_t EtherTypeOf(uint8_t protocol) {
  if (protocol == kIpv6Protocol) return 0x86dd;
  if (protocol == kIpv4Protocol) return 0x0800;
  if (protocol == kArpProtocol) return 0x0806;
  return kExperimentalEtherType;
}

std::vector<uint8_t> BuildEthernet(const EthernetLayer& layer, const std::vector<uint8_t>& inner,
                                   uint16_t type, const MacAddress& destination,
                                   const MacAddress& source, BuildContext&) {
  ByteWriter out;
  out.Put(destination).Put(source).Put16(layer.type.value_or(type));
  return Joined(out, inner);
}

std::vector<uint8_t> BuildIpv6(const Ipv6Layer& layer, const std::vector<uint8_t>& inner,
                               uint8_t protocol, uint8_t hop_limit, const Ipv6Address& source,
                               const Ipv6Address& destination) {
  ByteWriter out;
  out.Put32(layer.version.value_or(6) << 28 | (layer.traffic_class.value_or(0) & 0xff) << 20 |
            (layer.flow_label.value_or(0) & 0xfffff));
  out.Put16(layer.payload_length.value_or(inner.size()));
  out.Put8(layer.next_header.value_or(protocol)).Put8(layer.hop_limit.value_or(hop_limit));
  out.Put(source).Put(destination);
  return Joined(out, inner);
}

std::vector<uint8_t> BuildHeader(const OptionsLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext&) {
  ByteWriter out;
  out.Put8(layer.next_header.value_or(protocol)).Put8(0);
  for (const OptionSpec& option : layer.options) PutOption(option, out);
  if (!layer.no_padding.value_or(false)) PutPadding(out);
  out[1] = static_cast<uint8_t>(layer.length.value_or((out.size() + 7) / 8 - 1));
  return Joined(out, inner);
}

std::vector<uint8_t> BuildHeader(const RoutingLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext& context) {
  ByteWriter out;
  out.Put8(layer.next_header.value_or(protocol)).Put8(0).Put8(layer.type.value_or(0));
  out.Put8(layer.segments_left.value_or(layer.addresses.size()));
  if (layer.data) {
    out.Put(*layer.data);
  } else {
    out.Zeros(4);
    for (const AddressTerm& address : layer.addresses) out.Put(context.Find(address));
  }
  out.Fill(8);
  out[1] = static_cast<uint8_t>(layer.length.value_or(out.size() / 8 - 1));
  return Joined(out, inner);
}

std::vector<uint8_t> BuildHeader(const FragmentLayer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext&) {
  ByteWriter out;
  out.Put8(layer.next_header.value_or(protocol)).Put8(layer.reserved.value_or(0));
  out.Put16((layer.offset.value_or(0) & ~uint64_t{7}) | (layer.reserved2.value_or(0) & 3) << 1 |
            Bit(layer.more, 0));
  out.Put32(layer.identification.value_or(1));
  return Joined(out, inner);
}

std::vector<uint8_t> BuildHeader(const Ipv4Layer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t protocol, BuildContext&) {
  ByteWriter options;
  if (layer.options) options.Put(*layer.options).Fill(4);
  const size_t header_size = 20 + options.size();
  ByteWriter out;
  out.Put8(layer.version.value_or(4) << 4 | (layer.header_length.value_or(header_size / 4) & 15));
  out.Put8(layer.type_of_service.value_or(0));
  out.Put16(layer.total_length.value_or(header_size + inner.size()));
  out.Put16(layer.identification.value_or(1));
  out.Put16(Bit(layer.do_not_fragment, 14) | Bit(layer.more_fragments, 13) |
            (layer.fragment_offset.value_or(0) / 8 & 0x1fff));
  out.Put8(layer.time_to_live.value_or(64)).Put8(layer.protocol.value_or(protocol)).Put16(0);
  out.Put32(layer.source.value_or(Ipv4Address()).ToInteger());
  out.Put32(layer.destination.value_or(Ipv4Address::Broadcast()).ToInteger());
  out.Put(options.Take());
  const uint16_t sum = InternetChecksum().Add({out.at(0), header_size}).Value();
  StoreBig16(out.at(10), static_cast<uint16_t>(
                             layer.checksum.value_or(ChecksumOrBad(sum, layer.bad_checksum))));
  return Joined(out, inner);
}

std::vector<uint8_t> BuildHeader(const ArpLayer& layer, const std::vector<uint8_t>& inner, uint8_t,
                                 BuildContext& context) {
  ByteWriter out;
  out.Put16(layer.hardware_type.value_or(1)).Put16(layer.protocol_type.value_or(0x0800));
  out.Put8(layer.hardware_length.value_or(6)).Put8(layer.protocol_length.value_or(4));
  out.Put16(layer.operation.value_or(1));
  out.Put(
      context.Find(layer.sender_mac, context.surroundings().SourceMac().value_or(MacAddress())));
  out.Put32(layer.sender_address.value_or(Ipv4Address()).ToInteger());
  out.Put(context.Find(layer.target_mac));
  out.Put32(layer.target_address.value_or(Ipv4Address()).ToInteger());
  return Joined(out, inner);
}

std::vector<uint8_t> BuildHeader(const UdpLayer& layer, const std::vector<uint8_t>& inner, uint8_t,
                                 BuildContext& context) {
  ByteWriter out;
  out.Put16(layer.source_port.value_or(kFirstDynamicPort));
  out.Put16(layer.destination_port.value_or(kEchoPort));
  out.Put16(layer.length.value_or(8 + inner.size())).Put16(0);
  std::vector<uint8_t> datagram = Joined(out, inner);
  uint16_t sum = context.Checksum(datagram, kUdpProtocol, layer.checksum, layer.bad_checksum);
  // A sum of 0 would say that there is none, RFC 768.
  if (sum == 0 && !layer.checksum) sum = 0xffff;
  StoreBig16(datagram.data() + 6, sum);
  return datagram;
}

std::vector<uint8_t> BuildHeader(const TcpLayer& given, const std::vector<uint8_t>& inner, uint8_t,
                                 BuildContext& context) {
  TcpLayer layer = given;
  if (std::string error = ResolveTcpReference(context.surroundings(), &layer); !error.empty()) {
    context.Fail(error);
  }
  ByteWriter options;
  if (layer.options) options.Put(*layer.options).Fill(4);
  ByteWriter out;
  out.Put16(layer.source_port.value_or(kFirstDynamicPort));
  out.Put16(layer.destination_port.value_or(kEchoPort));
  out.Put32(layer.sequence.value_or(0)).Put32(layer.acknowledgment.value_or(0));
  out.Put8(layer.data_offset.value_or((20 + options.size()) / 4) << 4 |
           (layer.reserved.value_or(0) & 15));
  out.Put8(Bit(layer.cwr, 7) | Bit(layer.ece, 6) | Bit(layer.urg, 5) | Bit(layer.ack, 4) |
           Bit(layer.psh, 3) | Bit(layer.rst, 2) | Bit(layer.syn, 1) | Bit(layer.fin, 0));
  out.Put16(layer.window.value_or(65535)).Put16(0).Put16(layer.urgent_pointer.value_or(0));
  out.Put(options.Take());
  std::vector<uint8_t> segment = Joined(out, inner);
  StoreBig16(segment.data() + 16,
             context.Checksum(segment, kTcpProtocol, layer.checksum, layer.bad_checksum));
  return segment;
}

std::vector<uint8_t> BuildHeader(const Icmpv4Layer& layer, const std::vector<uint8_t>& inner,
                                 uint8_t, BuildContext&) {
  constexpr uint64_t kEchoRequest = 8;
  ByteWriter out;
  out.Put8(layer.type.value_or(kEchoRequest)).Put8(layer.code.value_or(0)).Put16(0);
  if (layer.rest) {
    out.Put32(*layer.rest);
  } else {
    out.Put16(layer.identifier.value_or(1)).Put16(layer.sequence.value_or(1));
  }
  std::vector<uint8_t> message = Joined(out, inner);
  const uint16_t sum = InternetChecksum().Add(message).Value();
  StoreBig16(
      message.data() + 2,
      static_cast<uint16_t>(layer.checksum.value_or(ChecksumOrBad(sum, layer.bad_checksum))));
  return message;
}

}  // namespace dualsim::craft
