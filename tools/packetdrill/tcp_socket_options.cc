#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "tools/packetdrill/tcp_info.h"
#include "tools/packetdrill/tcp_socket.h"

namespace dualsim::packetdrill {
namespace {

// The ranges are Linux's.
constexpr int kMostKeepaliveSeconds = 32767;
constexpr int kMostKeepaliveProbes = 127;
constexpr int kLeastSegment = 88;
constexpr int kMostSegment = 32767;
constexpr int kLeastBuffer = 2048;
constexpr int kMostBuffer = 1 << 29;
constexpr size_t kCongestionName = 16;  // TCP_CA_NAME_MAX

int WholeSeconds(Duration duration) {
  return static_cast<int>(duration.nanoseconds() / Seconds(1).nanoseconds());
}

Result Copy(const void* from, size_t size, void* to, socklen_t* length) {
  *length = static_cast<socklen_t>(std::min<size_t>(*length, size));
  std::memcpy(to, from, *length);
  return 0;
}

Result SetTimeout(const void* value, socklen_t length, Duration& timeout) {
  timeval given{};
  if (length < sizeof(given)) return -EINVAL;
  std::memcpy(&given, value, sizeof(given));
  if (given.tv_usec < 0 || given.tv_usec >= 1'000'000) return -EDOM;
  timeout = Seconds(std::max<int64_t>(given.tv_sec, 0)) + Microseconds(given.tv_usec);
  return 0;
}

timeval ToTimeval(Duration duration) {
  const int64_t microseconds = duration.nanoseconds() / 1000;
  return {microseconds / 1'000'000, microseconds % 1'000'000};
}

// Linux calls "reno" what this stack calls "newreno".
std::optional<tcp::Config::Congestion> CongestionNamed(std::string_view name) {
  if (name == "cubic") return tcp::Config::Congestion::kCubic;
  if (name == "reno") return tcp::Config::Congestion::kNewReno;
  return std::nullopt;
}

std::string_view NameOf(tcp::Config::Congestion congestion) {
  return congestion == tcp::Config::Congestion::kCubic ? "cubic" : "reno";
}

}  // namespace

tcp::ConnectionOptions TcpSocket::ConnectionOptions() const {
  tcp::ConnectionOptions options = settings_.connection;
  if (settings_.keepalive) options.keepalive = settings_.keepalive_values;
  options.cork |= more_;
  return options;
}

void TcpSocket::Apply() {
  if (!connection_) return;
  host_.WithTcp([&](tcp::Endpoint& endpoint, Time now) {
    endpoint.Configure(now, *connection_, ConnectionOptions());
  });
}

// --- Setting ---

Result TcpSocket::SetOption(int level, int name, const void* value, socklen_t length) {
  if (value == nullptr) return -EFAULT;
  if (level == SOL_SOCKET && name == SO_LINGER) {
    linger given{};
    if (length < sizeof(given)) return -EINVAL;
    std::memcpy(&given, value, sizeof(given));
    settings_.linger.reset();
    if (given.l_onoff != 0) settings_.linger = Seconds(std::max(given.l_linger, 0));
    return 0;
  }
  if (level == SOL_SOCKET && name == SO_RCVTIMEO) {
    return SetTimeout(value, length, settings_.receive_timeout);
  }
  if (level == SOL_SOCKET && name == SO_SNDTIMEO) {
    return SetTimeout(value, length, settings_.send_timeout);
  }
  if (level == IPPROTO_TCP && name == TCP_CONGESTION) {
    const auto* const text = static_cast<const char*>(value);
    const auto congestion =
        CongestionNamed({text, strnlen(text, std::min<size_t>(length, kCongestionName))});
    if (!congestion) return -ENOENT;
    settings_.connection.congestion = congestion;
    Apply();
    return 0;
  }
  int number = 0;
  if (length < sizeof(number)) return -EINVAL;
  std::memcpy(&number, value, sizeof(number));
  const Result result = SetNumber(level, name, number);
  if (result == 0) Apply();
  return result;
}

Result TcpSocket::SetNumber(int level, int name, int value) {
  if (level == SOL_SOCKET) return SetSocketNumber(name, value);
  if (level == IPPROTO_TCP) return SetTcpNumber(name, value);
  if (level == IPPROTO_IPV6 && domain_ == AF_INET6 && name == IPV6_V6ONLY) {
    if (bound_ || connection_) return -EINVAL;
    settings_.v6_only = value != 0;
    return 0;
  }
  return -ENOPROTOOPT;
}

Result TcpSocket::SetSocketNumber(int name, int value) {
  const bool on = value != 0;
  switch (name) {
    case SO_REUSEADDR:
      settings_.reuse_address = on;
      return 0;
    case SO_REUSEPORT:
      settings_.reuse_port = on;
      return 0;
    case SO_KEEPALIVE:
      settings_.keepalive = on;
      return 0;
    case SO_SNDBUF:
      settings_.connection.send_buffer =
          static_cast<uint32_t>(std::clamp(value, kLeastBuffer, kMostBuffer));
      return 0;
    case SO_RCVBUF:
      settings_.connection.receive_buffer =
          static_cast<uint32_t>(std::clamp(value, kLeastBuffer, kMostBuffer));
      return 0;
    case SO_RCVLOWAT:
      settings_.receive_low_water = value < 0 ? kMostBuffer : std::max(value, 1);
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

Result TcpSocket::SetTcpNumber(int name, int value) {
  const bool on = value != 0;
  const auto within = [&](int least, int most) { return least <= value && value <= most; };
  switch (name) {
    case TCP_NODELAY:
      settings_.connection.no_delay = on;
      return 0;
    case TCP_CORK:
      settings_.connection.cork = on;
      return 0;
    case TCP_QUICKACK:
      settings_.connection.quick_ack = on;
      return 0;
    case TCP_MAXSEG:
      if (on && !within(kLeastSegment, kMostSegment)) return -EINVAL;
      settings_.connection.max_segment.reset();
      if (on) settings_.connection.max_segment = static_cast<uint16_t>(value);
      return 0;
    case TCP_KEEPIDLE:
      if (!within(1, kMostKeepaliveSeconds)) return -EINVAL;
      settings_.keepalive_values.idle = Seconds(value);
      return 0;
    case TCP_KEEPINTVL:
      if (!within(1, kMostKeepaliveSeconds)) return -EINVAL;
      settings_.keepalive_values.interval = Seconds(value);
      return 0;
    case TCP_KEEPCNT:
      if (!within(1, kMostKeepaliveProbes)) return -EINVAL;
      settings_.keepalive_values.count = value;
      return 0;
    case TCP_USER_TIMEOUT:
      if (value < 0) return -EINVAL;
      settings_.connection.user_timeout =
          on ? Milliseconds(value) : tcp::ConnectionOptions().user_timeout;
      return 0;
    case TCP_DEFER_ACCEPT:
      settings_.defer_accept.reset();
      if (value > 0) settings_.defer_accept = Seconds(value);
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

// --- Getting ---

Result TcpSocket::GetOption(int level, int name, void* value, socklen_t* length) {
  if (value == nullptr || length == nullptr) return -EFAULT;
  if (level == SOL_SOCKET && name == SO_LINGER) {
    const linger now{.l_onoff = settings_.linger ? 1 : 0,
                     .l_linger = WholeSeconds(settings_.linger.value_or(Duration()))};
    return Copy(&now, sizeof(now), value, length);
  }
  if (level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO)) {
    const timeval now =
        ToTimeval(name == SO_RCVTIMEO ? settings_.receive_timeout : settings_.send_timeout);
    return Copy(&now, sizeof(now), value, length);
  }
  if (level == IPPROTO_TCP && name == TCP_INFO) {
    WriteTcpInfo(connection(), listener_.has_value(), value, length);
    return 0;
  }
  if (level == IPPROTO_TCP && name == TCP_CONGESTION) {
    const auto congestion = settings_.connection.congestion.value_or(host_.tcp_config().congestion);
    char text[kCongestionName] = {};
    NameOf(congestion).copy(text, sizeof(text) - 1);
    return Copy(text, sizeof(text), value, length);
  }
  const std::optional<int> number = GetNumber(level, name);
  if (!number) return -ENOPROTOOPT;
  return Copy(&*number, sizeof(*number), value, length);
}

std::optional<int> TcpSocket::GetNumber(int level, int name) {
  if (level == SOL_SOCKET) return GetSocketNumber(name);
  if (level == IPPROTO_TCP) return GetTcpNumber(name);
  if (level == IPPROTO_IPV6 && domain_ == AF_INET6 && name == IPV6_V6ONLY) {
    return settings_.v6_only ? 1 : 0;
  }
  return std::nullopt;
}

std::optional<int> TcpSocket::GetSocketNumber(int name) {
  const tcp::ConnectionOptions& options = settings_.connection;
  switch (name) {
    case SO_REUSEADDR:
      return settings_.reuse_address;
    case SO_REUSEPORT:
      return settings_.reuse_port;
    case SO_KEEPALIVE:
      return settings_.keepalive;
    // Linux tells twice what it was told.
    case SO_SNDBUF:
      return static_cast<int>(2 * options.send_buffer.value_or(host_.tcp_config().send_buffer));
    case SO_RCVBUF:
      return static_cast<int>(2 *
                              options.receive_buffer.value_or(host_.tcp_config().receive_buffer));
    case SO_RCVLOWAT:
      return settings_.receive_low_water;
    case SO_ERROR:
      return TakeError();
    case SO_TYPE:
      return SOCK_STREAM;
    case SO_DOMAIN:
      return domain_;
    case SO_PROTOCOL:
      return IPPROTO_TCP;
    case SO_ACCEPTCONN:
      return listener_.has_value();
    default:
      return std::nullopt;
  }
}

std::optional<int> TcpSocket::GetTcpNumber(int name) const {
  const tcp::ConnectionOptions& options = settings_.connection;
  switch (name) {
    case TCP_NODELAY:
      return options.no_delay;
    case TCP_CORK:
      return options.cork;
    case TCP_QUICKACK:
      return options.quick_ack;
    case TCP_MAXSEG:
      return MaxSegment();
    case TCP_KEEPIDLE:
      return WholeSeconds(settings_.keepalive_values.idle);
    case TCP_KEEPINTVL:
      return WholeSeconds(settings_.keepalive_values.interval);
    case TCP_KEEPCNT:
      return settings_.keepalive_values.count;
    case TCP_USER_TIMEOUT:  // 0: as it is without the option.
      if (options.user_timeout == tcp::ConnectionOptions().user_timeout) return 0;
      return static_cast<int>(options.user_timeout.nanoseconds() / Milliseconds(1).nanoseconds());
    case TCP_DEFER_ACCEPT:
      return WholeSeconds(settings_.defer_accept.value_or(Duration()));
    default:
      return std::nullopt;
  }
}

// What is sent at most; before the handshake what is known then.
int TcpSocket::MaxSegment() const {
  const tcp::Connection* const c = connection();
  if (c != nullptr && c->sender().established()) {
    return static_cast<int>(c->sender().recovery().smss());
  }
  return settings_.connection.max_segment.value_or(tcp::kDefaultMssIpv4);
}

}  // namespace dualsim::packetdrill
