#include "sim/net/link.h"

#include <algorithm>
#include <utility>

#include "sim/net/frame_view.h"
#include "sim/net/station.h"
#include "stack/wire/ethernet.h"

namespace dualsim::sim {

using wire::EthernetHeader;

namespace {

// RFC 8200 §5: a link with a smaller MTU still carries IPv6 packets of 1280 bytes,
// in pieces that are its own affair.
bool IsTooLarge(ByteView frame, uint32_t mtu) {
  constexpr size_t kIpv6MinimumMtu = 1280;
  if (frame.size() <= EthernetHeader::kSize + mtu) return false;
  if (frame.size() > EthernetHeader::kSize + kIpv6MinimumMtu) return true;
  const auto header = EthernetHeader::Parse(frame);
  return !header || header->type != wire::EtherType::kIpv6;
}

}  // namespace

Link::Link(Simulation& simulation, EntityId entity, LinkId id, WorldObserver& observer,
           const LinkParameters& parameters, const LinkFaults& faults)
    : simulation_(simulation),
      entity_(entity),
      rate_(std::nullopt, 0),
      id_(id),
      observer_(observer) {
  nowhere_.sender = entity;
  Link::SetParameters(parameters);
  SetFaults(faults);
}

Link::~Link() = default;

Link::Port Link::AddPort(Station& station, InterfaceId interface) {
  simulation_.Require(ports_.size() < (switched_ ? kMaxPorts : 2),
                      "too many cards on link '" + name() + "'");
  const auto number = static_cast<Port>(ports_.size());
  PortState& port = ports_.emplace_back();
  port.sender = station.entity();
  port.interface = interface;
  port.node = station.id();
  port.station = &station;
  if (!switched_ && ports_.size() == 2) {
    for (Port i = 0; i < 2; ++i) {
      ports_[i].far_end = ports_[1 - i].sender;
      ports_[i].far_port = static_cast<uint16_t>(ports_[1 - i].interface);
      ports_[i].connected = true;
    }
  }
  return number;
}

void Link::SetParameters(const LinkParameters& parameters) {
  simulation_.Require(parameters.delay >= Duration(),
                      "the delay of link '" + name() + "' is negative");
  simulation_.Require(parameters.bandwidth != 0u, "the bandwidth of link '" + name() + "' is 0");
  parameters_ = parameters;
  rate_ = LineRate(parameters.bandwidth, parameters.queue_bytes);
  first_delay_ = switched_ ? parameters.delay / 2 : parameters.delay;
  second_delay_ = parameters.delay - first_delay_;
}

void Link::SetFaults(const LinkFaults& faults) {
  faults_ = faults;
  random_faults_ = faults.loss > 0 || faults.burst_loss || faults.duplicate > 0 ||
                   faults.reorder > 0 || faults.jitter > Duration() || faults.corrupt > 0;
}

void Link::Transmit(Port from, Packet frame, bool injected) {
  PortState& port = port_at(from);
  FrameEvent told;
  told.link = id_;
  told.sender = port.node;
  told.interface = port.interface;
  told.frame = frame.bytes();
  told.injected = injected;
  Time arrival;
  const bool too_large = port.carrier && IsTooLarge(frame.bytes(), parameters_.mtu);
  if (const std::optional<DropReason> reason =
          too_large ? std::optional(DropReason::LINK_MTU) : Enter(port, frame.size(), arrival))
      [[unlikely]] {
    told.dropped = true;
    told.reason = *reason;
    observer_.OnFrame(simulation_.now(), told);
    return;
  }
  if (random_faults_ || !drop_rules_.empty()) [[unlikely]] {
    CarryWithFaults(from, std::move(frame), arrival, told);
    return;
  }
  observer_.OnFrame(simulation_.now(), told);
  Send(port, port.up.KeepOrder(arrival), std::move(frame));
}

std::optional<DropReason> Link::Enter(PortState& port, size_t size, Time& arrival) {
  if (!port.carrier) return DropReason::LINK_DOWN;
  if (size < EthernetHeader::kSize) return DropReason::FRAME_TOO_SHORT;
  const std::optional<Time> left =
      port.up.Take(simulation_.now(), rate_.TransmissionTime(size), rate_.queue_time());
  if (!left) return DropReason::LINK_QUEUE_FULL;
  arrival = *left + first_delay_;
  return std::nullopt;
}

void Link::CarryWithFaults(Port from, Packet frame, Time arrival, FrameEvent& told) {
  PortState& port = port_at(from);
  FaultDice::Throw fate;
  if (random_faults_) fate = DiceOf(port).ThrowFor(faults_);
  const bool filtered = drop_rules_.Drops(port.node, frame.bytes());
  if (filtered || fate.lost) {
    told.dropped = true;
    told.reason = filtered ? DropReason::LINK_FILTER : DropReason::LINK_LOSS;
    observer_.OnFrame(simulation_.now(), told);
    return;
  }
  told.duplicated = fate.duplicated;
  told.corrupted = fate.corrupted;
  told.reordered = fate.reordered;
  observer_.OnFrame(simulation_.now(), told);

  arrival = arrival + fate.jitter;
  arrival = fate.reordered ? arrival + faults_.reorder_delay : port.up.KeepOrder(arrival);
  if (fate.corrupted) {
    frame.MakeUnique();
    DiceOf(port).Corrupt(frame.mutable_bytes(), faults_.corrupted_bits);
  }
  if (fate.duplicated) Send(port, arrival, frame);
  Send(port, arrival, std::move(frame));
}

void Link::Send(const PortState& port, Time arrival, Packet frame) {
  if (arrival.is_never()) return;  // Slower than 292 years.
  if (&port == &nowhere_ && !switched_) {
    for (const PortState& end : ports_) {
      if (!end.carrier) continue;
      simulation_.Schedule(entity_, end.sender, arrival, ToPayload(frame),
                           MakeTag(static_cast<uint32_t>(end.interface), end.epoch));
    }
    return;
  }
  if (!port.connected) return;
  simulation_.Schedule(port.sender, port.far_end, arrival, ToPayload(std::move(frame)),
                       MakeTag(port.far_port, port.epoch));
}

FaultDice& Link::DiceOf(PortState& port) {
  if (port.dice == nullptr) {
    std::string sender;
    if (port.station != nullptr) {
      sender = port.station->name() + " " + std::to_string(static_cast<int>(port.interface));
    }
    port.dice = std::make_unique<FaultDice>(simulation_.seed(), name(), sender);
  }
  return *port.dice;
}

void Link::SetUp(bool up) {
  up_ = up;
  UpdateCarriers();
}

void Link::SetPlugged(Port port, bool plugged) {
  ports_[port].plugged = plugged;
  UpdateCarriers();
}

void Link::UpdateCarriers() {
  const bool all_plugged =
      std::all_of(ports_.begin(), ports_.end(), [](const PortState& port) { return port.plugged; });
  // First what is, then the news of it: a stack may send at once.
  std::vector<Port> changed;
  const auto update = [&](Port number, bool carrier) {
    PortState& port = port_at(number);
    if (port.carrier == carrier) return;
    port.carrier = carrier;
    ++port.epoch;
    port.up.Reset();
    port.down.Reset();
    changed.push_back(number);
  };
  update(kNowhere, up_);
  for (Port i = 0; i < ports_.size(); ++i) {
    update(i, up_ && (switched_ ? ports_[i].plugged : all_plugged));
  }
  for (const Port number : changed) OnCarrier(number);
  for (const Port number : changed) {
    const PortState& port = port_at(number);
    if (port.station != nullptr) {
      port.station->OnCarrier(port.interface, port.carrier, port.epoch);
    }
  }
}

void Link::Partition(const std::vector<std::vector<NodeId>>& groups) {
  simulation_.Require(groups.empty(), "link '" + name() + "' is no LAN and can't be divided");
}

void Link::TellLoss(NodeId receiver, DropReason reason, const Packet& frame) const {
  FrameLossEvent told;
  told.link = id_;
  told.receiver = receiver;
  told.reason = reason;
  told.frame = frame.bytes();
  observer_.OnFrameLoss(simulation_.now(), told);
}

}  // namespace dualsim::sim
