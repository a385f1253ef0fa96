// A client for trying things out: connects, sends a text, and logs what comes back.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "stack/application/registry.h"
#include "stack/apps/tls_client.h"
#include "stack/dns/happy_eyeballs.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::ReadResult;
using application::Task;
using application::TcpFlow;

struct Options {
  // An address, or a name with a port.
  std::optional<application::SocketAddress> to;
  std::string name;
  Port port{};
  application::TcpConnectOptions connect;
  std::optional<TlsClientOptions> tls;
  std::string text;
  Duration delay;
  Duration hold;
};

// A connection, or nullptr and a line that says why there is none.
Task<std::unique_ptr<TcpFlow>> Reach(Network& network, const Options& options) {
  if (options.to) {
    auto connected = co_await network.ConnectTcp(*options.to, options.connect);
    if (connected) co_return *std::move(connected);
    network.Log("cannot connect to " + options.to->ToString() + ": " +
                std::string(ErrorText(connected.error())));
    co_return nullptr;
  }
  dns::HappyEyeballsConfig config = dns::HappyEyeballsConfig::From(network.settings());
  if (options.connect.timeout) config.connect_timeout = *options.connect.timeout;
  dns::Connected connected =
      co_await dns::ConnectByName(network, config, options.name, options.port);
  if (connected.flow == nullptr) {
    network.Log("cannot connect to " + options.name + ": " + connected.failure);
  }
  co_return std::move(connected.flow);
}

Task<> Connect(Network& network, const Options& options) {
  co_await network.Sleep(options.delay);
  std::unique_ptr<tls::Context> context;
  std::unique_ptr<TcpFlow> reached = co_await Reach(network, options);
  if (reached == nullptr) co_return;
  const std::string peer = reached->peer().ToString();
  network.Log("connected to " + (options.to ? "" : options.name + " at ") + peer + " from " +
              reached->local().address.ToString());
  if (options.tls) {
    context = tls::Context::Client(options.tls->authorities, network.random());
    auto spoken =
        co_await ConnectTls(network, *context, std::move(reached), options.tls->server_name);
    if (spoken.flow == nullptr) {
      network.Log("no TLS with " + peer + ": " + spoken.failure);
      co_return;
    }
    network.Log("speaks " + spoken.flow->protocol() + " with " + peer);
    reached = std::move(spoken.flow);
  }
  TcpFlow& flow = *reached;
  const ByteView text(reinterpret_cast<const uint8_t*>(options.text.data()), options.text.size());
  if (const auto failed = co_await flow.Write(text)) {
    network.Log("cannot write to " + peer + ": " + std::string(ErrorText(*failed)));
    co_return;
  }
  co_await network.Sleep(options.hold);
  flow.ShutDownWrite();
  while (true) {
    const ReadResult read = co_await flow.Peek();
    if (!read.data()) {
      network.Log(peer + ": " + std::string(read.text()));
      co_return;
    }
    flow.Consume(read.size);
    network.Log("read: " + std::to_string(read.size) + " bytes from " + peer);
  }
}

// "192.0.2.1:80", "www.example.com:80".
void ReadPeer(const std::string& text, application::Arguments& arguments, Options* options) {
  options->to = application::SocketAddress::Parse(text);
  if (options->to) return;
  const size_t colon = text.rfind(':');
  const auto port = colon == text.npos ? std::nullopt : ParsePort(text.substr(colon + 1));
  options->name = text.substr(0, colon);
  if (!port || !wire::DnsName::ParseHostName(options->name)) {
    arguments.Refuse("to", text, "an address or a name, and a port, as www.example.com:80");
    return;
  }
  options->port = *port;
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  const auto to = arguments.TakeString("to");
  if (to) ReadPeer(*to, arguments, &options);
  options.tls = TakeTlsClient(arguments, options.name);
  options.text = arguments.TakeString("text").value_or("");
  options.delay = arguments.TakeDuration("delay").value_or(Duration());
  options.hold = arguments.TakeDuration("hold").value_or(Duration());
  options.connect.source = arguments.TakeAddress("from");
  options.connect.timeout = arguments.TakeDuration("timeout");
  if (!to) arguments.Require("to", "the server's address or name, and port");
  return application::Program([options](Network& network) { return Connect(network, options); });
}

const application::Registration kConnect(
    {.name = "connect",
     .summary = "Connects, over TLS too, sends a text, and logs what comes back.",
     .usage = "--to=ADDRESS-OR-NAME:PORT [--text=TEXT] [--from=ADDRESS] [--delay=0s] [--hold=0s] "
              "[--timeout=DURATION] [--authorities=PEM [--server-name=NAME]]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
