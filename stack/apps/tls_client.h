#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stack/application/network.h"
#include "stack/application/registry.h"
#include "stack/application/task.h"
#include "stack/tls/context.h"
#include "stack/tls/tls_flow.h"

namespace dualsim::apps {

// How a program speaks TLS to a server.
struct TlsClientOptions {
  std::string authorities;  // PEM: whom it believes.
  std::string server_name;  // What the server's certificate has to name.
};

// Takes --authorities=PEM, which asks for TLS, and --server-name=NAME; the default for
// the latter is `server`, where that is a name. nullopt: no TLS is asked for, or what is
// asked for is refused.
std::optional<TlsClientOptions> TakeTlsClient(application::Arguments& arguments,
                                              const std::string& server);
inline constexpr std::string_view kTlsClientUsage = "[--authorities=PEM [--server-name=NAME]]";

// How long a handshake may take.
inline constexpr Duration kTlsHandshakeTimeout = Seconds(10);

// TLS as a client over `below`, within `timeout`.
application::Task<tls::TlsFlow::Outcome> ConnectTls(application::Network& network,
                                                    tls::Context& context,
                                                    std::unique_ptr<application::TcpFlow> below,
                                                    std::string server_name,
                                                    Duration timeout = kTlsHandshakeTimeout);
// And as a server.
application::Task<tls::TlsFlow::Outcome> AcceptTls(application::Network& network,
                                                   tls::Context& context,
                                                   std::unique_ptr<application::TcpFlow> below,
                                                   Duration timeout);

}  // namespace dualsim::apps
