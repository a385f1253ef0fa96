#include "tools/packetdrill/host_under_test.h"

#include <algorithm>
#include <utility>

#include "stack/application/arguments.h"
#include "stack/wire/arp.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv4.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ndp.h"

namespace dualsim::packetdrill {
namespace {

constexpr InterfaceId kCard{0};
const MacAddress kHostMac({0x02, 0, 0, 0, 0, 0x01});
const MacAddress kNeighborMac({0x02, 0, 0, 0, 0, 0x02});
// What a boot takes: announcements, groups, router discovery.
constexpr Duration kBoot = Seconds(60);

template <typename T>
T Pick(application::Arguments& arguments, std::string_view name, T preset,
       std::initializer_list<std::pair<std::string_view, T>> choices) {
  const auto given = arguments.TakeString(name);
  if (!given) return preset;
  std::string allowed;
  for (const auto& [word, value] : choices) {
    if (word == *given) return value;
    allowed += (allowed.empty() ? "" : " or ") + std::string(word);
  }
  arguments.Refuse(name, *given, allowed);
  return preset;
}

void ReadTcp(application::Arguments& arguments, tcp::Config& tcp) {
  using Ecn = tcp::Config::Ecn;
  using Congestion = tcp::Config::Congestion;
  constexpr uint64_t kMostBuffer = 1 << 30;
  tcp.sack = arguments.TakeFlag("sack").value_or(tcp.sack);
  tcp.timestamps = arguments.TakeFlag("timestamps").value_or(tcp.timestamps);
  tcp.window_scaling = arguments.TakeFlag("window_scaling").value_or(tcp.window_scaling);
  tcp.ecn = Pick<Ecn>(arguments, "ecn", tcp.ecn,
                      {{"off", Ecn::kOff}, {"accept", Ecn::kAccept}, {"request", Ecn::kRequest}});
  tcp.congestion =
      Pick<Congestion>(arguments, "congestion", tcp.congestion,
                       {{"cubic", Congestion::kCubic}, {"reno", Congestion::kNewReno}});
  tcp.initial_window_segments =
      static_cast<int>(arguments.TakeNumber("initial_window", 1, 1000)
                           .value_or(static_cast<uint64_t>(tcp.initial_window_segments)));
  tcp.send_buffer = static_cast<uint32_t>(
      arguments.TakeSize("send_buffer", 1024, kMostBuffer).value_or(tcp.send_buffer));
  tcp.receive_buffer = static_cast<uint32_t>(
      arguments.TakeSize("receive_buffer", 1024, kMostBuffer).value_or(tcp.receive_buffer));
}

}  // namespace

host::StackConfig ReadFlags(std::string_view flags, std::vector<std::string>* errors) {
  application::Arguments arguments(flags);
  host::StackConfig config;
  config.name = "packetdrill";
  host::InterfaceConfig& card = config.interfaces.emplace_back();
  card.name = "test0";
  card.mac = kHostMac;
  card.mtu = static_cast<uint32_t>(arguments.TakeNumber("mtu", 1280, 65'535).value_or(1500));
  card.accept_router_advertisements = false;
  card.dup_addr_detect_transmits = 0;
  const auto local = arguments.TakeAddress("local_ip");
  const auto gateway = arguments.TakeAddress("gateway_ip");
  arguments.TakeAddress("remote_ip");
  if (!local) arguments.Require("local_ip", "the host's address");
  if (!gateway) arguments.Require("gateway_ip", "the address through which it reaches others");
  if (local && gateway && local->family() != gateway->family()) {
    arguments.Refuse("gateway_ip", gateway->ToString(), "of the family of --local_ip");
  } else if (local && gateway && local->is_ipv4()) {
    card.ipv6 = false;
    card.ipv4_addresses = {Ipv4Cidr{local->ipv4(), 16}};
    card.ipv4_gateway = gateway->ipv4();
  } else if (local && gateway) {
    card.ipv4 = false;
    card.ipv6_addresses = {Ipv6Cidr{local->ipv6(), 48}};
    card.ipv6_gateway = gateway->ipv6();
  }
  ReadTcp(arguments, config.tcp.connection);
  const auto wrong = arguments.Finish();
  errors->insert(errors->end(), wrong.begin(), wrong.end());
  return config;
}

HostUnderTest::HostUnderTest(const host::StackConfig& config)
    : tcp_config_(config.tcp.connection),
      stack_(config, {packets_, *this, *this, RandomSource(/*run_seed=*/1, "packetdrill")}) {
  const host::InterfaceConfig& card = config.interfaces.front();
  address_ = card.ipv6 ? IpAddress(card.ipv6_addresses.front().address)
                       : IpAddress(card.ipv4_addresses.front().address);
  stack_.Boot(now_);
  Settle();
  AdvanceTo(now_ + kBoot);
  sent_.clear();
}

void HostUnderTest::AdvanceTo(Time time) {
  while (deadline() <= time) {
    now_ = deadline();
    Settle();
  }
  now_ = std::max(now_, time);
}

void HostUnderTest::Receive(ByteView packet) {
  if (packet.empty()) return;
  Packet frame = packets_.Copy(packet);
  const bool ipv6 = packet[0] >> 4 == 6;
  wire::EthernetHeader{kHostMac, kNeighborMac,
                       ipv6 ? wire::EtherType::kIpv6 : wire::EtherType::kIpv4}
      .Store(frame.Prepend(wire::EthernetHeader::kSize).data());
  const Settler settler(*this);
  stack_.Receive(now_, kCard, std::move(frame));
}

std::optional<HostUnderTest::Sent> HostUnderTest::TakeSent() {
  if (sent_.empty()) return std::nullopt;
  Sent sent = std::move(sent_.front());
  sent_.pop_front();
  return sent;
}

void HostUnderTest::Settle() {
  for (;;) {
    if (!answers_.empty()) {
      Packet answer = std::move(answers_.front());
      answers_.pop_front();
      stack_.Receive(now_, kCard, std::move(answer));
    } else if (stack_.deadline() <= now_) {
      stack_.Advance(now_);
    } else {
      return;
    }
  }
}

void HostUnderTest::Transmit(InterfaceId, Packet frame) {
  const auto header = wire::EthernetHeader::Parse(frame.bytes());
  if (!header) return;
  const ByteView packet = frame.bytes().subspan(wire::EthernetHeader::kSize);
  if (header->type == wire::EtherType::kArp) return OnArp(packet);
  if (header->type == wire::EtherType::kIpv6) return OnIpv6(packet);
  constexpr uint8_t kIgmp = 2;
  constexpr size_t kProtocol = 9;  // Its place in the header, RFC 791 §3.1.
  if (packet.size() > kProtocol && packet[kProtocol] != kIgmp) {
    sent_.push_back({now_, {packet.begin(), packet.end()}});
  }
}

void HostUnderTest::OnArp(ByteView packet) {
  const auto arp = wire::ArpPacket::Parse(packet);
  if (!arp || arp->operation != wire::ArpOperation::kRequest || arp->is_probe()) return;
  if (IpAddress(arp->target) == address_) return;  // It announces itself.
  Packet reply = packets_.Make(wire::ArpPacket::kSize);
  wire::ArpPacket{wire::ArpOperation::kReply, kNeighborMac, arp->target, kHostMac, arp->sender}
      .Store(reply.mutable_bytes().data());
  wire::EthernetHeader{kHostMac, kNeighborMac, wire::EtherType::kArp}.Store(
      reply.Prepend(wire::EthernetHeader::kSize).data());
  answers_.push_back(std::move(reply));
}

void HostUnderTest::OnIpv6(ByteView packet) {
  const auto header = wire::Ipv6Header::Parse(packet);
  if (!header || header->next_header == wire::NextHeader::kHopByHop) return;  // MLD.
  const ByteView message = packet.subspan(wire::Ipv6Header::kSize);
  const bool discovery = header->next_header == wire::NextHeader::kIcmpv6 && !message.empty() &&
                         message[0] >= static_cast<uint8_t>(wire::Icmpv6Type::kRouterSolicitation);
  if (!discovery) {
    sent_.push_back({now_, {packet.begin(), packet.end()}});
    return;
  }
  const auto asked = wire::NeighborSolicitation::Parse(
      message, {header->source, header->destination, header->hop_limit});
  const bool solicitation =
      message[0] == static_cast<uint8_t>(wire::Icmpv6Type::kNeighborSolicitation);
  if (!solicitation || !asked || header->source.is_unspecified()) return;
  wire::NeighborAdvertisement advertisement{
      .solicited = true, .override_flag = true, .target = asked->target};
  advertisement.options.target_link_layer_address = kNeighborMac;
  Packet reply = packets_.Make(advertisement.size());
  advertisement.Store(reply.mutable_bytes().data());
  wire::StoreIcmpv6Checksum(reply.mutable_bytes(), asked->target, header->source);
  wire::Ipv6Header ip{.payload_length = static_cast<uint16_t>(advertisement.size()),
                      .next_header = wire::NextHeader::kIcmpv6,
                      .hop_limit = 255,
                      .source = asked->target,
                      .destination = header->source};
  ip.Store(reply.Prepend(wire::Ipv6Header::kSize).data());
  wire::EthernetHeader{kHostMac, kNeighborMac, wire::EtherType::kIpv6}.Store(
      reply.Prepend(wire::EthernetHeader::kSize).data());
  answers_.push_back(std::move(reply));
}

}  // namespace dualsim::packetdrill
