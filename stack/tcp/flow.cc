#include "stack/tcp/flow.h"

namespace dualsim::tcp {
namespace {

std::string EndText(const IpAddress& address, Port port) {
  const std::string text = address.ToString();
  return (address.is_ipv4() ? text : '[' + text + ']') + ':' + std::to_string(Number(port));
}

}  // namespace

std::string Flow::ToString() const {
  return EndText(local, local_port) + " > " + EndText(remote, remote_port);
}

}  // namespace dualsim::tcp
