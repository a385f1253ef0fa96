#include "sim/scenario/tester_stations.h"

#include <algorithm>
#include <optional>

#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ndp.h"

namespace dualsim::sim {
namespace {

// A solicitation that stands up to RFC 4861 §7.1.1, and who asks.
struct Question {
  MacAddress mac;
  Ipv6Address source;
  Ipv6Address target;
};

std::optional<Question> ReadSolicitation(ByteView frame) {
  const auto ethernet = wire::EthernetHeader::Parse(frame);
  if (!ethernet || ethernet->type != wire::EtherType::kIpv6) return std::nullopt;
  const ByteView packet = frame.subspan(wire::EthernetHeader::kSize);
  const auto ip = wire::Ipv6Header::Parse(packet);
  if (!ip || ip->next_header != wire::NextHeader::kIcmpv6) return std::nullopt;
  const ByteView message = packet.subspan(wire::Ipv6Header::kSize, ip->payload_length);
  const auto header = wire::Icmpv6Header::Parse(message, ip->source, ip->destination);
  if (!header || header->type != wire::Icmpv6Type::kNeighborSolicitation) return std::nullopt;
  const auto solicitation =
      wire::NeighborSolicitation::Parse(message, {ip->source, ip->destination, ip->hop_limit});
  if (!solicitation) return std::nullopt;
  return Question{ethernet->source, ip->source, solicitation->target};
}

// RFC 4861 §7.2.4; who asks without an address is told with all others.
std::vector<uint8_t> MakeAdvertisement(const Question& question, const MacAddress& mac,
                                       bool is_router) {
  const bool nameless = question.source.is_unspecified();
  const Ipv6Address destination = nameless ? Ipv6Address::AllNodes() : question.source;
  wire::NeighborAdvertisement advertisement;
  advertisement.router = is_router;
  advertisement.solicited = !nameless;
  advertisement.override_flag = true;
  advertisement.target = question.target;
  advertisement.options.target_link_layer_address = mac;

  constexpr size_t kHeaders = wire::EthernetHeader::kSize + wire::Ipv6Header::kSize;
  const size_t size = advertisement.size();
  std::vector<uint8_t> frame(kHeaders + size);
  const MacAddress to = nameless ? MacAddress::ForGroup(destination) : question.mac;
  wire::EthernetHeader{to, mac, wire::EtherType::kIpv6}.Store(frame.data());
  wire::Ipv6Header ip;
  ip.payload_length = static_cast<uint16_t>(size);
  ip.next_header = wire::NextHeader::kIcmpv6;
  ip.hop_limit = 255;
  ip.source = question.target;
  ip.destination = destination;
  ip.Store(frame.data() + wire::EthernetHeader::kSize);
  advertisement.Store(frame.data() + kHeaders);
  wire::StoreIcmpv6Checksum({frame.data() + kHeaders, size}, ip.source, ip.destination);
  return frame;
}

}  // namespace

TesterStations::TesterStations(const Plan& plan) : plan_(plan), testers_(plan.nodes.size()) {
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    if (plan.nodes[i].tester) testers_[i] = *plan.nodes[i].tester;
  }
}

void TesterStations::OnFrame(Time, const FrameEvent& event) {
  if (event.injected || event.dropped) return;
  const std::optional<Question> question = ReadSolicitation(event.frame);
  if (!question) return;
  for (size_t i = 0; i < testers_.size(); ++i) {
    const TesterPlan& tester = testers_[i];
    const auto& addresses = tester.addresses;
    if (addresses.empty() || !tester.answer_solicitations) continue;
    const NodePlan& node = plan_.nodes[i];
    const bool asked =
        node.links[0] == event.link &&
        std::find(addresses.begin(), addresses.end(), question->target) != addresses.end();
    if (!asked) continue;
    const MacAddress& mac = node.config.interfaces[0].mac;
    answers_.push_back(
        {NodeId(static_cast<uint32_t>(i)), MakeAdvertisement(*question, mac, tester.is_router)});
  }
}

void TesterStations::SendAnswers(World& world) {
  const std::vector<Answer> answers = std::move(answers_);
  answers_.clear();
  for (const Answer& answer : answers) {
    world.network().InjectFromNode(answer.tester, InterfaceId(0), answer.frame);
  }
}

}  // namespace dualsim::sim
