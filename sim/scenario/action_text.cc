#include "sim/scenario/action_text.h"

#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

// "0.05%" of parts per billion.
std::string PercentText(PartsPerBillion parts) {
  constexpr uint32_t kPercent = 10'000'000;
  std::string text = std::to_string(parts / kPercent);
  if (parts % kPercent != 0) {
    std::string fraction = std::to_string(kPercent + parts % kPercent).substr(1);
    while (fraction.back() == '0') fraction.pop_back();
    text += "." + fraction;
  }
  return text + "%";
}

std::string FaultsText(const LinkFaults& faults) {
  std::string text;
  const auto add = [&text](PartsPerBillion parts, const std::string& name) {
    if (parts > 0) text += " " + name + " " + PercentText(parts);
  };
  add(faults.loss, "loss");
  if (faults.burst_loss) {
    add(faults.burst_loss->enter, "bursts enter");
    add(faults.burst_loss->leave, "leave");
  }
  add(faults.duplicate, "duplicate");
  add(faults.reorder, "reorder");
  if (faults.jitter > Duration()) text += " jitter " + DurationText(faults.jitter);
  add(faults.corrupt, "corrupt");
  return text.empty() ? " no faults" : text;
}

class Writer {
 public:
  explicit Writer(const Plan& plan) : plan_(plan) {}

  std::string Write(const action::Boot& a) const { return "boot " + Nodes(a.nodes); }
  std::string Write(const action::ShutDown& a) const { return "shut down " + Nodes(a.nodes); }
  std::string Write(const action::Crash& a) const { return "crash " + Nodes(a.nodes); }
  std::string Write(const action::Reboot& a) const { return "reboot " + Nodes(a.nodes); }

  std::string Write(const action::ChangeLink& a) const {
    std::string text = "link " + Link(a.link);
    if (a.up) text += *a.up ? " up" : " down";
    if (a.delay) text += " delay " + DurationText(*a.delay);
    if (a.bandwidth) {
      text += " bandwidth " +
              (*a.bandwidth ? std::to_string(**a.bandwidth) + "bps" : std::string("unlimited"));
    }
    if (a.queue_bytes) text += " queue " + std::to_string(*a.queue_bytes) + "B";
    if (a.mtu) text += " mtu " + std::to_string(*a.mtu);
    if (a.faults) text += FaultsText(*a.faults);
    return text;
  }
  std::string Write(const action::ChangeCarrier& a) const {
    return "cable of " + Node(a.node) + " on " + On(a.node, a.interface) + (a.up ? " in" : " out");
  }
  std::string Write(const action::Partition& a) const {
    std::string text = "partition " + Link(a.link) + ":";
    for (const std::vector<NodeId>& group : a.groups) text += " {" + Nodes(group) + "}";
    return text;
  }
  std::string Write(const action::Heal& a) const { return "heal " + Link(a.link); }
  std::string Write(const action::DropFrames& a) const {
    std::string text = "drop on " + Link(a.link) + " frame " + std::to_string(a.first);
    if (a.count > 1) text += " and " + std::to_string(a.count - 1) + " more";
    if (a.sender) text += " from " + Node(*a.sender);
    if (!a.filter.empty()) text += " matching '" + a.filter + "'";
    return text;
  }

  std::string Write(const action::AddAddress& a) const {
    return "add address " + a.address.ToString() + " to " + Node(a.node) + " on " +
           On(a.node, a.interface);
  }
  std::string Write(const action::RemoveAddress& a) const {
    return "remove address " + a.address.ToString() + " from " + Node(a.node) + " on " +
           On(a.node, a.interface);
  }
  std::string Write(const action::SetMac& a) const {
    return "set the MAC address of " + Node(a.node) + " on " + On(a.node, a.interface) + " to " +
           a.mac.ToString();
  }
  std::string Write(const action::Listen& a) const {
    std::string text = Node(a.node) + " on " + On(a.node, a.interface) + " listens ";
    if (a.filter.empty()) return text + "no more to " + a.group.ToString();
    text += "to " + a.group.ToString();
    if (a.filter.sources.empty()) return text;
    text += a.filter.mode == group::FilterMode::kInclude ? ", from" : ", from all but";
    for (const Ipv6Address& source : a.filter.sources) text += " " + source.ToString();
    return text;
  }
  std::string Write(const action::AddRoute& a) const {
    std::string text = "add route " + a.route.prefix.ToString() + " to " + Node(a.node);
    if (!a.route.next_hop.is_unspecified()) text += " via " + a.route.next_hop.ToString();
    return text + " on " + On(a.node, a.route.interface);
  }
  std::string Write(const action::RemoveRoute& a) const {
    return "remove route " + a.prefix.ToString() + " from " + Node(a.node);
  }
  std::string Write(const action::Advertise& a) const {
    return Node(a.node) + (a.config ? " advertises anew on " : " stops advertising on ") +
           On(a.node, a.interface);
  }
  std::string Write(const action::Ping& a) const {
    std::string text = "ping from " + Node(a.from) + " to " + a.to.ToString();
    if (a.count > 1) {
      text += ", " + std::to_string(a.count) + " requests every " + DurationText(a.interval);
    }
    return text;
  }
  std::string Write(const action::StartApplication& a) const {
    // One line, of a certificate too.
    const std::string line = a.arguments.substr(0, a.arguments.find('\n'));
    const std::string more = line.size() < a.arguments.size() ? "..." : "";
    return "start " + a.name + (line.empty() ? "" : " " + line) + more + " on " + Nodes(a.nodes);
  }
  std::string Write(const action::StopApplication& a) const {
    return "stop " + a.name + " on " + Nodes(a.nodes);
  }
  std::string Write(const action::Inject& a) const {
    std::string text = "inject ";
    if (a.crafted == nullptr) {
      text += std::to_string(a.frame.size()) + " bytes";
    } else {
      text += a.name.empty() ? "a frame" : "'" + a.name + "'";
    }
    text += " on " + Link(a.link);
    if (a.from) text += " from " + Node(*a.from);
    return text;
  }

 private:
  const std::string& Node(NodeId id) const { return plan_.node(id).name; }
  const std::string& Link(LinkId id) const { return plan_.link(id).name; }
  const std::string& On(NodeId node, InterfaceId interface) const {
    return Link(plan_.node(node).links[static_cast<size_t>(interface)]);
  }
  std::string Nodes(const std::vector<NodeId>& nodes) const {
    constexpr size_t kNamed = 8;
    std::string text;
    for (size_t i = 0; i < nodes.size() && i < kNamed; ++i) {
      text += (i == 0 ? "" : " ") + Node(nodes[i]);
    }
    if (nodes.size() > kNamed) {
      text += " and " + std::to_string(nodes.size() - kNamed) + " more";
    }
    return text;
  }

  const Plan& plan_;
};

}  // namespace

std::string DescribeAction(const Plan& plan, const Action& action) {
  const Writer writer(plan);
  return std::visit([&writer](const auto& a) { return writer.Write(a); }, action);
}

}  // namespace dualsim::sim
