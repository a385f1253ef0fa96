#include "tests/tools/packetdrill/driver.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "stack/wire/ipv4.h"
#include "tests/support/sanitized.h"

namespace dualsim::packetdrill::testing {
namespace {

constexpr uint32_t kPeerIss = 0x7fff'fff0;  // Wraps where signs do.

wire::TcpFlags FlagsOf(std::string_view text) {
  const auto has = [&](char flag) { return text.find(flag) != std::string_view::npos; };
  return {.fin = has('F'), .syn = has('S'), .rst = has('R'), .psh = has('P'), .ack = has('A')};
}

std::string TextOf(const wire::TcpFlags& flags) {
  std::string text;
  if (flags.fin) text += 'F';
  if (flags.syn) text += 'S';
  if (flags.rst) text += 'R';
  if (flags.psh) text += 'P';
  if (flags.ack) text += 'A';
  return text;
}

}  // namespace

void* OpenLibrary() {
  // AddressSanitizer refuses RTLD_DEEPBIND.
  const int deep = dualsim::testing::kSanitized ? 0 : RTLD_DEEPBIND;
  const std::string path = std::string("./") + Driver::kLibrary;
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE | deep);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::abort();
  }
  return library;
}

Driver::Driver(Mode mode, const std::string& more_flags) : mode_(mode) {
  const bool ipv6 = mode == Mode::kIpv6;
  local_ = *IpAddress::Parse(ipv6 ? "fd3d:fa7b:d17d::4242" : "192.168.17.3");
  remote_ = *IpAddress::Parse(ipv6 ? "2001:db8::1" : "192.0.2.1");
  const std::string gateway = ipv6 ? "fd3d:fa7b:d17d:8888::" : "192.168.0.1";
  const std::string flags = "--local_ip=" + local_.ToString() + " --gateway_ip=" + gateway +
                            " --remote_ip=" + remote_.ToString() + " " + more_flags;
  const auto init = reinterpret_cast<decltype(&packetdrill_interface_init)>(
      dlsym(OpenLibrary(), "packetdrill_interface_init"));
  init(flags.c_str(), &calls_);
}

Driver::~Driver() { calls_.free(calls_.userdata); }

// --- The program ---

socklen_t Driver::Address(const IpAddress& address, uint16_t port, sockaddr_storage& out) const {
  out = {};
  if (mode_ == Mode::kIpv4) {
    auto& in = reinterpret_cast<sockaddr_in&>(out);
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, address.bytes().data(), 4);
    return sizeof(in);
  }
  auto& in = reinterpret_cast<sockaddr_in6&>(out);
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  auto* const bytes = reinterpret_cast<uint8_t*>(&in.sin6_addr);
  if (address.is_ipv6()) {
    std::memcpy(bytes, address.bytes().data(), 16);
  } else {
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(bytes + 12, address.bytes().data(), 4);
  }
  return sizeof(in);
}

int Driver::Socket(int type) {
  return Call(&packetdrill_interface::socket, mode_ == Mode::kIpv4 ? AF_INET : AF_INET6, type, 0);
}

int Driver::Bind(int fd, uint16_t port) {
  sockaddr_storage address;
  const socklen_t length = Address(local_, port, address);
  return Call(&packetdrill_interface::bind, fd, reinterpret_cast<sockaddr*>(&address), length);
}

int Driver::BindAny(int fd, uint16_t port) {
  sockaddr_storage address;
  const IpFamily family = mode_ == Mode::kIpv4 ? IpFamily::kIpv4 : IpFamily::kIpv6;
  const socklen_t length = Address(IpAddress::Unspecified(family), port, address);
  return Call(&packetdrill_interface::bind, fd, reinterpret_cast<sockaddr*>(&address), length);
}

int Driver::Connect(int fd, uint16_t port) {
  sockaddr_storage address;
  const socklen_t length = Address(remote_, port, address);
  return Call(&packetdrill_interface::connect, fd, reinterpret_cast<sockaddr*>(&address), length);
}

ssize_t Driver::Write(int fd, size_t count) {
  const std::string text(count, 'x');
  return Call(&packetdrill_interface::write, fd, text.data(), text.size());
}

ssize_t Driver::Read(int fd, size_t count) {
  std::string into(count, '\0');
  return Call(&packetdrill_interface::read, fd, into.data(), into.size());
}

std::string Driver::ReadText(int fd, size_t count, int flags) {
  std::string into(count, '\0');
  const ssize_t size = Call(&packetdrill_interface::recv, fd, into.data(), into.size(), flags);
  if (size < 0) return std::string("errno ") + std::to_string(errno);
  into.resize(static_cast<size_t>(size));
  return into;
}

int Driver::SetFlag(int fd, int level, int name, int value) {
  return Call(&packetdrill_interface::setsockopt, fd, level, name, &value,
              static_cast<socklen_t>(sizeof(value)));
}

int Driver::GetFlag(int fd, int level, int name) {
  int value = 0;
  socklen_t length = sizeof(value);
  return Call(&packetdrill_interface::getsockopt, fd, level, name, &value, &length) == 0 ? value
                                                                                         : INT_MIN;
}

int Driver::NonBlocking(int fd) {
  const int flags = Call(&packetdrill_interface::fcntl, fd, F_GETFL);
  return Call(&packetdrill_interface::fcntl, fd, F_SETFL, flags | O_NONBLOCK);
}

short Driver::Poll(int fd, short events, int timeout) {
  pollfd polled{.fd = fd, .events = events, .revents = 0};
  Call(&packetdrill_interface::poll, &polled, nfds_t{1}, timeout);
  return polled.revents;
}

// --- The peer ---

std::vector<uint8_t> Driver::Wrap(wire::NextHeader protocol, std::vector<uint8_t> payload) const {
  std::vector<uint8_t> packet;
  if (local_.is_ipv4()) {
    wire::Ipv4Header header{
        .total_length = static_cast<uint16_t>(wire::Ipv4Header::kMinSize + payload.size()),
        .protocol = protocol,
        .source = remote_.ipv4(),
        .destination = local_.ipv4()};
    packet.resize(wire::Ipv4Header::kMinSize);
    header.Store(packet.data());
  } else {
    wire::Ipv6Header header{.payload_length = static_cast<uint16_t>(payload.size()),
                            .next_header = protocol,
                            .source = remote_.ipv6(),
                            .destination = local_.ipv6()};
    packet.resize(wire::Ipv6Header::kSize);
    header.Store(packet.data());
  }
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

void Driver::InjectPacket(const std::vector<uint8_t>& packet) {
  const void* const bytes = packet.data();
  Call(&packetdrill_interface::netdev_send, bytes, packet.size());
}

void Driver::Inject(const Peer& peer) {
  if (peer.flags == "S") host_iss_ = SeqNum();  // It will be told, or the answer is a reset.
  wire::TcpHeader header{.source = Port{peer.port},
                         .destination = Port{peer.to},
                         .sequence = SeqNum(kPeerIss) + peer.sequence,
                         .acknowledgment = host_iss_ + peer.acknowledgment,
                         .flags = FlagsOf(peer.flags),
                         .window = peer.window,
                         .options = peer.options};
  if (!header.flags.ack) header.acknowledgment = SeqNum();
  std::vector<uint8_t> segment(header.size());
  header.Store(segment.data());
  segment.insert(segment.end(), peer.payload.begin(), peer.payload.end());
  wire::StoreTcpChecksum(segment, remote_, local_);
  InjectPacket(Wrap(wire::NextHeader::kTcp, std::move(segment)));
}

std::vector<uint8_t> Driver::NextPacket(int64_t* usec) {
  std::vector<uint8_t> packet(65536);
  size_t count = packet.size();
  long long time = 0;
  void* const into = packet.data();
  if (Call(&packetdrill_interface::netdev_receive, into, &count, &time) != 0) count = 0;
  packet.resize(count);
  if (usec != nullptr) *usec = time;
  return packet;
}

std::optional<Driver::Seen> Driver::Next() {
  Seen seen;
  const std::vector<uint8_t> packet = NextPacket(&seen.usec);
  if (packet.empty()) return std::nullopt;
  const size_t ip = local_.is_ipv4() ? wire::Ipv4Header::kMinSize : wire::Ipv6Header::kSize;
  const auto segment = wire::TcpSegment::Parse(ByteView(packet).subspan(ip), local_, remote_);
  if (!segment) return std::nullopt;
  seen.header = segment->header;
  seen.flags = TextOf(seen.header.flags);
  if (seen.header.flags.syn) host_iss_ = seen.header.sequence;
  seen.sequence = seen.header.sequence - host_iss_;
  if (seen.header.flags.ack) {
    seen.acknowledgment = seen.header.acknowledgment - SeqNum(kPeerIss);
  }
  seen.payload.assign(segment->payload.begin(), segment->payload.end());
  return seen;
}

std::string Driver::NextText() {
  const auto seen = Next();
  if (!seen) return "nothing";
  std::string text = seen->flags + " " + std::to_string(seen->sequence);
  if (!seen->payload.empty()) text += ":" + std::to_string(seen->sequence + seen->payload.size());
  if (seen->header.flags.ack) text += " ack " + std::to_string(seen->acknowledgment);
  return text;
}

void Driver::ShakeHands(const wire::TcpOptions& options, uint16_t port) {
  Inject({.flags = "S", .options = options, .port = port});
  const auto answer = Next();
  if (!answer || answer->flags != "SA") return;
  Sleep(10'000);
  Inject({.flags = "A", .sequence = 1, .acknowledgment = 1, .port = port});
}

std::pair<int, int> Driver::Serve(const wire::TcpOptions& options) {
  const int listener = Socket();
  SetFlag(listener, SOL_SOCKET, SO_REUSEADDR, 1);
  Bind(listener);
  Call(&packetdrill_interface::listen, listener, 1);
  ShakeHands(options);
  return {listener, Accept(listener)};
}

int64_t Driver::Now() {
  timeval time{};
  Call(&packetdrill_interface::gettimeofday, &time, nullptr);
  return int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

}  // namespace dualsim::packetdrill::testing
