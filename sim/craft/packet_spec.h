#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/craft/address_term.h"
#include "sim/craft/icmpv6_spec.h"
#include "sim/craft/layer_fields.h"
#include "stack/wire/dns_name.h"

namespace dualsim::craft {

// A frame as its layers, plain values: what a scenario's Frame says (see
// proto/packet.proto for the meaning of every field), and what Dissect() makes of
// bytes.

struct EthernetLayer {
  Mac destination;
  Mac source;
  Number type;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"destination"}, &EthernetLayer::destination);
    fn(FieldInfo{"source"}, &EthernetLayer::source);
    fn(FieldInfo{"type", 16}, &EthernetLayer::type);
  }
};

struct Ipv6Layer {
  Number version;
  Number traffic_class;
  Number flow_label;
  Number payload_length;
  Number next_header;
  Number hop_limit;
  Address source;
  Address destination;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"version", 4}, &Ipv6Layer::version);
    fn(FieldInfo{"traffic_class", 8}, &Ipv6Layer::traffic_class);
    fn(FieldInfo{"flow_label", 20}, &Ipv6Layer::flow_label);
    fn(FieldInfo{"payload_length", 16}, &Ipv6Layer::payload_length);
    fn(FieldInfo{"next_header", 8}, &Ipv6Layer::next_header);
    fn(FieldInfo{"hop_limit", 8}, &Ipv6Layer::hop_limit);
    fn(FieldInfo{"source"}, &Ipv6Layer::source);
    fn(FieldInfo{"destination"}, &Ipv6Layer::destination);
  }
};

// One option of an options header; Pad1 has neither length nor data.
struct OptionSpec {
  Number type;
  Number length;
  Bytes data;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"type", 8}, &OptionSpec::type);
    fn(FieldInfo{"length", 8}, &OptionSpec::length);
    fn(FieldInfo{"data"}, &OptionSpec::data);
  }
};

struct OptionsLayer {
  bool hop_by_hop = false;
  Number next_header;
  Number length;
  Flag no_padding;
  std::vector<OptionSpec> options;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"next_header", 8}, &OptionsLayer::next_header);
    fn(FieldInfo{"length", 8}, &OptionsLayer::length);
    fn(FieldInfo{"no_padding"}, &OptionsLayer::no_padding);
  }
};

struct RoutingLayer {
  Number next_header;
  Number length;
  Number type;
  Number segments_left;
  Bytes data;
  std::vector<AddressTerm> addresses;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"next_header", 8}, &RoutingLayer::next_header);
    fn(FieldInfo{"length", 8}, &RoutingLayer::length);
    fn(FieldInfo{"type", 8}, &RoutingLayer::type);
    fn(FieldInfo{"segments_left", 8}, &RoutingLayer::segments_left);
    fn(FieldInfo{"data"}, &RoutingLayer::data);
  }
};

struct FragmentLayer {
  Number next_header;
  Number reserved;
  Number offset;
  Number reserved2;
  Flag more;
  Number identification;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"next_header", 8}, &FragmentLayer::next_header);
    fn(FieldInfo{"reserved", 8}, &FragmentLayer::reserved);
    fn(FieldInfo{"offset", 13, Unit::kNone, 8}, &FragmentLayer::offset);
    fn(FieldInfo{"reserved2", 2}, &FragmentLayer::reserved2);
    fn(FieldInfo{"more"}, &FragmentLayer::more);
    fn(FieldInfo{"identification", 32}, &FragmentLayer::identification);
  }
};

struct Ipv4Layer {
  Number version;
  Number header_length;
  Number type_of_service;
  Number total_length;
  Number identification;
  Flag do_not_fragment;
  Flag more_fragments;
  Number fragment_offset;
  Number time_to_live;
  Number protocol;
  Number checksum;
  Flag bad_checksum;
  Ipv4 source;
  Ipv4 destination;
  Bytes options;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"version", 4}, &Ipv4Layer::version);
    fn(FieldInfo{"header_length", 4}, &Ipv4Layer::header_length);
    fn(FieldInfo{"type_of_service", 8}, &Ipv4Layer::type_of_service);
    fn(FieldInfo{"total_length", 16}, &Ipv4Layer::total_length);
    fn(FieldInfo{"identification", 16}, &Ipv4Layer::identification);
    fn(FieldInfo{"do_not_fragment"}, &Ipv4Layer::do_not_fragment);
    fn(FieldInfo{"more_fragments"}, &Ipv4Layer::more_fragments);
    fn(FieldInfo{"fragment_offset", 13, Unit::kNone, 8}, &Ipv4Layer::fragment_offset);
    fn(FieldInfo{"time_to_live", 8}, &Ipv4Layer::time_to_live);
    fn(FieldInfo{"protocol", 8}, &Ipv4Layer::protocol);
    fn(FieldInfo{"checksum", 16}, &Ipv4Layer::checksum);
    fn(FieldInfo{"bad_checksum"}, &Ipv4Layer::bad_checksum);
    fn(FieldInfo{"source"}, &Ipv4Layer::source);
    fn(FieldInfo{"destination"}, &Ipv4Layer::destination);
    fn(FieldInfo{"options"}, &Ipv4Layer::options);
  }
};

struct ArpLayer {
  Number hardware_type;
  Number protocol_type;
  Number hardware_length;
  Number protocol_length;
  Number operation;
  Mac sender_mac;
  Ipv4 sender_address;
  Mac target_mac;
  Ipv4 target_address;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"hardware_type", 16}, &ArpLayer::hardware_type);
    fn(FieldInfo{"protocol_type", 16}, &ArpLayer::protocol_type);
    fn(FieldInfo{"hardware_length", 8}, &ArpLayer::hardware_length);
    fn(FieldInfo{"protocol_length", 8}, &ArpLayer::protocol_length);
    fn(FieldInfo{"operation", 16}, &ArpLayer::operation);
    fn(FieldInfo{"sender_mac"}, &ArpLayer::sender_mac);
    fn(FieldInfo{"sender_address"}, &ArpLayer::sender_address);
    fn(FieldInfo{"target_mac"}, &ArpLayer::target_mac);
    fn(FieldInfo{"target_address"}, &ArpLayer::target_address);
  }
};

struct UdpLayer {
  Number source_port;
  Number destination_port;
  Number length;
  Number checksum;
  Flag bad_checksum;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"source_port", 16}, &UdpLayer::source_port);
    fn(FieldInfo{"destination_port", 16}, &UdpLayer::destination_port);
    fn(FieldInfo{"length", 16}, &UdpLayer::length);
    fn(FieldInfo{"checksum", 16}, &UdpLayer::checksum);
    fn(FieldInfo{"bad_checksum"}, &UdpLayer::bad_checksum);
  }
};

struct TcpLayer {
  Number source_port;
  Number destination_port;
  Number sequence;
  Number acknowledgment;
  Number data_offset;
  Number reserved;
  Flag cwr, ece, urg, ack, psh, rst, syn, fin;
  Number window;
  Number checksum;
  Flag bad_checksum;
  Number urgent_pointer;
  Bytes options;

  // What is not given above follows from a segment before it; see tcp_reference.h.
  std::string answers;  // Of the peer's; "": of none.
  std::string follows;  // Of the same side's; "": of none. Not both.
  // Added to the numbers that follow from it.
  int32_t sequence_offset = 0;
  int32_t acknowledgment_offset = 0;

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"source_port", 16}, &TcpLayer::source_port);
    fn(FieldInfo{"destination_port", 16}, &TcpLayer::destination_port);
    fn(FieldInfo{"sequence", 32}, &TcpLayer::sequence);
    fn(FieldInfo{"acknowledgment", 32}, &TcpLayer::acknowledgment);
    fn(FieldInfo{"data_offset", 4}, &TcpLayer::data_offset);
    fn(FieldInfo{"reserved", 4}, &TcpLayer::reserved);
    fn(FieldInfo{"cwr"}, &TcpLayer::cwr);
    fn(FieldInfo{"ece"}, &TcpLayer::ece);
    fn(FieldInfo{"urg"}, &TcpLayer::urg);
    fn(FieldInfo{"ack"}, &TcpLayer::ack);
    fn(FieldInfo{"psh"}, &TcpLayer::psh);
    fn(FieldInfo{"rst"}, &TcpLayer::rst);
    fn(FieldInfo{"syn"}, &TcpLayer::syn);
    fn(FieldInfo{"fin"}, &TcpLayer::fin);
    fn(FieldInfo{"window", 16}, &TcpLayer::window);
    fn(FieldInfo{"checksum", 16}, &TcpLayer::checksum);
    fn(FieldInfo{"bad_checksum"}, &TcpLayer::bad_checksum);
    fn(FieldInfo{"urgent_pointer", 16}, &TcpLayer::urgent_pointer);
    fn(FieldInfo{"options"}, &TcpLayer::options);
  }
};

struct Icmpv4Layer {
  Number type;
  Number code;
  Number checksum;
  Flag bad_checksum;
  Number identifier;
  Number sequence;
  Number rest;  // The four bytes of the two above, as one.

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"type", 8}, &Icmpv4Layer::type);
    fn(FieldInfo{"code", 8}, &Icmpv4Layer::code);
    fn(FieldInfo{"checksum", 16}, &Icmpv4Layer::checksum);
    fn(FieldInfo{"bad_checksum"}, &Icmpv4Layer::bad_checksum);
    fn(FieldInfo{"identifier", 16}, &Icmpv4Layer::identifier);
    fn(FieldInfo{"sequence", 16}, &Icmpv4Layer::sequence);
    fn(FieldInfo{"rest", 32}, &Icmpv4Layer::rest);
  }
};

struct PayloadLayer {
  Bytes hex;
  Number size;
  std::string packet;  // The name of one, or "".
  std::optional<wire::DnsName> dns_name;  // Of a pattern: what a DNS message asks for.

  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"hex"}, &PayloadLayer::hex);
    fn(FieldInfo{"size", 16}, &PayloadLayer::size);
  }
};

using Layer =
    std::variant<EthernetLayer, Ipv6Layer, OptionsLayer, RoutingLayer, FragmentLayer, Ipv4Layer,
                 ArpLayer, PayloadLayer, Icmpv6Layer, UdpLayer, TcpLayer, Icmpv4Layer>;

// Pieces of a packet, RFC 8200 §4.5.
struct FragmentsSpec {
  uint32_t size = 8;  // A multiple of 8, not 0.
  uint32_t identification = 1;
  std::vector<uint32_t> send;  // Counted from 1; empty: all.
  Address source;
  Address destination;
};

// A condition on a number of a layer: "parameter_problem" and "pointer".
struct FieldCondition {
  std::string layer;
  std::string field;
  Number at_least;
  Number at_most;
  std::vector<uint64_t> one_of;
  std::vector<uint64_t> none_of;
};

struct PacketSpec {
  std::vector<Layer> layers;  // From the outside in.
  std::optional<uint32_t> truncate;
  std::optional<FragmentsSpec> fragments;
  std::vector<FieldCondition> where;
};

// A layer's name in scenarios: "ipv6", "echo_request".
std::string_view LayerName(const Layer& layer);
// A layer, or an option of neighbour discovery, of that name with no field set.
std::optional<Layer> EmptyLayer(std::string_view name);
std::optional<NdpOptionSpec> EmptyNdpOption(std::string_view name);

// What `size` bytes hold that are given by their number alone: 00, 01 and so on.
std::vector<uint8_t> PatternBytes(size_t size);

}  // namespace dualsim::craft
