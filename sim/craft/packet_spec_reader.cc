#include "sim/craft/packet_spec_reader.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "proto/packet.pb.h"
#include "sim/craft/field_reader.h"
#include "sim/craft/icmpv6_reader.h"
#include "sim/craft/packet_builder.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::craft {
namespace {

using dualsim::Frame;
using google::protobuf::Message;
using Field = google::protobuf::FieldDescriptor;

class SpecReader {
 public:
  SpecReader(const sim::TextLocations& locations, const NameScope& names, FrameUse use,
             sim::Diagnostics* diagnostics)
      : reader_(locations, names, use, diagnostics) {}

  PacketSpec Read(const Frame& frame, int depth) {
    PacketSpec spec;
    if (depth > kMaximumQuoteDepth) {
      reader_.Error(frame, "packets are quoted in quotes too deeply; " +
                               std::to_string(kMaximumQuoteDepth) + " is the most");
      return spec;
    }
    ReadLayers(frame, depth, &spec);
    for (const Frame::Where& where : frame.where()) ReadCondition(where, &spec);
    if (frame.has_fragments()) spec.fragments = ReadFragments(frame.fragments());
    if (frame.has_truncate()) {
      constexpr uint32_t kEthernetHeader = 14;
      spec.truncate = frame.truncate();
      if (frame.truncate() < kEthernetHeader) {
        reader_.Error(frame, "truncate: what is sent has an Ethernet header, 14 bytes");
      }
    }
    CheckUse(frame, depth, spec);
    return spec;
  }

 private:
  void ReadLayers(const Frame& frame, int depth, PacketSpec* spec) {
    std::vector<std::pair<sim::SourceLocation, Layer>> found;
    const google::protobuf::Descriptor* type = Frame::descriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const Field* field = type->field(i);
      const auto empty = EmptyLayer(field->name());
      if (!empty) continue;
      const bool list = field->is_repeated();
      const int count = list ? FieldReader::SizeOf(frame, field) : frame.has_ethernet() ? 1 : 0;
      for (int j = 0; j < count; ++j) {
        const Message& message = FieldReader::MessageOf(frame, field, list ? j : -1);
        found.emplace_back(reader_.Where(message), *empty);
        Layer& layer = found.back().second;
        std::visit([&](auto& fields) { ReadLayer(message, depth, &fields); }, layer);
      }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    if (found.size() > kMaximumLayers) {
      reader_.Error(frame, "a frame has at most " + std::to_string(kMaximumLayers) + " layers");
      found.resize(kMaximumLayers);
    }
    for (auto& [where, layer] : found) spec->layers.push_back(std::move(layer));
    const auto ethernet = std::find_if(
        spec->layers.begin(), spec->layers.end(),
        [](const Layer& layer) { return std::holds_alternative<EthernetLayer>(layer); });
    if (ethernet != spec->layers.end() && ethernet != spec->layers.begin()) {
      reader_.Error(frame.ethernet(), "the Ethernet header is the first layer of a frame");
      spec->layers.erase(ethernet);
    }
    if (depth == 0 && reader_.use() == FrameUse::kSend) AddIpv6(spec);
  }

  // What IPv6 alone carries has its header in front of it.
  static void AddIpv6(PacketSpec* spec) {
    auto first = spec->layers.begin();
    if (first == spec->layers.end()) return;
    if (const auto* ethernet = std::get_if<EthernetLayer>(&*first)) {
      if (ethernet->type || ++first == spec->layers.end()) return;
    }
    const bool of_ipv6 = std::holds_alternative<Icmpv6Layer>(*first) ||
                         std::holds_alternative<OptionsLayer>(*first) ||
                         std::holds_alternative<RoutingLayer>(*first) ||
                         std::holds_alternative<FragmentLayer>(*first);
    if (of_ipv6) spec->layers.insert(first, Ipv6Layer());
  }

  template <typename L>
  void ReadLayer(const Message& message, int depth, L* layer) {
    reader_.ReadFields(message, layer);
    if constexpr (std::is_same_v<L, OptionsLayer>) {
      ReadOptions(static_cast<const Frame::OptionsHeader&>(message), layer);
    } else if constexpr (std::is_same_v<L, RoutingLayer>) {
      layer->addresses = ReadAddresses(message, "address", &reader_);
      if (layer->data && !layer->addresses.empty()) {
        reader_.Error(message, "give either 'data' or addresses");
      }
    } else if constexpr (std::is_same_v<L, PayloadLayer>) {
      ReadPacketName(static_cast<const Frame::Payload&>(message), layer);
    } else if constexpr (std::is_same_v<L, TcpLayer>) {
      ReadTcpReference(static_cast<const Frame::Tcp&>(message), layer);
    } else if constexpr (std::is_same_v<L, Icmpv6Layer>) {
      const FrameReader read_frame = [&](const Message& quoted) {
        return std::make_shared<const PacketSpec>(
            Read(static_cast<const Frame&>(quoted), depth + 1));
      };
      ReadIcmpv6Parts(message, read_frame, &reader_, layer);
      const auto* echo = std::get_if<EchoBody>(&layer->body);
      if (echo != nullptr && echo->data && echo->data_size) {
        reader_.Error(message, "give either 'data' or 'data_size'");
      }
    }
  }

  void ReadTcpReference(const Frame::Tcp& message, TcpLayer* layer) {
    for (const char* name : {"answers", "follows"}) {
      const Field* field = FieldReader::FindField(message, name);
      if (field != nullptr) reader_.CheckPacketName(message, field, reader_.Text(message, field));
    }
    layer->answers = message.answers();
    layer->follows = message.follows();
    layer->sequence_offset = message.sequence_offset();
    layer->acknowledgment_offset = message.acknowledgment_offset();
    if (message.has_answers() && message.has_follows()) {
      reader_.Error(message, "give either 'answers' or 'follows'");
    }
    const bool offset = message.has_sequence_offset() || message.has_acknowledgment_offset();
    if (offset && !message.has_answers() && !message.has_follows()) {
      reader_.Error(message, "an offset needs 'answers' or 'follows', which it is counted from");
    }
  }

  void ReadPacketName(const Frame::Payload& message, PayloadLayer* layer) {
    const int given = message.has_hex() + message.has_size() + message.has_packet();
    if (given > 1) reader_.Error(message, "give one of 'hex', 'size' and 'packet'");
    if (message.has_dns_name()) ReadDnsName(message, layer);
    if (!message.has_packet()) return;
    const Field* field = FieldReader::FindField(message, "packet");
    if (reader_.use() == FrameUse::kPattern) {
      reader_.Error(message, field, "it is for frames that are sent");
    } else {
      reader_.CheckPacketName(message, field, message.packet());
    }
    layer->packet = message.packet();
  }

  void ReadDnsName(const Frame::Payload& message, PayloadLayer* layer) {
    const Field* field = FieldReader::FindField(message, "dns_name");
    layer->dns_name = wire::DnsName::Parse(message.dns_name());
    if (reader_.use() != FrameUse::kPattern) {
      reader_.Error(message, field, "it is for frames that are compared");
    } else if (!layer->dns_name) {
      reader_.Error(message, field, "'" + message.dns_name().substr(0, 60) + "' is no name");
    }
  }

  void ReadOptions(const Frame::OptionsHeader& header, OptionsLayer* layer) {
    std::vector<std::pair<sim::SourceLocation, OptionSpec>> found;
    const auto field = [&](const char* name) { return FieldReader::FindList(header, name); };
    const auto add = [&](const Field* list, int i, OptionSpec option) {
      found.emplace_back(reader_.Where(header, list, i), std::move(option));
    };
    for (int i = 0; i < header.pad1_size(); ++i) {
      if (!InRange(header, field("pad1"), header.pad1(i), i, 1, kMaximumPad1)) continue;
      for (uint32_t n = 0; n < header.pad1(i); ++n) {
        add(field("pad1"), i, {wire::kOptionPad1, std::nullopt, std::nullopt});
      }
    }
    for (int i = 0; i < header.padn_size(); ++i) {
      if (!InRange(header, field("padn"), header.padn(i), i, 2, 257)) continue;
      add(field("padn"), i,
          {wire::kOptionPadN, std::nullopt, std::vector<uint8_t>(header.padn(i) - 2)});
    }
    for (int i = 0; i < header.router_alert_size(); ++i) {
      const uint32_t value = header.router_alert(i);
      if (!InRange(header, field("router_alert"), value, i, 0, 0xffff)) continue;
      add(field("router_alert"), i, {wire::kOptionRouterAlert, std::nullopt, Big(value, 2)});
    }
    for (int i = 0; i < header.jumbo_payload_size(); ++i) {
      add(field("jumbo_payload"), i,
          {wire::kOptionJumboPayload, std::nullopt, Big(header.jumbo_payload(i), 4)});
    }
    for (int i = 0; i < header.option_size(); ++i) {
      OptionSpec option;
      reader_.ReadFields(header.option(i), &option);
      if (!header.option(i).has_type()) reader_.Error(header.option(i), "lacks 'type'");
      add(field("option"), i, std::move(option));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [where, option] : found) layer->options.push_back(std::move(option));
  }

  // Most that one options header has room for.
  static constexpr uint32_t kMaximumPad1 = 2046;

  bool InRange(const Message& message, const Field* list, uint32_t value, int index, uint32_t least,
               uint32_t most) {
    if (value >= least && value <= most) return true;
    reader_.Error(message, list, "it is " + std::to_string(least) + " to " + std::to_string(most),
                  index);
    return false;
  }

  static std::vector<uint8_t> Big(uint32_t value, int bytes) {
    std::vector<uint8_t> big;
    for (int i = bytes; i > 0; --i) big.push_back(static_cast<uint8_t>(value >> (8 * (i - 1))));
    return big;
  }

  void ReadCondition(const Frame::Where& where, PacketSpec* spec) {
    FieldCondition condition;
    const size_t dot = where.field().find('.');
    condition.layer = where.field().substr(0, dot);
    condition.field = dot == std::string::npos ? "" : where.field().substr(dot + 1);
    if (!HasNumber(condition.layer, condition.field)) {
      reader_.Error(where, "'" + where.field() +
                               "' is no number of a layer; write one like 'ipv6.payload_length'");
      return;
    }
    if (where.has_at_least()) condition.at_least = where.at_least();
    if (where.has_at_most()) condition.at_most = where.at_most();
    condition.one_of.assign(where.one_of().begin(), where.one_of().end());
    condition.none_of.assign(where.none_of().begin(), where.none_of().end());
    if (!where.has_at_least() && !where.has_at_most() && condition.one_of.empty() &&
        condition.none_of.empty()) {
      reader_.Error(where, "says nothing; give 'at_least', 'at_most', 'one_of' or 'none_of'");
    }
    if (condition.at_least && condition.at_most && *condition.at_least > *condition.at_most) {
      reader_.Error(where, "no number is both");
    }
    spec->where.push_back(std::move(condition));
  }

  FragmentsSpec ReadFragments(const Frame::Fragments& text) {
    FragmentsSpec fragments;
    fragments.size = text.size();
    if (text.size() == 0 || text.size() % 8 != 0 || text.size() > 65528) {
      reader_.Error(text, "its size is a multiple of 8 from 8 to 65528");
      fragments.size = 8;
    }
    if (text.has_identification()) fragments.identification = text.identification();
    fragments.send.assign(text.send().begin(), text.send().end());
    const auto count = std::find(fragments.send.begin(), fragments.send.end(), 0u);
    if (count != fragments.send.end()) reader_.Error(text, "pieces are counted from 1");
    if (const Field* source = FieldReader::FindField(text, "source")) {
      fragments.source = reader_.ReadAddress(text, source, text.source());
    }
    if (const Field* destination = FieldReader::FindField(text, "destination")) {
      fragments.destination = reader_.ReadAddress(text, destination, text.destination());
    }
    return fragments;
  }

  // What means nothing here, and what is missing.
  void CheckUse(const Frame& frame, int depth, const PacketSpec& spec) {
    const bool send = reader_.use() == FrameUse::kSend;
    if (send && frame.where_size() > 0) {
      reader_.Error(frame.where(0), "conditions are for patterns; give the fields their values");
    }
    if (!send && (frame.has_truncate() || frame.has_fragments())) {
      reader_.Error(frame, "a pattern has no 'truncate' and no 'fragments'");
    }
    if (depth > 0 && (frame.has_truncate() || frame.has_fragments())) {
      reader_.Error(frame, "a quoted packet is whole; shorten it with the quote's 'size'");
    }
    if (spec.layers.empty()) {
      if (send) reader_.Error(frame, "the frame has no layers");
      return;
    }
    if (!send) return;
    const bool has_ipv6 =
        std::any_of(spec.layers.begin(), spec.layers.end(),
                    [](const Layer& layer) { return std::holds_alternative<Ipv6Layer>(layer); });
    if (frame.ipv6_size() > 0) {
      if (!frame.ipv6(0).has_destination() && !DefaultDestination(spec)) {
        reader_.Error(frame.ipv6(0), "lacks 'destination'");
      }
    } else if (has_ipv6 && !DefaultDestination(spec)) {
      reader_.Error(frame, "lacks 'ipv6' with a 'destination'");
    }
    if (frame.has_fragments() && !has_ipv6) {
      reader_.Error(frame.fragments(), "only an IPv6 packet can be sent in pieces");
    }
  }

  FieldReader reader_;
};

}  // namespace

PacketSpec ReadPacketSpec(const Frame& frame, const sim::TextLocations& locations,
                          const NameScope& names, FrameUse use, sim::Diagnostics* diagnostics) {
  return SpecReader(locations, names, use, diagnostics).Read(frame, 0);
}

}  // namespace dualsim::craft
