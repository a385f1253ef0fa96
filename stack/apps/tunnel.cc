// A relay between two networks, as MirageOS's tlstunnel is one: takes TLS off what comes
// to its front and hands it to a server at its back; or the other way about.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "stack/application/event.h"
#include "stack/application/registry.h"
#include "stack/application/scope.h"
#include "stack/apps/relay.h"
#include "stack/apps/tls_client.h"
#include "stack/dns/happy_eyeballs.h"
#include "stack/wire/dns_name.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;

constexpr Port kDefaultPort{443};
// Connections that are carried at once; those beyond it wait in the listener's backlog.
constexpr uint64_t kMaximumConnections = 256;
constexpr Duration kConnectTimeout = Seconds(10);
constexpr Duration kIdleTimeout = Seconds(600);
// The group of boot arguments that the back's network is configured by.
constexpr std::string_view kBackGroup = "private";

struct Options {
  application::TcpListenOptions listen;
  std::string host;  // Of the server behind: an address or a name,
  Port port{};
  std::optional<tls::Identity> identity;      // The front speaks TLS.
  std::optional<TlsClientOptions> to_server;  // The back does.
  std::optional<std::string> front_group;     // None: the host's own network.
  std::optional<std::string> back_group;      // None: kBackGroup, where there is one.
  uint64_t max_connections = kMaximumConnections;
  Duration handshake_timeout = kTlsHandshakeTimeout;
  Duration connect_timeout = kConnectTimeout;
  Duration idle_timeout = kIdleTimeout;
};

// What all connections of a tunnel share.
struct Tunnel {
  Tunnel(Network& network, Network& front, Network& back, const Options& options)
      : network(network), front(front), back(back), options(options), freed(network.scheduler()) {
    if (options.identity) server = tls::Context::Server(*options.identity, network.random());
    if (options.to_server) {
      client = tls::Context::Client(options.to_server->authorities, network.random());
    }
  }

  Network& network;
  Network& front;
  Network& back;
  const Options& options;
  std::unique_ptr<tls::Context> server;  // nullptr: the front is plain.
  std::unique_ptr<tls::Context> client;  // nullptr: the back is.
  uint64_t open = 0;
  application::Event freed;  // One that was open has ended.
};

// A connection's place among those that may be open; given back however it ends.
class Place {
 public:
  explicit Place(Tunnel& tunnel) : tunnel_(&tunnel) { ++tunnel.open; }
  Place(Place&& other) noexcept : tunnel_(std::exchange(other.tunnel_, nullptr)) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (tunnel_ == nullptr) return;
    --tunnel_->open;
    tunnel_->freed.Set();
  }

 private:
  Tunnel* tunnel_;
};

// The connection to the server behind; no flow, and why.
struct Reached {
  RelayEnd end;
  std::string failure;
};
Task<Reached> ReachServer(Tunnel& tunnel) {
  const Options& options = tunnel.options;
  auto config = dns::HappyEyeballsConfig::From(tunnel.back.settings());
  config.connect_timeout = options.connect_timeout;
  dns::Connected connected =
      co_await dns::ConnectByName(tunnel.back, config, options.host, options.port);
  if (connected.flow == nullptr) {
    co_return Reached{{}, "cannot connect to " + options.host + ": " + connected.failure};
  }
  if (tunnel.client == nullptr) co_return Reached{{std::move(connected.flow)}, ""};
  const std::string server = connected.flow->peer().ToString();
  auto outcome = co_await ConnectTls(tunnel.back, *tunnel.client, std::move(connected.flow),
                                     options.to_server->server_name, options.handshake_timeout);
  if (outcome.flow == nullptr) {
    co_return Reached{{}, "no TLS with " + server + ": " + outcome.failure};
  }
  co_return Reached{RelayEnd::Of(std::move(outcome.flow)), ""};
}

// "192.0.2.1:80 (TLSv1.2 ...)"
std::string Describe(const RelayEnd& end) {
  return end.flow->peer().ToString() + (end.tls != nullptr ? " (" + end.tls->protocol() + ")" : "");
}

Task<> Serve(Tunnel& tunnel, std::unique_ptr<TcpFlow> accepted, Place) {
  const std::string peer = accepted->peer().ToString();
  RelayEnd front;
  if (tunnel.server != nullptr) {
    auto outcome = co_await AcceptTls(tunnel.front, *tunnel.server, std::move(accepted),
                                      tunnel.options.handshake_timeout);
    if (outcome.flow == nullptr) {
      tunnel.network.Log(peer + ": no TLS: " + outcome.failure);
      co_return;
    }
    front = RelayEnd::Of(std::move(outcome.flow));
  } else {
    front.flow = std::move(accepted);
  }
  Reached back = co_await ReachServer(tunnel);
  if (back.end.flow == nullptr) {
    tunnel.network.Log(peer + ": " + back.failure);
    front.flow->Abort();
    co_return;
  }
  tunnel.network.Log(Describe(front) + " to " + Describe(back.end));
  const RelayOutcome outcome =
      co_await Relay(tunnel.network.scheduler(), front, back.end, tunnel.options.idle_timeout);
  tunnel.network.Log(peer + ": " + std::to_string(outcome.forth) + " bytes to the back, " +
                     std::to_string(outcome.back) + " to the front, " +
                     (outcome.failure.empty() ? "ended" : outcome.failure));
}

// The network of a group; nullptr, and said, where the host has none.
Network* GroupOf(Network& network, const std::string& name) {
  Network* const group = network.group(name);
  if (group == nullptr) {
    network.Log("this host has no group '" + name + "'; its boot arguments name one as in --" +
                name + "-interface=LINK");
  }
  return group;
}

Task<> RunTunnel(Network& network, const Options& options) {
  Network* front = &network;
  if (options.front_group) front = GroupOf(network, *options.front_group);
  Network* back = network.group(kBackGroup);
  if (options.back_group) back = GroupOf(network, *options.back_group);
  if (front == nullptr || (back == nullptr && options.back_group)) co_return;
  if (back == nullptr) back = &network;
  auto listener = front->ListenTcp(options.listen);
  const std::string port = std::to_string(Number(options.listen.port));
  if (!listener) {
    network.Log("cannot listen on TCP port " + port + ": " +
                std::string(ErrorText(listener.error())));
    co_return;
  }
  Tunnel tunnel(network, *front, *back, options);
  network.Log("from port " + port + (options.identity ? " (TLS)" : "") + " to " + options.host +
              " port " + std::to_string(Number(options.port)) +
              (options.to_server ? " (TLS)" : ""));
  application::Scope connections(network.scheduler());
  while (true) {
    if (tunnel.open >= options.max_connections) {
      network.Log(std::to_string(tunnel.open) + " connections are open, and no more may be");
      while (tunnel.open >= options.max_connections) {
        tunnel.freed.Reset();
        co_await tunnel.freed.Wait();
      }
    }
    auto flow = co_await (*listener)->Accept();
    if (!flow) break;
    connections.Start(Serve(tunnel, *std::move(flow), Place(tunnel)));
  }
  co_await connections.Join();
}

// "192.0.2.1:80", "[2001:db8::1]:80", "www.example.com:80".
void ReadServer(const std::string& text, application::Arguments& arguments, Options* options) {
  if (const auto address = application::SocketAddress::Parse(text)) {
    options->host = address->address.ToString();
    options->port = address->port;
    return;
  }
  const size_t colon = text.rfind(':');
  const auto port = colon == text.npos ? std::nullopt : ParsePort(text.substr(colon + 1));
  options->host = text.substr(0, colon);
  if (!port || !wire::DnsName::ParseHostName(options->host)) {
    arguments.Refuse("to", text, "an address or a name, and a port, as www.example.com:80");
    return;
  }
  options->port = *port;
}

void ReadIdentity(application::Arguments& arguments, Options* options) {
  const auto certificate = arguments.TakeString("certificate");
  const auto key = arguments.TakeString("key");
  if (!certificate && !key) return;
  if (!certificate) return arguments.Require("certificate", "the key's, as PEM");
  if (!key) return arguments.Require("key", "the certificate's, as PEM");
  const tls::Identity identity{*certificate, *key};
  if (const auto wrong = tls::CheckIdentity(identity)) {
    arguments.Error("--certificate, --key: " + *wrong);
    return;
  }
  options->identity = identity;
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  options.listen.port = arguments.TakePort("port").value_or(kDefaultPort);
  options.listen.address = arguments.TakeAddress("address");
  if (const auto to = arguments.TakeString("to")) {
    ReadServer(*to, arguments, &options);
  } else {
    arguments.Require("to", "the server's address or name, and port");
  }
  ReadIdentity(arguments, &options);
  options.to_server = TakeTlsClient(arguments, options.host);
  options.front_group = arguments.TakeString("front");
  options.back_group = arguments.TakeString("back");
  options.max_connections =
      arguments.TakeNumber("max-connections", 1, 1'000'000).value_or(kMaximumConnections);
  options.handshake_timeout =
      arguments.TakeDuration("handshake-timeout").value_or(kTlsHandshakeTimeout);
  options.connect_timeout = arguments.TakeDuration("connect-timeout").value_or(kConnectTimeout);
  options.idle_timeout = arguments.TakeDuration("idle-timeout").value_or(kIdleTimeout);
  return application::Program([options](Network& network) { return RunTunnel(network, options); });
}

const application::Registration kTunnel(
    {.name = "tunnel",
     .summary = "Relays connections to a server, TLS on either side or none.",
     .usage = "--to=ADDRESS-OR-NAME:PORT [--port=443] [--address=ADDRESS] "
              "[--certificate=PEM --key=PEM] [--authorities=PEM [--server-name=NAME]] "
              "[--front=GROUP] [--back=GROUP] [--max-connections=256] [--handshake-timeout=10s] "
              "[--connect-timeout=10s] [--idle-timeout=10min]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
