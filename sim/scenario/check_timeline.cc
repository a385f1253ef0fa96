#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

// A ping's requests are told apart by their sequence numbers.
constexpr uint32_t kMostRequests = 65535;
// A node's pings are told apart by their identifiers.
constexpr uint32_t kMostPings = 65535;
constexpr uint32_t kMostData = 65'000;

// Whether it takes a link to say where that is.
bool StaysOnLink(const IpAddress& address) {
  if (address.is_ipv4()) return address.is_multicast() || address.ipv4().is_broadcast();
  return address.is_link_local() || address.ipv6().is_link_local_multicast();
}

class TimelineCheck {
 public:
  // `packets`: the names that injected packets have.
  TimelineCheck(std::vector<std::string> packets, CheckContext* context)
      : context_(*context), packets_(std::move(packets)) {
    for (const TimedAction& timed : context_.plan().actions) {
      if (const auto* ping = std::get_if<action::Ping>(&timed.action)) {
        ++pings_;
        ++pings_of_[ping->from];
      }
    }
  }

  // Of a step: what happens has no time of its own.
  void CheckNow(const dualsim::At& at) {
    if (at.has_time() || at.has_every() || at.has_times()) {
      context_.Error(at, "a step has no 'time', 'every' and 'times'; it happens in its turn");
    }
    timed_ = {};
    timed_.time = Time::Never();
    CheckAll(at);
  }

  void Check(const dualsim::At& at) {
    TimedAction timed;
    if (!context_.Require(at, At::kTimeFieldNumber)) return;
    timed.time = context_.ReadTime(at, At::kTimeFieldNumber).value_or(Time());
    if (timed.time > context_.plan().end) {
      context_.Error(at, At::kTimeFieldNumber,
                     "it never happens: the run ends at " + TimeText(context_.plan().end));
    }
    ReadRepetition(at, &timed);
    timed_ = timed;
    CheckAll(at);
  }

 private:
  using At = dualsim::At;
  using Message = google::protobuf::Message;

  void CheckAll(const At& at) {
    const size_t first = context_.plan().actions.size();
    CheckLifecycles(at);
    CheckLinks(at);
    CheckConfigurations(at);
    CheckTraffic(at);
    std::vector<TimedAction>& actions = context_.plan().actions;
    // Every action's field number is one of these.
    if (!context_.HasAnyField(at, At::kBootFieldNumber, At::kResolveFieldNumber)) {
      context_.Error(at, "nothing happens here; give the block an action");
    }
    // The fields of a block were read kind by kind; they happen as written.
    std::stable_sort(actions.begin() + static_cast<std::ptrdiff_t>(first), actions.end(),
                     [](const TimedAction& a, const TimedAction& b) { return a.where < b.where; });
  }

  void ReadRepetition(const At& at, TimedAction* timed) {
    const auto every = context_.ReadDuration(at, At::kEveryFieldNumber);
    if (every && *every == Duration()) {
      context_.Error(at, At::kEveryFieldNumber, "it can't be 0");
      return;
    }
    const auto times = context_.ReadNumber(at, At::kTimesFieldNumber, 1, 1'000'000'000);
    if (times && *times > 1 && !at.has_every()) {
      context_.Error(at, At::kTimesFieldNumber, "say with 'every' how far apart they are");
    }
    if (!every) return;
    const Duration left = context_.plan().end - timed->time;
    const uint64_t until_end =
        left < Duration() ? 1
                          : 1 + static_cast<uint64_t>(left.nanoseconds() / every->nanoseconds());
    timed->every = *every;
    timed->times = std::min(until_end, uint64_t{times.value_or(0xffffffff)});
  }

  void Add(const Message& entry, Action action) {
    timed_.action = std::move(action);
    timed_.where = context_.Where(entry);
    context_.plan().actions.push_back(timed_);
  }

  // The many nodes of a required field.
  std::vector<NodeId> Nodes(const Message& entry, int field) {
    if (!context_.Require(entry, field)) return {};
    return context_.ReadNodes(entry, field);
  }
  // The one node of a required field.
  std::optional<NodeId> Node(const Message& entry, int field) {
    if (!context_.Require(entry, field)) return std::nullopt;
    return context_.ReadNode(entry, field);
  }
  std::optional<LinkId> Link(const Message& entry, int field) {
    if (!context_.Require(entry, field)) return std::nullopt;
    return context_.ReadLink(entry, field);
  }

  void CheckLifecycles(const At& at) {
    constexpr int kHost = dualsim::NodeAction::kHostFieldNumber;
    for (const auto& entry : at.boot()) Add(entry, action::Boot{Nodes(entry, kHost)});
    for (const auto& entry : at.shut_down()) Add(entry, action::ShutDown{Nodes(entry, kHost)});
    for (const auto& entry : at.crash()) Add(entry, action::Crash{Nodes(entry, kHost)});
    for (const auto& entry : at.reboot()) {
      using Reboot = dualsim::Reboot;
      action::Reboot reboot;
      reboot.nodes = Nodes(entry, Reboot::kHostFieldNumber);
      reboot.crash = entry.crash();
      reboot.off_for =
          context_.ReadDuration(entry, Reboot::kOffForFieldNumber).value_or(Duration());
      if (timed_.time + reboot.off_for > context_.plan().end) {
        context_.Error(entry, Reboot::kOffForFieldNumber,
                       "it never boots again: the run ends at " + TimeText(context_.plan().end));
      }
      Add(entry, std::move(reboot));
    }
  }

  void CheckLinks(const At& at) {
    for (const auto& entry : at.link()) CheckLinkChange(entry);
    for (const auto& entry : at.cable()) {
      using Cable = dualsim::Cable;
      const auto node = Node(entry, Cable::kHostFieldNumber);
      context_.Require(entry, Cable::kUpFieldNumber);
      if (!node) continue;
      const auto interface =
          context_.ReadInterface(entry, Cable::kLinkFieldNumber, *node, /*needed=*/true);
      if (interface) Add(entry, action::ChangeCarrier{*node, *interface, entry.up()});
    }
    for (const auto& entry : at.partition()) CheckPartition(entry);
    for (const auto& entry : at.heal()) {
      if (const auto link = Link(entry, dualsim::Heal::kLinkFieldNumber)) {
        Add(entry, action::Heal{*link});
      }
    }
    for (const auto& entry : at.drop()) CheckDrop(entry);
  }

  void CheckLinkChange(const dualsim::LinkChange& entry) {
    using LinkChange = dualsim::LinkChange;
    const auto link = Link(entry, LinkChange::kNameFieldNumber);
    action::ChangeLink change;
    if (entry.has_up()) change.up = entry.up();
    change.delay = context_.ReadDuration(entry, LinkChange::kDelayFieldNumber);
    change.bandwidth = context_.ReadRate(entry, LinkChange::kBandwidthFieldNumber);
    change.queue_bytes = context_.ReadSize(entry, LinkChange::kQueueFieldNumber);
    change.mtu = context_.ReadNumber(entry, LinkChange::kMtuFieldNumber, kLeastMtu, kMostMtu);
    if (entry.has_faults()) change.faults = CheckFaults(entry.faults(), &context_);
    if (!entry.has_up() && !entry.has_delay() && !entry.has_bandwidth() && !entry.has_queue() &&
        !entry.has_mtu() && !entry.has_faults()) {
      context_.Error(entry,
                     "nothing changes here; give 'up', 'delay', 'bandwidth', 'queue', "
                     "'mtu' or 'faults'");
    }
    if (!link) return;
    change.link = *link;
    Add(entry, std::move(change));
  }

  bool IsOn(NodeId node, LinkId link) const {
    const std::vector<LinkId>& links = context_.plan().node(node).links;
    return std::find(links.begin(), links.end(), link) != links.end();
  }

  void CheckPartition(const dualsim::Partition& entry) {
    using Group = dualsim::Partition::Group;
    const auto link = Link(entry, dualsim::Partition::kLinkFieldNumber);
    if (entry.group_size() == 0) {
      context_.Error(entry, "it has no group; to join the parts again, use 'heal'");
    }
    if (!link) return;
    if (context_.plan().link(*link).kind == LinkKind::kPointToPoint) {
      context_.Error(entry, dualsim::Partition::kLinkFieldNumber,
                     "a point-to-point link has no parts; take it down instead");
      return;
    }
    action::Partition partition{*link, {}};
    std::set<NodeId> seen;
    for (const Group& group : entry.group()) {
      std::vector<NodeId>& members = partition.groups.emplace_back();
      for (int i = 0; i < group.host_size(); ++i) {
        const bool pattern = group.host(i).find_first_of("*?") != std::string::npos;
        for (NodeId node : context_.ReadNodes(group, Group::kHostFieldNumber, i)) {
          if (!IsOn(node, *link)) {
            if (pattern) continue;
            context_.Error(
                group, Group::kHostFieldNumber,
                "'" + context_.NodeName(node) + "' is not on '" + context_.LinkName(*link) + "'",
                i);
          } else if (!seen.insert(node).second) {
            context_.Error(group, Group::kHostFieldNumber,
                           "'" + context_.NodeName(node) + "' is in a group already", i);
          } else {
            members.push_back(node);
          }
        }
      }
    }
    Add(entry, std::move(partition));
  }

  void CheckDrop(const dualsim::DropFrames& entry) {
    using DropFrames = dualsim::DropFrames;
    const auto link = Link(entry, DropFrames::kLinkFieldNumber);
    action::DropFrames drop;
    drop.filter = context_.ReadFilter(entry, DropFrames::kFilterFieldNumber).value_or("");
    drop.sender = SenderOn(entry, DropFrames::kFromFieldNumber, link);
    if (entry.has_nth()) drop.first = entry.nth();
    if (entry.has_count()) drop.count = entry.count();
    if (drop.first == 0) {
      context_.Error(entry, DropFrames::kNthFieldNumber, "frames are counted from 1");
    }
    if (drop.count == 0) context_.Error(entry, DropFrames::kCountFieldNumber, "it can't be 0");
    if (!link) return;
    drop.link = *link;
    Add(entry, std::move(drop));
  }

  // A host that must be on the link.
  std::optional<NodeId> SenderOn(const Message& entry, int field, std::optional<LinkId> link) {
    const auto node = context_.ReadNode(entry, field);
    if (node && link && !IsOn(*node, *link)) {
      context_.Error(
          entry, field,
          "'" + context_.NodeName(*node) + "' is not on '" + context_.LinkName(*link) + "'");
      return std::nullopt;
    }
    return node;
  }

  void CheckConfigurations(const At& at) {
    using AddressChange = dualsim::AddressChange;
    for (const auto& entry : at.add_address()) {
      const auto place =
          Place(entry, AddressChange::kHostFieldNumber, AddressChange::kLinkFieldNumber);
      if (!context_.Require(entry, AddressChange::kAddressFieldNumber)) continue;
      const auto cidr = context_.ReadIpCidr(entry, AddressChange::kAddressFieldNumber);
      if (place && cidr) Add(entry, action::AddAddress{place->first, place->second, *cidr});
    }
    for (const auto& entry : at.remove_address()) {
      const auto place =
          Place(entry, AddressChange::kHostFieldNumber, AddressChange::kLinkFieldNumber);
      if (!context_.Require(entry, AddressChange::kAddressFieldNumber)) continue;
      // With its prefix length or without: what was added can be copied.
      std::optional<IpAddress> address;
      if (const auto ipv6 = Ipv6Cidr::Parse(entry.address())) {
        address = ipv6->address;
      } else if (const auto ipv4 = Ipv4Cidr::Parse(entry.address())) {
        address = ipv4->address;
      } else {
        address = context_.ReadIpAddress(entry, AddressChange::kAddressFieldNumber);
      }
      if (place && address) {
        Add(entry, action::RemoveAddress{place->first, place->second, *address});
      }
    }
    for (const auto& entry : at.set_mac()) {
      using MacChange = dualsim::MacChange;
      const auto place = Place(entry, MacChange::kHostFieldNumber, MacChange::kLinkFieldNumber);
      if (!context_.Require(entry, MacChange::kMacFieldNumber)) continue;
      const auto mac = context_.ReadCardMac(entry, MacChange::kMacFieldNumber);
      if (place && mac) Add(entry, action::SetMac{place->first, place->second, *mac});
    }
    CheckListens(at);
    CheckRouteChanges(at);
    CheckAdvertiseChanges(at);
  }

  void CheckListens(const At& at) {
    using Listen = dualsim::Listen;
    constexpr int kMostSources = 64;
    for (const auto& entry : at.listen()) {
      const auto place = Place(entry, Listen::kHostFieldNumber, Listen::kLinkFieldNumber);
      if (!context_.Require(entry, Listen::kGroupFieldNumber)) continue;
      const auto group = context_.ReadAddress(entry, Listen::kGroupFieldNumber);
      if (group && !group->is_multicast()) {
        context_.Error(entry, Listen::kGroupFieldNumber,
                       "'" + group->ToString() + "' is no multicast address; those begin with ff");
        continue;
      }
      const int count = entry.include_size() + entry.exclude_size();
      if ((entry.include_size() > 0) + (entry.exclude_size() > 0) + entry.stop() > 1) {
        context_.Error(entry, "'include', 'exclude' and 'stop' rule each other out; keep one kind");
        continue;
      }
      if (count > kMostSources) {
        context_.Error(entry, "these are " + std::to_string(count) + " sources; name at most " +
                                  std::to_string(kMostSources));
        continue;
      }
      const int field =
          entry.include_size() > 0 ? Listen::kIncludeFieldNumber : Listen::kExcludeFieldNumber;
      std::vector<Ipv6Address> sources;
      for (int i = 0; i < count; ++i) {
        if (const auto source = context_.ReadAddress(entry, field, i)) sources.push_back(*source);
      }
      const bool include = entry.include_size() > 0 || entry.stop();
      if (!place || !group) continue;
      Add(entry,
          action::Listen{place->first,
                         place->second,
                         *group,
                         {include ? group::FilterMode::kInclude : group::FilterMode::kExclude,
                          group::MakeSourceList(std::move(sources))}});
    }
  }

  void CheckRouteChanges(const At& at) {
    for (const auto& entry : at.add_route()) {
      using AddRoute = dualsim::AddRoute;
      constexpr RouteFields kFields{AddRoute::kPrefixFieldNumber, AddRoute::kViaFieldNumber,
                                    AddRoute::kLinkFieldNumber};
      const auto node = Node(entry, AddRoute::kHostFieldNumber);
      if (!node) continue;
      if (const auto route = CheckRoute(entry, kFields, *node, &context_)) {
        Add(entry, action::AddRoute{*node, *route});
      }
    }
    for (const auto& entry : at.remove_route()) {
      using RemoveRoute = dualsim::RemoveRoute;
      const auto node = Node(entry, RemoveRoute::kHostFieldNumber);
      if (!context_.Require(entry, RemoveRoute::kPrefixFieldNumber)) continue;
      const auto prefix = context_.ReadIpPrefix(entry, RemoveRoute::kPrefixFieldNumber);
      if (node && prefix) Add(entry, action::RemoveRoute{*node, *prefix});
    }
  }

  void CheckAdvertiseChanges(const At& at) {
    for (const auto& entry : at.advertise()) {
      using Change = dualsim::AdvertiseChange;
      const auto place =
          Place(entry, Change::kRouterFieldNumber, Change::kLinkFieldNumber, /*router=*/true);
      if (!context_.Require(entry, Change::kWithFieldNumber)) continue;
      router::AdvertiseConfig config = CheckAdvertise(entry.with(), &context_);
      if (place) {
        Add(entry, action::Advertise{place->first, place->second, std::move(config)});
      }
    }
    for (const auto& entry : at.stop_advertising()) {
      using Stop = dualsim::StopAdvertising;
      const auto place =
          Place(entry, Stop::kRouterFieldNumber, Stop::kLinkFieldNumber, /*router=*/true);
      if (place) Add(entry, action::Advertise{place->first, place->second, std::nullopt});
    }
  }

  // A node and one of its interfaces.
  std::optional<std::pair<NodeId, InterfaceId>> Place(const Message& entry, int node_field,
                                                      int link_field, bool router = false) {
    const auto node = Node(entry, node_field);
    if (!node) return std::nullopt;
    if (router && !context_.plan().node(*node).is_router) {
      context_.Error(entry, node_field,
                     "'" + context_.NodeName(*node) +
                         "' is a host; only "
                         "routers advertise");
      return std::nullopt;
    }
    const auto interface = context_.ReadInterface(entry, link_field, *node, /*needed=*/true);
    if (!interface) return std::nullopt;
    return std::pair(*node, *interface);
  }

  void CheckTraffic(const At& at) {
    for (const auto& entry : at.ping()) CheckPing(entry);
    for (const auto& entry : at.inject()) CheckInjection(entry);
    CheckApplications(at);
  }

  void CheckApplications(const At& at) {
    for (const auto& entry : at.start_application()) {
      using Start = dualsim::StartApplication;
      action::StartApplication start;
      start.nodes = Nodes(entry, Start::kHostFieldNumber);
      if (!context_.Require(entry, Start::kApplicationFieldNumber)) continue;
      auto program = ReadProgram(entry.application(), &context_);
      if (!program) continue;
      start.name = entry.application().name();
      start.arguments = entry.application().args();
      start.program = *std::move(program);
      Add(entry, std::move(start));
    }
    for (const auto& entry : at.stop_application()) {
      using Stop = dualsim::StopApplication;
      action::StopApplication stop{Nodes(entry, Stop::kHostFieldNumber), entry.name()};
      if (context_.Require(entry, Stop::kNameFieldNumber)) Add(entry, std::move(stop));
    }
    for (const auto& entry : at.resolve()) {
      using Resolve = dualsim::Resolve;
      action::StartApplication start{.nodes = Nodes(entry, Resolve::kFromFieldNumber)};
      if (ReadResolve(entry, &context_, &start)) Add(entry, std::move(start));
    }
  }

  void CheckPing(const dualsim::Ping& entry) {
    using Ping = dualsim::Ping;
    action::Ping ping;
    ping.name = entry.name();
    const std::vector<NodeId> senders = Nodes(entry, Ping::kFromFieldNumber);
    if (context_.Require(entry, Ping::kToFieldNumber)) {
      const auto to = context_.ReadIpAddress(entry, Ping::kToFieldNumber);
      if (to && to->is_unspecified()) {
        context_.Error(entry, Ping::kToFieldNumber, "'" + to->ToString() + "' is nobody's address");
      }
      ping.to = to.value_or(IpAddress());
    }
    ping.count = context_.ReadNumber(entry, Ping::kCountFieldNumber, 1, kMostRequests).value_or(1);
    if (ping.count * timed_.times > kMostRequests) {
      context_.Error(entry, "these are " + std::to_string(ping.count * timed_.times) +
                                " requests in all; a ping has at most " +
                                std::to_string(kMostRequests));
    }
    ping.interval = context_.ReadDuration(entry, Ping::kIntervalFieldNumber).value_or(Seconds(1));
    ping.data_size = context_.ReadNumber(entry, Ping::kSizeFieldNumber, 0, kMostData).value_or(56);
    ping.source = context_.ReadIpAddress(entry, Ping::kSourceFieldNumber);
    if (const auto limit = context_.ReadNumber(entry, Ping::kHopLimitFieldNumber, 1, 255)) {
      ping.hop_limit = static_cast<uint8_t>(*limit);
    }
    if (ping.source && ping.source->family() != ping.to.family()) {
      context_.Error(entry, Ping::kSourceFieldNumber, "'source' is not of the family of 'to'");
    }
    const bool needs_link = StaysOnLink(ping.to);
    for (NodeId from : senders) {
      ping.from = from;
      const bool several = context_.plan().node(from).links.size() > 1;
      ping.interface = context_.ReadInterface(entry, Ping::kLinkFieldNumber, from,
                                              /*needed=*/needs_link && several);
      if (!entry.has_link() && !needs_link) ping.interface.reset();
      ping.id = PingId(pings_++);
      if (++pings_of_[from] > kMostPings) {
        context_.Error(entry, "'" + context_.NodeName(from) + "' has more than " +
                                  std::to_string(kMostPings) + " pings");
        return;
      }
      Add(entry, ping);
    }
  }

  void CheckInjection(const dualsim::Inject& entry) {
    if (entry.has_times() || entry.has_interval()) {
      context_.Error(entry,
                     "'times' and 'interval' are for the steps of a case; here 'at' has "
                     "'times' and 'every'");
    }
    if (auto inject = CheckInject(entry, packets_, &context_)) Add(entry, std::move(*inject));
  }

  CheckContext& context_;
  std::vector<std::string> packets_;
  TimedAction timed_;  // The time and repetition of the block at hand.
  uint32_t pings_ = 0;
  std::map<NodeId, uint32_t> pings_of_;
};

}  // namespace

void CheckTimeline(const dualsim::Scenario& scenario, CheckContext* context) {
  std::vector<std::string> packets;
  for (const dualsim::At& at : scenario.at()) {
    for (const dualsim::Inject& inject : at.inject()) packets.push_back(inject.name());
  }
  TimelineCheck check(std::move(packets), context);
  for (const dualsim::At& at : scenario.at()) check.Check(at);
}

void CheckAction(const dualsim::At& at, CheckContext* context) {
  TimelineCheck({}, context).CheckNow(at);
}

}  // namespace dualsim::sim
