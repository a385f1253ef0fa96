#include "stack/os/sockets/machine_addresses.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <utility>

namespace dualsim::os {
namespace {

constexpr size_t kMessageRoom = 32 * 1024;
constexpr int kPatience = 1000;  // Milliseconds that the kernel has to answer.

// An attribute's address; nullopt where its size is another family's.
std::optional<IpAddress> AddressIn(const rtattr* attribute, int family) {
  const auto* bytes = static_cast<const uint8_t*>(RTA_DATA(attribute));
  if (family == AF_INET && RTA_PAYLOAD(attribute) == 4) {
    return IpAddress(Ipv4Address::FromInteger(LoadBig32(bytes)));
  }
  if (family == AF_INET6 && RTA_PAYLOAD(attribute) == Ipv6Address::kSize) {
    std::array<uint8_t, Ipv6Address::kSize> copy;
    std::memcpy(copy.data(), bytes, copy.size());
    return IpAddress(Ipv6Address(copy));
  }
  return std::nullopt;
}

std::optional<MachineAddress> Read(const nlmsghdr* message) {
  const auto* head = static_cast<const ifaddrmsg*>(NLMSG_DATA(message));
  MachineAddress read{.prefix_length = head->ifa_prefixlen,
                      .interface = static_cast<int>(head->ifa_index)};
  uint32_t flags = head->ifa_flags;
  std::optional<IpAddress> address, local;
  auto size = static_cast<unsigned>(IFA_PAYLOAD(message));
  for (const rtattr* a = IFA_RTA(head); RTA_OK(a, size); a = RTA_NEXT(a, size)) {
    if (a->rta_type == IFA_ADDRESS) address = AddressIn(a, head->ifa_family);
    // With a peer IFA_ADDRESS is the other end's.
    if (a->rta_type == IFA_LOCAL) local = AddressIn(a, head->ifa_family);
    if (a->rta_type == IFA_FLAGS) std::memcpy(&flags, RTA_DATA(a), sizeof(flags));
  }
  if (!address && !local) return std::nullopt;
  if ((flags & IFA_F_DADFAILED) != 0) return std::nullopt;
  read.address = local ? *local : *address;
  read.tentative = (flags & IFA_F_TENTATIVE) != 0;
  read.deprecated = (flags & IFA_F_DEPRECATED) != 0;
  return read;
}

// False: the kernel's answer is over.
bool ReadMessages(const char* bytes, size_t size, std::vector<MachineAddress>& into) {
  auto left = static_cast<unsigned>(size);
  for (const auto* m = reinterpret_cast<const nlmsghdr*>(bytes); NLMSG_OK(m, left);
       m = NLMSG_NEXT(m, left)) {
    if (m->nlmsg_type == NLMSG_DONE || m->nlmsg_type == NLMSG_ERROR) return false;
    if (m->nlmsg_type != RTM_NEWADDR) continue;
    if (auto read = Read(m)) into.push_back(*std::move(read));
  }
  return true;
}

std::vector<MachineAddress> Ask() {
  std::vector<MachineAddress> all;
  auto socket = Socket::Open(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (!socket) return all;
  struct {
    nlmsghdr head{};
    ifaddrmsg what{};
  } request;
  request.head.nlmsg_len = NLMSG_LENGTH(sizeof(request.what));
  request.head.nlmsg_type = RTM_GETADDR;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.what.ifa_family = AF_UNSPEC;
  const int file = socket->file_descriptor();
  if (::send(file, &request, request.head.nlmsg_len, 0) < 0) return all;
  alignas(nlmsghdr) std::array<char, kMessageRoom> buffer;
  while (true) {
    pollfd ready{.fd = file, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, kPatience) <= 0) return all;
    const ssize_t size = ::recv(file, buffer.data(), buffer.size(), 0);
    if (size <= 0 || !ReadMessages(buffer.data(), static_cast<size_t>(size), all)) return all;
  }
}

}  // namespace

MachineAddresses::MachineAddresses(EventLoop& loop) : loop_(loop) {
  // First the news, so that none is missed.
  if (auto news = Socket::Open(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)) {
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (::bind(news->file_descriptor(), reinterpret_cast<const sockaddr*>(&groups),
               sizeof(groups)) == 0) {
      news_ = *std::move(news);
      loop_.Add(news_.file_descriptor(), Trigger::kReadable, *this);
    }
  }
  all_ = Ask();
}

MachineAddresses::~MachineAddresses() {
  if (news_.is_open()) loop_.Remove(news_.file_descriptor());
}

bool MachineAddresses::Refresh() {
  if (!std::exchange(stale_, false)) return false;
  all_ = Ask();
  return true;
}

void MachineAddresses::OnReady(bool, bool) {
  std::array<char, kMessageRoom> news;
  while (::recv(news_.file_descriptor(), news.data(), news.size(), 0) > 0) {
  }
  stale_ = true;
}

}  // namespace dualsim::os
