#include "stack/dhcp/client.h"

#include <algorithm>
#include <utility>

namespace dualsim::dhcp {
namespace {

using wire::DhcpMessage;
using wire::DhcpMessageType;
using wire::DhcpOption;

bool IsHostAddress(const Ipv4Address& address) {
  return !address.is_unspecified() && !address.is_multicast() && !address.is_broadcast();
}

// RFC 2132 §3.3; without one, 24 bits.
int PrefixLengthOf(const DhcpMessage& message) {
  if (!message.subnet_mask) return 24;
  int length = 0;
  for (uint32_t mask = message.subnet_mask->ToInteger(); mask >> 31 != 0; mask <<= 1) ++length;
  return length;
}

}  // namespace

Client::Client(const ClientConfig& config, RandomStream random, ClientOutput& output)
    : config_(config), random_(random), output_(output), identifier_(Identifier(config)) {}

std::vector<uint8_t> Client::Identifier(const ClientConfig& config) {
  constexpr uint8_t kNodeSpecific = 255;
  std::vector<uint8_t> identifier = {kNodeSpecific};
  for (int shift = 24; shift >= 0; shift -= 8) {
    identifier.push_back(static_cast<uint8_t>(config.iaid >> shift));
  }
  // DUID-LL of Ethernet.
  for (const uint8_t byte : {0, 3, 0, 1}) identifier.push_back(byte);
  for (const uint8_t byte : config.mac.bytes()) identifier.push_back(byte);
  return identifier;
}

void Client::Enter(Time now, LeaseState state) {
  state_ = state;
  sent_ = 0;
  timeout_ = kFirstTimeout;
  output_.OnLeaseState(now, state, lease_);
}

void Client::Start(Time now) {
  lease_.reset();
  refusals_ = 0;
  if (former_ && former_->until <= now) former_.reset();
  const Duration pause = Nanoseconds(
      static_cast<int64_t>(random_.Below(static_cast<uint64_t>(kLongestStart.nanoseconds()))));
  if (!former_) return BeginAnew(now, pause);
  Enter(now, LeaseState::kInitReboot);
  deadline_ = now + pause;
}

void Client::Stop() {
  lease_.reset();
  state_ = LeaseState::kInit;
  deadline_ = Time::Never();
}

void Client::BeginAnew(Time now, Duration pause) {
  lease_.reset();
  Enter(now, LeaseState::kInit);
  deadline_ = now + pause;
}

DhcpMessage Client::Message(Time now, DhcpMessageType type) const {
  DhcpMessage message{.xid = xid_, .chaddr = config_.mac, .type = type};
  const int64_t seconds = (now - begun_).nanoseconds() / Seconds(1).nanoseconds();
  message.seconds = static_cast<uint16_t>(std::min<int64_t>(seconds, 0xffff));
  message.client_identifier = identifier_;
  if (type == DhcpMessageType::kDecline) return message;
  message.host_name = config_.host_name;
  message.maximum_message_size = config_.maximum_message_size;
  for (const DhcpOption option :
       {DhcpOption::kSubnetMask, DhcpOption::kRouter, DhcpOption::kDnsServer,
        DhcpOption::kDomainName, DhcpOption::kLeaseTime, DhcpOption::kServerIdentifier,
        DhcpOption::kRenewalTime, DhcpOption::kRebindingTime, DhcpOption::kDomainSearch}) {
    message.parameter_requests.push_back(static_cast<uint8_t>(option));
  }
  if (config_.ipv6_only_preferred) {
    message.parameter_requests.push_back(static_cast<uint8_t>(DhcpOption::kIpv6OnlyPreferred));
  }
  return message;
}

void Client::ArmRetransmission(Time now) {
  // §4.1: randomized by a second to either side.
  const auto jitter =
      static_cast<int64_t>(random_.Below(2 * static_cast<uint64_t>(Seconds(1).nanoseconds()) + 1));
  deadline_ = now + timeout_ - Seconds(1) + Nanoseconds(jitter);
  timeout_ = std::min(timeout_ * 2, kLongestTimeout);
}

void Client::Discover(Time now) {
  DhcpMessage message = Message(now, DhcpMessageType::kDiscover);
  message.broadcast = true;  // §4.1: it takes no unicast before it has an address.
  if (former_) message.requested_address = former_->address.address;
  output_.SendDhcp(now, Ipv4Address(), Ipv4Address::Broadcast(), message);
  ++sent_;
  ArmRetransmission(now);
}

// For the offer, or for the former address.
void Client::Request(Time now) {
  DhcpMessage message = Message(now, DhcpMessageType::kRequest);
  message.broadcast = true;
  message.requested_address = offered_;
  if (state_ == LeaseState::kRequesting) message.server = server_;
  requested_ = now;
  output_.SendDhcp(now, Ipv4Address(), Ipv4Address::Broadcast(), message);
  ++sent_;
  ArmRetransmission(now);
}

// §4.4.5: to the server that leased it, or, when that does not answer, to all; again
// after half of the time that is left.
void Client::RequestAgain(Time now, LeaseState state) {
  if (state_ != state) {
    xid_ = static_cast<uint32_t>(random_());
    begun_ = now;
    Enter(now, state);
  }
  const bool renewing = state == LeaseState::kRenewing;
  DhcpMessage message = Message(now, DhcpMessageType::kRequest);
  message.ciaddr = lease_->address.address;
  requested_ = now;
  const Time end = renewing ? lease_->rebinding : lease_->until;
  const Duration half = (end - now) / 2;
  deadline_ = std::min(end, now + std::max(half, kLeastRenewal));
  output_.SendDhcp(now, message.ciaddr, renewing ? lease_->server : Ipv4Address::Broadcast(),
                   message);
}

void Client::Decline(Time now) {
  DhcpMessage message = Message(now, DhcpMessageType::kDecline);
  message.requested_address = lease_->address.address;
  message.server = lease_->server;
  output_.SendDhcp(now, Ipv4Address(), Ipv4Address::Broadcast(), message);
}

void Client::Lose(Time now) {
  former_.reset();
  if (!lease_) return;
  const Ipv4Address address = lease_->address.address;
  lease_.reset();
  output_.DropAddress(now, address);
}

void Client::Advance(Time now) {
  if (now < deadline_) return;
  switch (state_) {
    case LeaseState::kInit:
    case LeaseState::kIpv6Only:
      xid_ = static_cast<uint32_t>(random_());
      begun_ = now;
      Enter(now, LeaseState::kSelecting);
      return Discover(now);
    case LeaseState::kInitReboot:
      xid_ = static_cast<uint32_t>(random_());
      begun_ = now;
      offered_ = former_->address.address;
      Enter(now, LeaseState::kRebooting);
      return Request(now);
    case LeaseState::kSelecting:
      return Discover(now);
    case LeaseState::kRequesting:
      if (sent_ < kRequests) return Request(now);
      return BeginAnew(now, Duration());
    case LeaseState::kRebooting:
      if (sent_ < kRebootRequests) return Request(now);
      // §3.2 leaves open whether to go on with the address; another network is likelier.
      return BeginAnew(now, Duration());
    case LeaseState::kChecking:
    case LeaseState::kBound:
    case LeaseState::kRenewing:
    case LeaseState::kRebinding:
      if (now >= lease_->until) {
        Lose(now);
        return BeginAnew(now, Duration());
      }
      if (now >= lease_->rebinding) return RequestAgain(now, LeaseState::kRebinding);
      return RequestAgain(now, LeaseState::kRenewing);
  }
}

void Client::OnMessage(Time now, const DhcpMessage& message) {
  if (!message.reply || message.xid != xid_ || message.chaddr != config_.mac) return;
  // RFC 6842 §3.
  if (!message.client_identifier.empty() && message.client_identifier != identifier_) return;
  switch (message.type) {
    case DhcpMessageType::kOffer:
      return OnOffer(now, message);
    case DhcpMessageType::kAck:
      return OnAck(now, message);
    case DhcpMessageType::kNak:
      return OnNak(now, message);
    default:
      return;
  }
}

std::optional<Lease> Client::LeaseOf(const DhcpMessage& message) const {
  if (!IsHostAddress(message.yiaddr) || !message.lease_time || !message.server) {
    return std::nullopt;
  }
  Lease lease{.address = {message.yiaddr, PrefixLengthOf(message)},
              .dns_servers = message.dns_servers,
              .domain = message.domain_name,
              .search = message.domain_search,
              .server = *message.server};
  std::erase_if(lease.dns_servers, [](const Ipv4Address& a) { return !IsHostAddress(a); });
  for (const Ipv4Address& router : message.routers) {
    if (!lease.gateway && IsHostAddress(router)) lease.gateway = router;
  }
  if (*message.lease_time == Duration::Infinite()) return lease;
  const Duration whole = *message.lease_time;
  const Duration rebinding = message.rebinding_time.value_or(whole * 7 / 8);
  const Duration renewal = message.renewal_time.value_or(whole / 2);
  lease.until = requested_ + whole;
  lease.rebinding = requested_ + (rebinding < whole ? rebinding : whole * 7 / 8);
  lease.renewal = requested_ + renewal;
  if (lease.renewal > lease.rebinding)
    lease.renewal = requested_ + (lease.rebinding - requested_) / 2;
  return lease;
}

void Client::OnOffer(Time now, const DhcpMessage& message) {
  if (state_ != LeaseState::kSelecting) return;
  if (config_.ipv6_only_preferred && message.ipv6_only_wait) {
    return GoIpv6Only(now, *message.ipv6_only_wait);
  }
  if (!LeaseOf(message)) return;
  // §4.4.1: which offer is the client's to choose: the first.
  offered_ = message.yiaddr;
  server_ = *message.server;
  Enter(now, LeaseState::kRequesting);
  Request(now);
}

void Client::OnAck(Time now, const DhcpMessage& message) {
  const bool asking = state_ == LeaseState::kRequesting || state_ == LeaseState::kRebooting;
  const bool keeping = state_ == LeaseState::kRenewing || state_ == LeaseState::kRebinding;
  if (!asking && !keeping) return;
  if (config_.ipv6_only_preferred && message.ipv6_only_wait) {
    return GoIpv6Only(now, *message.ipv6_only_wait);
  }
  std::optional<Lease> lease = LeaseOf(message);
  if (!lease || lease->until <= now) return;
  refusals_ = 0;
  if (keeping && lease->address == lease_->address) {
    lease_ = std::move(lease);
    former_ = lease_;
    Enter(now, LeaseState::kBound);
    return ArmLease();
  }
  if (keeping) Lose(now);
  lease_ = std::move(lease);
  Enter(now, LeaseState::kChecking);
  // An address that may be another's yet is not renewed: T1 waits for the end of the check.
  deadline_ = lease_->until;
  const Lease used = *lease_;
  output_.UseAddress(now, used);
}

void Client::OnNak(Time now, const DhcpMessage& message) {
  const bool asked = state_ == LeaseState::kRequesting || state_ == LeaseState::kRebooting ||
                     state_ == LeaseState::kRenewing || state_ == LeaseState::kRebinding;
  if (!asked) return;
  // Of an offer it is its server's to take back.
  if (state_ == LeaseState::kRequesting && message.server && *message.server != server_) return;
  Lose(now);
  // The first is answered at once, so that a new network is joined quickly (§3.2 3).
  BeginAnew(now, refusals_++ == 0 ? Duration() : kDeclineWait);
}

void Client::GoIpv6Only(Time now, Duration wait) {
  Lose(now);
  Enter(now, LeaseState::kIpv6Only);
  deadline_ =
      wait == Duration::Infinite() ? Time::Never() : now + std::max(wait, kLeastIpv6OnlyWait);
}

void Client::ArmLease() { deadline_ = std::min(lease_->renewal, lease_->until); }

void Client::OnAddress(Time now, const Ipv4Address& address, AddressState state) {
  if (!lease_ || lease_->address.address != address) return;
  if (state == AddressState::kPreferred && state_ == LeaseState::kChecking) {
    former_ = lease_;
    Enter(now, LeaseState::kBound);
    return ArmLease();
  }
  if (state == AddressState::kDuplicate) {
    // §3.1 5; the address is gone already.
    Decline(now);
    former_.reset();
    return BeginAnew(now, kDeclineWait);
  }
  if (state == AddressState::kRemoved) {
    // An operator took it away.
    former_.reset();
    BeginAnew(now, kDeclineWait);
  }
}

}  // namespace dualsim::dhcp
