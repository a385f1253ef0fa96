#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/default_mac.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

constexpr size_t kMostNodes = 100'000;
constexpr size_t kMostInterfaces = 4096;  // Of one node.
constexpr int kMostAddresses = 1024;      // Of one interface.
// Interfaces, addresses and advertised prefixes of all nodes together: what must
// fit into memory before anything runs.
constexpr size_t kMostParts = 1'000'000;
constexpr size_t kLongestName = 64;

// Names of nodes and links are one space: the engine and the outputs use both.
class Names {
 public:
  explicit Names(CheckContext* context) : context_(*context) {}

  // False, and reported, where the name is none or is taken.
  bool Claim(const google::protobuf::Message& owner, int field, const std::string& name) {
    if (name.empty() || name.size() > kLongestName ||
        !std::all_of(name.begin(), name.end(), IsNameCharacter)) {
      context_.Error(owner, field,
                     "'" + name.substr(0, kLongestName) + "' is not a name: 1 to " +
                         std::to_string(kLongestName) + " letters, digits, '-', '_', '.'");
      return false;
    }
    const auto [taken, is_new] = taken_.try_emplace(name, context_.Where(owner, field));
    if (is_new) return true;
    context_.Error(
        owner, field,
        "the name '" + name + "' is taken in line " + std::to_string(taken->second.line));
    return false;
  }

 private:
  static bool IsNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  }

  CheckContext& context_;
  std::map<std::string, SourceLocation> taken_;
};

void CheckLinks(const TopologyText& text, Names* names, CheckContext* context) {
  using Link = dualsim::Link;
  std::vector<LinkPlan>& links = context->plan().links;
  for (const Link* written : text.links) {
    const Link& entry = *written;
    if (!context->Require(entry, Link::kNameFieldNumber)) continue;
    LinkPlan link;
    link.name = entry.name();
    link.where = context->Where(entry);
    const bool named = names->Claim(entry, Link::kNameFieldNumber, link.name);
    if (entry.kind() == Link::POINT_TO_POINT) link.kind = LinkKind::kPointToPoint;
    LinkParameters& parameters = link.parameters;
    if (const auto delay = context->ReadDuration(entry, Link::kDelayFieldNumber)) {
      parameters.delay = *delay;
    }
    if (const auto bandwidth = context->ReadRate(entry, Link::kBandwidthFieldNumber)) {
      parameters.bandwidth = *bandwidth;
    }
    if (const auto queue = context->ReadSize(entry, Link::kQueueFieldNumber)) {
      parameters.queue_bytes = *queue;
    }
    if (const auto mtu = context->ReadNumber(entry, Link::kMtuFieldNumber, kLeastMtu, kMostMtu)) {
      parameters.mtu = *mtu;
    }
    if (const auto cost = context->ReadNumber(entry, Link::kCostFieldNumber, 1, 1'000'000)) {
      link.cost = *cost;
    }
    if (entry.has_up()) link.up = entry.up();
    parameters.mld_snooping = entry.mld_snooping();
    if (entry.mld_snooping() && link.kind == LinkKind::kPointToPoint) {
      context->Error(entry, Link::kMldSnoopingFieldNumber,
                     "a point-to-point link has no switch; leave 'mld_snooping' out");
    }
    if (entry.has_faults()) link.faults = CheckFaults(entry.faults(), context);
    if (named) links.push_back(std::move(link));
  }
  std::sort(links.begin(), links.end(),
            [](const LinkPlan& a, const LinkPlan& b) { return a.name < b.name; });
}

// `address` plus `steps`; false where its prefix ends before that.
bool CountUp(uint32_t steps, Ipv4Cidr* cidr) {
  const uint64_t sum = uint64_t{cidr->address.ToInteger()} + steps;
  const Ipv4Cidr last{Ipv4Address::FromInteger(static_cast<uint32_t>(sum)), cidr->prefix_length};
  const bool inside = sum >> 32 == 0 && cidr->Contains(last.address) &&
                      (last.prefix_length >= 31 || last.address != last.broadcast());
  *cidr = last;
  return inside;
}
bool CountUp(uint32_t steps, Ipv6Cidr* cidr) {
  const uint64_t low = cidr->address.low() + steps;
  const uint64_t carry = low < steps ? 1 : 0;
  const Ipv6Address address = Ipv6Address::FromIntegers(cidr->address.high() + carry, low);
  const bool inside = cidr->prefix().Contains(address);
  cidr->address = address;
  return inside;
}

// The `i`-th address of an interface, for `count` nodes.
template <typename Cidr>
void AddAddress(const dualsim::Interface& entry, int i, const Cidr& cidr, uint32_t count,
                CheckContext* context, std::vector<Cidr>* addresses) {
  constexpr int kField = dualsim::Interface::kAddressFieldNumber;
  for (const Cidr& other : *addresses) {
    if (other.address == cidr.address) {
      context->Error(entry, kField, "'" + cidr.address.ToString() + "' is given twice", i);
    }
  }
  Cidr last = cidr;
  if (count > 1 && !CountUp(count - 1, &last)) {
    context->Error(entry, kField,
                   "counting up from '" + cidr.ToString() + "' leaves the prefix before host " +
                       std::to_string(count),
                   i);
    return;
  }
  addresses->push_back(cidr);
}

void CheckProxied(const dualsim::Interface& entry, CheckContext* context,
                  host::InterfaceConfig* config) {
  constexpr int kProxy = dualsim::Interface::kProxyFieldNumber;
  for (int i = 0; i < entry.proxy_size() && i < kMostAddresses; ++i) {
    const auto address = Ipv6Address::Parse(entry.proxy(i));
    if (!address) {
      context->Error(entry, kProxy, "'" + entry.proxy(i) + "' is no address like 2001:db8::1", i);
    } else if (address->is_multicast() || address->is_link_local() || address->is_unspecified() ||
               address->is_loopback()) {
      context->Error(entry, kProxy,
                     "'" + entry.proxy(i) + "' is no address that packets are forwarded to", i);
    } else {
      config->proxied_addresses.push_back(*address);
    }
  }
  if (entry.proxy_size() > kMostAddresses) {
    context->Error(entry, kProxy,
                   "an interface has at most " + std::to_string(kMostAddresses) + " of them",
                   kMostAddresses);
  }
}

void CheckAddresses(const dualsim::Interface& entry, uint32_t count, CheckContext* context,
                    host::InterfaceConfig* config) {
  using Interface = dualsim::Interface;
  if (entry.address_size() > kMostAddresses) {
    context->Error(entry, Interface::kAddressFieldNumber,
                   "an interface has at most " + std::to_string(kMostAddresses) + " addresses",
                   kMostAddresses);
    return;
  }
  for (int i = 0; i < entry.address_size(); ++i) {
    const std::optional<IpCidr> cidr =
        context->ReadIpCidr(entry, Interface::kAddressFieldNumber, i);
    if (!cidr) continue;
    if (cidr->is_ipv4()) {
      AddAddress(entry, i, cidr->ipv4(), count, context, &config->ipv4_addresses);
    } else if (cidr->address().is_link_local()) {
      context->Error(entry, Interface::kAddressFieldNumber,
                     "a link-local address belongs into 'link_local_address'", i);
    } else {
      AddAddress(entry, i, cidr->ipv6(), count, context, &config->ipv6_addresses);
    }
  }
  config->ipv4 = !entry.has_ipv4() || entry.ipv4();
  if (entry.has_ipv4_gateway()) {
    const auto gateway = context->ReadIpAddress(entry, Interface::kIpv4GatewayFieldNumber);
    if (gateway && (!gateway->is_ipv4() || !gateway->is_unicast())) {
      context->Error(entry, Interface::kIpv4GatewayFieldNumber,
                     "'" + gateway->ToString() + "' is not a router's IPv4 address");
    } else if (gateway && config->ipv4_addresses.empty()) {
      context->Error(entry, Interface::kIpv4GatewayFieldNumber,
                     "a gateway needs an IPv4 address beside it; give 'address'");
    } else if (gateway) {
      config->ipv4_gateway = gateway->ipv4();
    }
  }
  if (const auto address = context->ReadAddress(entry, Interface::kLinkLocalAddressFieldNumber)) {
    if (!address->is_link_local()) {
      context->Error(entry, Interface::kLinkLocalAddressFieldNumber,
                     "'" + address->ToString() + "' is not in fe80::/10");
    }
    config->link_local_address = *address;
  }
  CheckProxied(entry, context, config);
  if (const auto gateway = context->ReadAddress(entry, Interface::kGatewayFieldNumber)) {
    if (gateway->is_multicast() || gateway->is_unspecified() || gateway->is_loopback()) {
      context->Error(entry, Interface::kGatewayFieldNumber,
                     "'" + gateway->ToString() + "' can't be a router's address");
    }
    config->ipv6_gateway = *gateway;
  }
}

// What a Node message says, once for all nodes that it stands for.
struct NodeTemplate {
  const dualsim::Node* entry = nullptr;
  NodePlan node;
  std::vector<std::optional<MacAddress>> macs;
  uint32_t count = 1;
  Duration boot_interval;
};

void CheckInterfaces(const dualsim::Node& entry, CheckContext* context, NodeTemplate* result) {
  using Interface = dualsim::Interface;
  host::StackConfig& config = result->node.config;
  std::set<LinkId> links;
  if (static_cast<size_t>(entry.interface_size()) > kMostInterfaces) {
    context->Error(entry, "a node has at most " + std::to_string(kMostInterfaces) + " interfaces");
    return;
  }
  for (const Interface& interface : entry.interface()) {
    host::InterfaceConfig card;
    card.name = "eth" + std::to_string(config.interfaces.size());
    LinkId link{};
    if (context->Require(interface, Interface::kLinkFieldNumber)) {
      if (const auto found = context->ReadLink(interface, Interface::kLinkFieldNumber)) {
        link = *found;
        card.mtu = context->plan().link(link).parameters.mtu;
        card.point_to_point = context->plan().link(link).kind == LinkKind::kPointToPoint;
        if (!links.insert(link).second) {
          context->Error(interface, Interface::kLinkFieldNumber,
                         "this node has another interface on '" + context->LinkName(link) +
                             "'; one per link is the most");
        }
      }
    }
    const auto mac = context->ReadCardMac(interface, Interface::kMacFieldNumber);
    if (const auto mtu =
            context->ReadNumber(interface, Interface::kMtuFieldNumber, kLeastMtu, kMostMtu)) {
      card.mtu = *mtu;
    }
    card.ipv6 = !interface.has_ipv6() || interface.ipv6();
    card.network_id = interface.network_id();
    CheckAddresses(interface, result->count, context, &card);
    if (interface.proxy_size() > 0 && !result->node.is_router) {
      context->Error(interface, Interface::kProxyFieldNumber,
                     "only routers stand in for others; make this node a 'router'", 0);
    }
    if (interface.has_advertise()) {
      if (!result->node.is_router) {
        context->Error(interface, Interface::kAdvertiseFieldNumber,
                       "only routers advertise; make this node a 'router'");
      }
      card.advertise = CheckAdvertise(interface.advertise(), context);
    }
    result->macs.push_back(mac);
    result->node.links.push_back(link);
    config.interfaces.push_back(std::move(card));
  }
}

void CheckVariables(const dualsim::Node& entry, CheckContext* context, NodeTemplate* result) {
  using Node = dualsim::Node;
  const auto transmits =
      context->ReadNumber(entry, Node::kDupAddrDetectTransmitsFieldNumber, 0, 1000);
  const auto retrans = context->ReadDuration(entry, Node::kRetransTimerFieldNumber);
  const auto reachable = context->ReadDuration(entry, Node::kBaseReachableTimeFieldNumber);
  const auto hop_limit = context->ReadNumber(entry, Node::kCurHopLimitFieldNumber, 1, 255);
  if (retrans && *retrans == Duration()) {
    context->Error(entry, Node::kRetransTimerFieldNumber, "it can't be 0");
  }
  if (reachable && *reachable == Duration()) {
    context->Error(entry, Node::kBaseReachableTimeFieldNumber, "it can't be 0");
  }
  const bool accept = entry.has_accept_router_advertisements()
                          ? entry.accept_router_advertisements()
                          : !result->node.is_router;
  for (host::InterfaceConfig& card : result->node.config.interfaces) {
    if (transmits) card.dup_addr_detect_transmits = static_cast<int>(*transmits);
    if (retrans) card.retrans_timer = *retrans;
    if (reachable) card.base_reachable_time = *reachable;
    if (hop_limit) card.cur_hop_limit = static_cast<uint8_t>(*hop_limit);
    card.accept_router_advertisements = accept;
    card.ipv4_conflict_detection = entry.ipv4_conflict_detection();
    card.ipv4_link_local = entry.ipv4_link_local();
    card.dhcp_ipv6_only_preferred = entry.dhcp_ipv6_only_preferred();
  }
}

NodeTemplate CheckNode(const dualsim::Node& entry, bool is_router, CheckContext* context) {
  using Node = dualsim::Node;
  NodeTemplate result;
  result.entry = &entry;
  result.node.is_router = is_router;
  result.node.where = context->Where(entry);
  if (const auto count = context->ReadNumber(entry, Node::kCountFieldNumber, 1, kMostNodes)) {
    result.count = *count;
  }
  result.boot_interval =
      context->ReadDuration(entry, Node::kBootIntervalFieldNumber).value_or(Duration());
  if (entry.boot_at() != "never") {
    result.node.boot_at = context->ReadTime(entry, Node::kBootAtFieldNumber).value_or(Time());
  }
  host::StackConfig& config = result.node.config;
  config.forward_directed_broadcasts = entry.forward_directed_broadcasts();
  config.answer_echo = !entry.has_answer_echo() || entry.answer_echo();
  constexpr uint32_t kMostErrors = 1'000'000;
  if (const auto errors =
          context->ReadNumber(entry, Node::kIcmpErrorsPerSecondFieldNumber, 1, kMostErrors)) {
    config.icmp_errors_per_second = *errors;
  }
  config.destination_unreachable =
      !entry.has_destination_unreachable() || entry.destination_unreachable();
  config.forwarding = is_router && (!entry.has_forwarding() || entry.forwarding());
  if (!is_router && entry.forwarding()) {
    context->Error(entry, Node::kForwardingFieldNumber,
                   "hosts don't forward; make this node a 'router'");
  }
  CheckInterfaces(entry, context, &result);
  CheckVariables(entry, context, &result);
  CheckAddressing(entry, is_router, context, &config);
  CheckTcp(entry, context, &config);
  CheckMulticast(entry, is_router, context, &config);
  return result;
}

// The `index`-th node of a template, under its own name and addresses.
NodePlan Instance(const NodeTemplate& from, uint32_t index, std::string name) {
  NodePlan node = from.node;
  node.name = name;
  node.config.name = std::move(name);
  if (node.boot_at) *node.boot_at = *node.boot_at + from.boot_interval * index;
  for (size_t i = 0; i < node.config.interfaces.size(); ++i) {
    host::InterfaceConfig& card = node.config.interfaces[i];
    if (from.macs[i]) {
      constexpr uint64_t kMask = (uint64_t{1} << 48) - 1;
      card.mac = MacAddress::FromInteger((from.macs[i]->ToInteger() + index) & kMask);
    } else {
      card.mac = DefaultMac(node.name, i);
    }
    for (Ipv4Cidr& cidr : card.ipv4_addresses) CountUp(index, &cidr);
    for (Ipv6Cidr& cidr : card.ipv6_addresses) CountUp(index, &cidr);
  }
  return node;
}

// Boots that come after the end of the run would be silently nothing.
void CheckBootTime(const NodeTemplate& from, CheckContext* context) {
  if (!from.node.boot_at || *from.node.boot_at <= context->plan().end) return;
  context->Error(*from.entry, dualsim::Node::kBootAtFieldNumber,
                 "it never boots: the run ends at " + TimeText(context->plan().end));
}

size_t PartsOf(const NodeTemplate& from) {
  size_t parts = 0;
  for (const host::InterfaceConfig& card : from.node.config.interfaces) {
    parts += 1 + card.ipv4_addresses.size() + card.ipv6_addresses.size();
    if (card.advertise) parts += card.advertise->prefixes.size();
  }
  return parts * from.count;
}

void AddNodes(const NodeTemplate& from, Names* names, size_t* parts, CheckContext* context) {
  const dualsim::Node& entry = *from.entry;
  std::vector<NodePlan>& nodes = context->plan().nodes;
  CheckBootTime(from, context);
  *parts += PartsOf(from);
  if (nodes.size() + from.count > kMostNodes || *parts > kMostParts) {
    context->Error(entry, "a scenario has at most " + std::to_string(kMostNodes) + " nodes, and " +
                              std::to_string(kMostParts) +
                              " interfaces, addresses and advertised prefixes");
    return;
  }
  for (uint32_t i = 0; i < from.count; ++i) {
    std::string name = entry.name();
    if (entry.has_count()) name += std::to_string(i + 1);
    if (!names->Claim(entry, dualsim::Node::kNameFieldNumber, name)) break;
    nodes.push_back(Instance(from, i, std::move(name)));
  }
}

NodePlan CheckTester(const dualsim::Tester& entry, CheckContext* context) {
  using Tester = dualsim::Tester;
  NodePlan node;
  node.name = entry.name();
  node.config.name = node.name;
  node.where = context->Where(entry);
  host::InterfaceConfig& card = node.config.interfaces.emplace_back();
  card.name = "eth0";
  card.ipv6 = false;
  card.mac = context->ReadMac(entry, Tester::kMacFieldNumber).value_or(DefaultMac(node.name, 0));
  LinkId link{};
  if (context->Require(entry, Tester::kLinkFieldNumber)) {
    link = context->ReadLink(entry, Tester::kLinkFieldNumber).value_or(LinkId());
  }
  node.links.push_back(link);
  TesterPlan& tester = node.tester.emplace();
  constexpr uint64_t kLinkLocal = 0xfe80ull << 48;
  tester.addresses.push_back(
      context->ReadAddress(entry, Tester::kLinkLocalAddressFieldNumber)
          .value_or(Ipv6Address::FromIntegers(kLinkLocal, Eui64InterfaceIdentifier(card.mac))));
  card.link_local_address = tester.addresses[0];
  for (int i = 0; i < std::min(entry.address_size(), kMostAddresses); ++i) {
    const auto address = context->ReadAddress(entry, Tester::kAddressFieldNumber, i);
    if (address) tester.addresses.push_back(*address);
  }
  tester.answer_solicitations = !entry.has_answer_solicitations() || entry.answer_solicitations();
  tester.is_router = entry.is_router();
  return node;
}

void CheckCables(CheckContext* context) {
  const Plan& plan = context->plan();
  std::vector<size_t> ends(plan.links.size());
  for (const NodePlan& node : plan.nodes) {
    for (LinkId link : node.links) {
      if (static_cast<size_t>(link) < ends.size()) ++ends[static_cast<size_t>(link)];
    }
  }
  for (size_t i = 0; i < ends.size(); ++i) {
    const LinkPlan& link = plan.links[i];
    if (link.kind == LinkKind::kPointToPoint && ends[i] > 2) {
      context->diagnostics().Add(link.where, "the point-to-point link '" + link.name + "' has " +
                                                 std::to_string(ends[i]) +
                                                 " interfaces; 2 is the most");
    }
  }
}

}  // namespace

LinkFaults CheckFaults(const dualsim::Faults& entry, CheckContext* context) {
  using Faults = dualsim::Faults;
  LinkFaults faults;
  const auto probability = [&](int field) {
    return context->ReadProbability(entry, field).value_or(0);
  };
  faults.loss = probability(Faults::kLossFieldNumber);
  faults.duplicate = probability(Faults::kDuplicateFieldNumber);
  faults.reorder = probability(Faults::kReorderFieldNumber);
  faults.reorder_delay =
      context->ReadDuration(entry, Faults::kReorderDelayFieldNumber).value_or(Milliseconds(1));
  faults.jitter = context->ReadDuration(entry, Faults::kJitterFieldNumber).value_or(Duration());
  faults.corrupt = probability(Faults::kCorruptFieldNumber);
  if (const auto bits = context->ReadNumber(entry, Faults::kCorruptedBitsFieldNumber, 1, 1000)) {
    faults.corrupted_bits = *bits;
  }
  if (entry.has_burst_loss()) {
    const dualsim::BurstLoss& burst = entry.burst_loss();
    sim::BurstLoss& loss = faults.burst_loss.emplace();
    using Burst = dualsim::BurstLoss;
    if (context->Require(burst, Burst::kEnterFieldNumber)) {
      loss.enter = context->ReadProbability(burst, Burst::kEnterFieldNumber).value_or(0);
    }
    if (context->Require(burst, Burst::kLeaveFieldNumber)) {
      loss.leave = context->ReadProbability(burst, Burst::kLeaveFieldNumber).value_or(0);
    }
    if (const auto p = context->ReadProbability(burst, Burst::kLossWhileGoodFieldNumber)) {
      loss.loss_while_good = *p;
    }
    if (const auto p = context->ReadProbability(burst, Burst::kLossWhileBadFieldNumber)) {
      loss.loss_while_bad = *p;
    }
  }
  return faults;
}

void CheckTopology(const TopologyText& text, CheckContext* context) {
  Names names(context);
  CheckLinks(text, &names, context);
  size_t parts = 0;
  const auto add = [&](const dualsim::Node& entry, bool is_router) {
    const NodeTemplate node = CheckNode(entry, is_router, context);
    if (context->Require(entry, dualsim::Node::kNameFieldNumber)) {
      AddNodes(node, &names, &parts, context);
    }
  };
  for (const dualsim::Node* entry : text.routers) add(*entry, /*is_router=*/true);
  for (const dualsim::Node* entry : text.hosts) add(*entry, /*is_router=*/false);
  std::vector<NodePlan>& nodes = context->plan().nodes;
  for (const dualsim::Tester* entry : text.testers) {
    if (!context->Require(*entry, dualsim::Tester::kNameFieldNumber)) continue;
    NodePlan tester = CheckTester(*entry, context);
    if (names.Claim(*entry, dualsim::Tester::kNameFieldNumber, tester.name)) {
      nodes.push_back(std::move(tester));
    }
  }
  std::sort(nodes.begin(), nodes.end(),
            [](const NodePlan& a, const NodePlan& b) { return a.name < b.name; });
  CheckCables(context);
}

}  // namespace dualsim::sim
