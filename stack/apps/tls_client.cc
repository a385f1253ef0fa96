#include "stack/apps/tls_client.h"

#include <utility>

#include "stack/application/when_any.h"
#include "stack/wire/dns_name.h"
#include "stack/wire/ip_address.h"

namespace dualsim::apps {
namespace {

using application::Task;
using Outcome = tls::TlsFlow::Outcome;

Task<Outcome> Limit(application::Network& network, Duration timeout, Task<Outcome> handshake) {
  auto outcome =
      co_await application::WithTimeout(network.scheduler(), timeout, std::move(handshake));
  if (!outcome) co_return Outcome{nullptr, "the handshake took too long"};
  co_return *std::move(outcome);
}

}  // namespace

std::optional<TlsClientOptions> TakeTlsClient(application::Arguments& arguments,
                                              const std::string& server) {
  const auto authorities = arguments.TakeString("authorities");
  const auto name = arguments.TakeString("server-name");
  if (!authorities) {
    if (name) arguments.Refuse("server-name", *name, "it with --authorities, which asks for TLS");
    return std::nullopt;
  }
  TlsClientOptions options{*authorities, name.value_or(server)};
  if (const auto wrong = tls::CheckCertificates(*authorities)) {
    arguments.Error("--authorities: " + *wrong);
    return std::nullopt;
  }
  if (IpAddress::Parse(options.server_name) || !wire::DnsName::ParseHostName(options.server_name)) {
    // RFC 6066 §3: no address. What certificates say of addresses is not looked at.
    arguments.Refuse("server-name", options.server_name,
                     "the name that the server's certificate has, as www.example.com");
    return std::nullopt;
  }
  return options;
}

Task<Outcome> ConnectTls(application::Network& network, tls::Context& context,
                         std::unique_ptr<application::TcpFlow> below, std::string server_name,
                         Duration timeout) {
  return Limit(network, timeout,
               tls::TlsFlow::Connect(network.scheduler(), context, std::move(below),
                                     std::move(server_name)));
}

Task<Outcome> AcceptTls(application::Network& network, tls::Context& context,
                        std::unique_ptr<application::TcpFlow> below, Duration timeout) {
  return Limit(network, timeout,
               tls::TlsFlow::Accept(network.scheduler(), context, std::move(below)));
}

}  // namespace dualsim::apps
