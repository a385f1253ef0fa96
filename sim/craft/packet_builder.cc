#include "sim/craft/packet_builder.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "sim/craft/build_context.h"
#include "sim/craft/byte_writer.h"
#include "sim/craft/header_builder.h"
#include "sim/craft/icmpv6_builder.h"
#include "stack/base/bytes.h"
#include "stack/wire/icmpv6.h"

namespace dualsim::craft {
namespace {

constexpr size_t kLargestPacket = 65'535 + 40;

using Type = wire::Icmpv6Type;
using Layers = std::span<const Layer>;

const Icmpv6Layer* FirstIcmpv6(Layers layers) {
  for (const Layer& layer : layers) {
    if (const auto* message = std::get_if<Icmpv6Layer>(&layer)) return message;
    if (&layer != layers.data() && std::holds_alternative<Ipv6Layer>(layer)) break;
  }
  return nullptr;
}

uint8_t DefaultHopLimit(const Icmpv6Layer* message) {
  if (message == nullptr) return 64;
  switch (static_cast<Type>(message->type)) {
    case Type::kRouterSolicitation:
    case Type::kRouterAdvertisement:
    case Type::kNeighborSolicitation:
    case Type::kNeighborAdvertisement:
    case Type::kRedirect:
      return 255;
    case Type::kMulticastListenerQuery:
    case Type::kMulticastListenerReportV1:
    case Type::kMulticastListenerDone:
    case Type::kMulticastListenerReportV2:
      return 1;
    default:
      return 64;
  }
}

// Whether it comes from no other address, RFC 4861 §4.2 and §4.5, RFC 3810 §5.
bool IsFromLinkLocal(const Icmpv6Layer* message) {
  if (message == nullptr) return false;
  switch (static_cast<Type>(message->type)) {
    case Type::kRouterAdvertisement:
    case Type::kRedirect:
    case Type::kMulticastListenerQuery:
    case Type::kMulticastListenerReportV1:
    case Type::kMulticastListenerDone:
    case Type::kMulticastListenerReportV2:
      return true;
    default:
      return false;
  }
}

Address GroupOf(const Icmpv6Layer& message) {
  if (const auto* body = std::get_if<ListenerBody>(&message.body)) return body->group;
  if (const auto* body = std::get_if<ListenerQueryV2Body>(&message.body)) return body->group;
  return std::nullopt;
}

Address SolicitedNodeOfTarget(const Icmpv6Layer& message) {
  const auto* body = std::get_if<NeighborSolicitationBody>(&message.body);
  if (body == nullptr || !body->target || body->target->solicited_node) return std::nullopt;
  AddressTerm term = *body->target;
  if (term.kind == AddressTerm::Kind::kLiteral) return term.literal.SolicitedNode();
  term.solicited_node = true;
  return term;
}

// `layers` begins with the IP header in question.
Address DefaultDestinationOf(Layers layers) {
  const Icmpv6Layer* message = FirstIcmpv6(layers);
  if (message == nullptr) return std::nullopt;
  switch (static_cast<Type>(message->type)) {
    case Type::kRouterSolicitation:
      return Ipv6Address::AllRouters();
    case Type::kRouterAdvertisement:
      return Ipv6Address::AllNodes();
    case Type::kNeighborSolicitation:
      return SolicitedNodeOfTarget(*message);
    case Type::kMulticastListenerQuery: {
      const Address group = GroupOf(*message);
      const bool general = !group || *group == AddressTerm(Ipv6Address());
      return general ? AddressTerm(Ipv6Address::AllNodes()) : *group;
    }
    case Type::kMulticastListenerReportV1:
      return GroupOf(*message);
    case Type::kMulticastListenerDone:
      return Ipv6Address::AllRouters();
    case Type::kMulticastListenerReportV2:
      return Ipv6Address::AllMldv2Routers();
    default:
      return std::nullopt;
  }
}

// Makes the bytes of layers from the innermost outwards, because each needs the
// length and the kind of what it carries.
class Assembler {
 public:
  Assembler(const PacketSpec& spec, const Surroundings& surroundings, int depth)
      : layers_(spec.layers), context_(surroundings, depth), ipv6_(spec.layers.size()) {
    if (depth > kMaximumQuoteDepth) context_.Fail("packets are quoted in quotes too deeply");
    FindAddresses();
  }

  const std::string& error() const { return context_.error(); }
  BuildContext& context() { return context_; }
  size_t size() const { return layers_.size(); }

  // Puts layers [begin, end) in front of `bytes`, which are of `protocol`.
  void Prepend(size_t begin, size_t end, std::vector<uint8_t>* bytes, uint8_t* protocol) {
    for (size_t i = end; i > begin && context_.error().empty(); --i) {
      EnterLayer(i - 1);
      *bytes = std::visit([&](const auto& layer) { return Build(layer, i - 1, *bytes, *protocol); },
                          layers_[i - 1]);
      *protocol = ProtocolOf(layers_[i - 1]);
      if (bytes->size() > 2 * kMaximumFrame) context_.Fail("the packet is larger than any frame");
    }
  }

  // The pieces' addresses.
  void Redirect(const FragmentsSpec& pieces, size_t at) {
    if (pieces.source) ipv6_[at].source = context_.Find(*pieces.source);
    if (pieces.destination) ipv6_[at].destination = context_.Find(*pieces.destination);
  }

  std::optional<size_t> OutermostIpv6() const {
    for (size_t i = 0; i < layers_.size(); ++i) {
      if (std::holds_alternative<Ipv6Layer>(layers_[i])) return i;
      if (std::holds_alternative<Ipv4Layer>(layers_[i])) break;
    }
    return std::nullopt;
  }

  // Where the fragmentable part begins: behind the IPv6 header and whatever nodes
  // on the way must see, RFC 8200 §4.5.
  size_t FragmentablePart(size_t ipv6) const {
    size_t begin = ipv6 + 1;
    for (size_t i = ipv6 + 1; i < layers_.size(); ++i) {
      const auto* options = std::get_if<OptionsLayer>(&layers_[i]);
      const bool routing = std::holds_alternative<RoutingLayer>(layers_[i]);
      if (!routing && options == nullptr) break;
      if (routing || options->hop_by_hop) begin = i + 1;
    }
    return begin;
  }

  std::vector<uint8_t> WithEthernet(std::vector<uint8_t> packet, uint8_t protocol) {
    EthernetLayer ethernet;
    if (!layers_.empty()) {
      if (const auto* given = std::get_if<EthernetLayer>(&layers_[0])) ethernet = *given;
    }
    return BuildEthernet(ethernet, packet, EtherTypeOf(protocol), DestinationMac(ethernet),
                         SourceMac(ethernet), context_);
  }
  bool has_ethernet() const {
    return !layers_.empty() && std::holds_alternative<EthernetLayer>(layers_[0]);
  }

 private:
  struct Addresses {
    Ipv6Address source;
    Ipv6Address destination;
    Ipv6Address last_destination;  // For checksums, RFC 8200 §8.1.
  };

  void FindAddresses() {
    for (size_t i = 0; i < layers_.size(); ++i) {
      const auto* ipv6 = std::get_if<Ipv6Layer>(&layers_[i]);
      if (ipv6 == nullptr) continue;
      const Layers from_here = layers_.subspan(i);
      Addresses& found = ipv6_[i];
      const Address destination =
          ipv6->destination ? ipv6->destination : DefaultDestinationOf(from_here);
      if (!destination) context_.Fail("the destination of the packet is not given");
      found.destination = context_.Find(destination);
      const bool local = IsFromLinkLocal(FirstIcmpv6(from_here));
      found.source = ipv6->source ? context_.Find(*ipv6->source)
                                  : Source(local ? Ipv6Address::AllNodes() : found.destination);
      found.last_destination = LastDestination(from_here, found.destination);
    }
  }

  Ipv6Address Source(const Ipv6Address& destination) {
    const auto source = context_.surroundings().SourceFor(destination);
    if (!source) context_.Fail("the tester has no address to send from");
    return source.value_or(Ipv6Address());
  }

  Ipv6Address LastDestination(Layers layers, const Ipv6Address& otherwise) {
    for (const Layer& layer : layers.subspan(1)) {
      if (std::holds_alternative<Ipv6Layer>(layer)) break;
      const auto* routing = std::get_if<RoutingLayer>(&layer);
      if (routing == nullptr || routing->addresses.empty()) continue;
      if (routing->segments_left.value_or(1) != 0) return context_.Find(routing->addresses.back());
    }
    return otherwise;
  }

  // Points the context at the IP header around layer `i`.
  void EnterLayer(size_t i) {
    for (size_t outer = i + 1; outer > 0; --outer) {
      if (const auto* ipv4 = std::get_if<Ipv4Layer>(&layers_[outer - 1])) {
        context_.ipv4 = true;
        context_.ipv4_source = ipv4->source.value_or(Ipv4Address());
        context_.ipv4_destination = ipv4->destination.value_or(Ipv4Address::Broadcast());
        return;
      }
      if (std::holds_alternative<Ipv6Layer>(layers_[outer - 1])) {
        context_.ipv4 = false;
        context_.source = ipv6_[outer - 1].source;
        context_.destination = ipv6_[outer - 1].last_destination;
        return;
      }
    }
  }

  using Bytes = std::vector<uint8_t>;
  Bytes Build(const EthernetLayer&, size_t, Bytes& bytes, uint8_t) {
    return std::move(bytes);  // WithEthernet() does it, for all frames alike.
  }
  Bytes Build(const Ipv6Layer& layer, size_t i, const Bytes& bytes, uint8_t protocol) {
    const uint8_t hop_limit = DefaultHopLimit(FirstIcmpv6(layers_.subspan(i)));
    return BuildIpv6(layer, bytes, protocol, hop_limit, ipv6_[i].source, ipv6_[i].destination);
  }
  Bytes Build(const PayloadLayer& layer, size_t, const Bytes& bytes, uint8_t) {
    ByteWriter out;
    if (!layer.packet.empty()) {
      Quote whole;
      whole.packet = layer.packet;
      return out.Put(context_.Quoted(whole, kLargestPacket)).Put(bytes).Take();
    }
    out.Put(layer.hex ? *layer.hex : PatternBytes(layer.size.value_or(0))).Put(bytes);
    return out.Take();
  }
  Bytes Build(const Icmpv6Layer& layer, size_t, const Bytes& bytes, uint8_t) {
    return BuildIcmpv6(layer, bytes, context_);
  }
  template <typename Header>
  Bytes Build(const Header& layer, size_t, const Bytes& bytes, uint8_t protocol) {
    return BuildHeader(layer, bytes, protocol, context_);
  }

  MacAddress SourceMac(const EthernetLayer& ethernet) {
    if (ethernet.source) return context_.Find(ethernet.source);
    const auto mac = context_.surroundings().SourceMac();
    if (!mac) context_.Fail("the tester has no MAC address");
    return mac.value_or(MacAddress());
  }
  MacAddress DestinationMac(const EthernetLayer& ethernet) {
    if (ethernet.destination) return context_.Find(ethernet.destination);
    const std::optional<size_t> ipv6 = OutermostIpv6();
    if (!ipv6) return MacAddress::Broadcast();
    const Ipv6Address& destination = ipv6_[*ipv6].destination;
    if (destination.is_multicast()) return MacAddress::ForGroup(destination);
    const auto mac = context_.surroundings().DestinationMac(destination);
    if (!mac)
      context_.Fail("nobody on the link has " + destination.ToString() +
                    "; say with 'ethernet' where the frame goes");
    return mac.value_or(MacAddress());
  }

  Layers layers_;
  BuildContext context_;
  std::vector<Addresses> ipv6_;  // By layer; set for IPv6 headers.
};

// The piece of `fragmentable` that begins at `offset`, with its Fragment header.
std::vector<uint8_t> BuildPiece(const FragmentsSpec& pieces, uint8_t protocol,
                                ByteView fragmentable, size_t offset, BuildContext& context) {
  const size_t size = std::min<size_t>(pieces.size, fragmentable.size() - offset);
  const ByteView part = fragmentable.subspan(offset, size);
  FragmentLayer header;
  header.offset = offset;
  header.more = offset + size < fragmentable.size();
  header.identification = pieces.identification;
  return BuildHeader(header, {part.begin(), part.end()}, protocol, context);
}

void BuildPieces(const FragmentsSpec& pieces, Assembler* assembler, BuiltFrames* built) {
  const std::optional<size_t> ipv6 = assembler->OutermostIpv6();
  if (!ipv6 || pieces.size == 0) {
    built->error = "only an IPv6 packet can be sent in pieces";
    return;
  }
  const size_t part = assembler->FragmentablePart(*ipv6);
  std::vector<uint8_t> fragmentable;
  uint8_t protocol = kNoNextHeader;
  assembler->Prepend(part, assembler->size(), &fragmentable, &protocol);
  assembler->Redirect(pieces, *ipv6);
  const size_t count = std::max<size_t>(1, (fragmentable.size() + pieces.size - 1) / pieces.size);
  std::vector<uint32_t> send = pieces.send;
  if (send.empty()) {
    for (uint32_t i = 1; i <= count; ++i) send.push_back(i);
  }
  for (uint32_t number : send) {
    if (number == 0 || number > count) {
      built->error = "there is no piece " + std::to_string(number) + "; the packet has " +
                     std::to_string(count);
      return;
    }
    std::vector<uint8_t> bytes = BuildPiece(pieces, protocol, fragmentable,
                                            size_t{number - 1} * pieces.size, assembler->context());
    uint8_t next = kFragmentHeader;
    assembler->Prepend(assembler->has_ethernet() ? 1 : 0, part, &bytes, &next);
    built->frames.push_back(assembler->WithEthernet(std::move(bytes), next));
  }
}

}  // namespace

std::optional<AddressTerm> DefaultDestination(const PacketSpec& spec) {
  const auto ipv6 = std::find_if(spec.layers.begin(), spec.layers.end(), [](const Layer& layer) {
    return std::holds_alternative<Ipv6Layer>(layer);
  });
  if (ipv6 == spec.layers.end()) return std::nullopt;
  return DefaultDestinationOf(Layers(ipv6, spec.layers.end()));
}

BuiltPacket BuildPacket(const PacketSpec& spec, const Surroundings& surroundings, int depth) {
  BuiltPacket built;
  Assembler assembler(spec, surroundings, depth);
  uint8_t protocol = kNoNextHeader;
  assembler.Prepend(assembler.has_ethernet() ? 1 : 0, assembler.size(), &built.bytes, &protocol);
  built.error = assembler.error();
  if (!built.error.empty()) built.bytes.clear();
  return built;
}

BuiltFrames BuildFrames(const PacketSpec& spec, const Surroundings& surroundings) {
  BuiltFrames built;
  Assembler assembler(spec, surroundings, 0);
  if (spec.fragments) {
    BuildPieces(*spec.fragments, &assembler, &built);
  } else {
    std::vector<uint8_t> bytes;
    uint8_t protocol = kNoNextHeader;
    assembler.Prepend(assembler.has_ethernet() ? 1 : 0, assembler.size(), &bytes, &protocol);
    built.frames.push_back(assembler.WithEthernet(std::move(bytes), protocol));
  }
  if (built.error.empty()) built.error = assembler.error();
  for (std::vector<uint8_t>& frame : built.frames) {
    if (spec.truncate) frame.resize(std::min<size_t>(frame.size(), *spec.truncate));
    if (frame.size() > kMaximumFrame && built.error.empty()) {
      built.error = "the frame has " + std::to_string(frame.size()) + " bytes; the most is " +
                    std::to_string(kMaximumFrame);
    }
  }
  if (!built.ok()) built.frames.clear();
  return built;
}

}  // namespace dualsim::craft
