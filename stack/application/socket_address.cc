#include "stack/application/socket_address.h"

namespace dualsim::application {

std::string SocketAddress::ToString() const {
  const std::string host = address.ToString();
  return (address.is_ipv6() ? "[" + host + "]" : host) + ":" + std::to_string(Number(port));
}

std::optional<SocketAddress> SocketAddress::Parse(std::string_view text,
                                                  std::optional<Port> default_port) {
  std::string_view host = text;
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    host = text.substr(1, end - 1);
    if (end + 1 < text.size()) {
      if (text[end + 1] != ':') return std::nullopt;
      port = text.substr(end + 2);
    }
    if (!Ipv6Address::Parse(host)) return std::nullopt;
  } else if (const size_t colon = text.find(':');
             colon != text.npos && text.find(':', colon + 1) == text.npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const std::optional<IpAddress> address = IpAddress::Parse(host);
  const std::optional<Port> number = port ? ParsePort(*port) : default_port;
  if (!address || !number) return std::nullopt;
  return SocketAddress{*address, *number};
}

}  // namespace dualsim::application
