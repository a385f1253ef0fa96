// An HTTP/1.1 client, RFC 9112: asks for a page once or several times over one
// connection, and logs what came and how long it took.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stack/application/registry.h"
#include "stack/apps/http_stream.h"
#include "stack/apps/tls_client.h"
#include "stack/dns/happy_eyeballs.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;

constexpr Port kDefaultPort{80};
constexpr Port kDefaultTlsPort{443};
constexpr uint64_t kLargestBody = uint64_t{1} << 40;

struct Options {
  bool secure = false;  // https
  std::optional<TlsClientOptions> tls;
  std::string host;  // An address or a name.
  Port port = kDefaultPort;
  std::string path = "/";
  uint64_t count = 1;
  Duration interval;
  std::optional<uint64_t> post;  // So many bytes are sent.
  Duration delay;
};

ByteView Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// "0.012 s"
std::string SecondsText(Duration duration) {
  const int64_t milliseconds = duration.nanoseconds() / Milliseconds(1).nanoseconds();
  return std::to_string(milliseconds / 1000) + "." +
         std::to_string(1000 + milliseconds % 1000).substr(1) + " s";
}

// False: the flow failed.
Task<bool> WriteRequest(TcpFlow& flow, const Options& options, bool last) {
  HttpHead head{.method = options.post ? "POST" : "GET", .target = options.path};
  const bool ipv6 = Ipv6Address::Parse(options.host).has_value();
  std::string host = ipv6 ? "[" + options.host + "]" : options.host;
  if (options.port != (options.secure ? kDefaultTlsPort : kDefaultPort))
    host += ":" + std::to_string(Number(options.port));
  head.fields = {{"Host", host}, {"User-Agent", "dualsim"}};
  if (options.post) head.fields.push_back({"Content-Length", std::to_string(*options.post)});
  if (last) head.fields.push_back({"Connection", "close"});
  const std::string start = head.Encode();
  if (co_await flow.Write(Bytes(start))) co_return false;
  constexpr size_t kPiece = 16 * 1024;
  const std::vector<uint8_t> piece(options.post ? kPiece : 0, 'y');
  for (uint64_t left = options.post.value_or(0); left > 0;) {
    const auto now = static_cast<size_t>(std::min<uint64_t>(left, kPiece));
    if (co_await flow.Write(ByteView(piece).first(now))) co_return false;
    left -= now;
  }
  co_return true;
}

// One request and its response; false: no other is to follow.
Task<bool> Exchange(Network& network, TcpFlow& flow, HttpStream& stream, const Options& options,
                    bool last) {
  const Time begun = network.now();
  const std::string what = std::string(options.post ? "POST" : "GET") +
                           (options.secure ? " https://" : " http://") + options.host +
                           options.path + ": ";
  if (!co_await WriteRequest(flow, options, last)) {
    network.Log(what + "the connection failed");
    co_return false;
  }
  auto read = co_await stream.ReadHead(HttpKind::kResponse);
  if (const auto* error = std::get_if<HttpError>(&read)) {
    network.Log(what + error->text);
    co_return false;
  }
  if (std::holds_alternative<HttpStream::Over>(read)) {
    network.Log(what + "the connection ended without a response");
    co_return false;
  }
  const HttpHead response = std::get<HttpHead>(std::move(read));
  const auto framing = HttpResponseBody(response, options.post ? "POST" : "GET");
  if (const auto* error = std::get_if<HttpError>(&framing)) {
    network.Log(what + error->text);
    co_return false;
  }
  const HttpStream::Body body = co_await stream.ReadBody(std::get<HttpBody>(framing), kLargestBody);
  network.Log(what + std::to_string(response.status) + " " + response.reason + ", " +
              (body.error.empty()
                   ? std::to_string(body.size) + " bytes, SHA-256 " + Sha256::ToHex(body.digest)
                   : body.error) +
              ", in " + SecondsText(network.now() - begun));
  co_return body.error.empty() && response.KeepsAlive();
}

Task<> Fetch(Network& network, const Options& options) {
  co_await network.Sleep(options.delay);
  const Time begun = network.now();
  dns::Connected connected = co_await dns::ConnectByName(
      network, dns::HappyEyeballsConfig::From(network.settings()), options.host, options.port);
  if (connected.flow == nullptr) {
    network.Log("cannot connect to " + options.host + ": " + connected.failure);
    co_return;
  }
  network.Log("connected to " + options.host + " at " + connected.flow->peer().ToString() + " in " +
              SecondsText(network.now() - begun));
  std::unique_ptr<tls::Context> context;
  std::unique_ptr<TcpFlow> flow = std::move(connected.flow);
  if (options.tls) {
    context = tls::Context::Client(options.tls->authorities, network.random());
    auto spoken = co_await ConnectTls(network, *context, std::move(flow), options.tls->server_name);
    if (spoken.flow == nullptr) {
      network.Log("no TLS with " + options.host + ": " + spoken.failure);
      co_return;
    }
    flow = std::move(spoken.flow);
  }
  HttpStream stream(*flow);
  for (uint64_t i = 1; i <= options.count; ++i) {
    const bool last = i == options.count;
    const bool more = co_await Exchange(network, *flow, stream, options, last);
    if (!more) break;
    co_await network.Sleep(options.interval);
  }
}

// "www.example.com:8080/path", "[2001:db8::1]/", with "http://" before it or without;
// "https://" asks for TLS.
bool ReadUrl(std::string_view text, Options* options) {
  constexpr std::string_view kScheme = "http://";
  constexpr std::string_view kTlsScheme = "https://";
  options->secure = text.starts_with(kTlsScheme);
  if (options->secure) {
    text.remove_prefix(kTlsScheme.size());
    options->port = kDefaultTlsPort;
  } else if (text.starts_with(kScheme)) {
    text.remove_prefix(kScheme.size());
  }
  const size_t slash = std::min(text.find('/'), text.size());
  if (slash < text.size()) options->path = text.substr(slash);
  text = text.substr(0, slash);
  if (const auto address = application::SocketAddress::Parse(text, options->port)) {
    options->host = address->address.ToString();
    options->port = address->port;
    return true;
  }
  const size_t colon = std::min(text.find(':'), text.size());
  if (colon < text.size()) {
    const auto port = ParsePort(text.substr(colon + 1));
    if (!port) return false;
    options->port = *port;
  }
  options->host = text.substr(0, colon);
  const bool path = std::all_of(options->path.begin(), options->path.end(),
                                [](char c) { return c > ' ' && c <= '~'; });
  return path && wire::DnsName::ParseHostName(options->host).has_value();
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  const auto url = arguments.TakeString("url");
  if (!url) {
    arguments.Require("url", "what to get, as http://www.example.com/");
  } else if (!ReadUrl(*url, &options)) {
    arguments.Refuse("url", *url, "a name or an address and a path, as http://www.example.com/");
  }
  options.tls = TakeTlsClient(arguments, options.host);
  if (options.secure && !options.tls) {
    arguments.Require("authorities", "whom to believe about https servers, as PEM");
  } else if (!options.secure && options.tls) {
    arguments.Error("--authorities: an http URL asks for no TLS; write https");
  }
  options.count = arguments.TakeNumber("count", 1, 1'000'000'000).value_or(1);
  options.interval = arguments.TakeDuration("interval").value_or(Duration());
  options.post = arguments.TakeSize("post", 0, kLargestBody);
  options.delay = arguments.TakeDuration("delay").value_or(Duration());
  return application::Program([options](Network& network) { return Fetch(network, options); });
}

const application::Registration kHttp(
    {.name = "http",
     .summary = "Sends HTTP/1.1 requests, and logs what comes back and how long it took.",
     .usage = "--url=http[s]://NAME[:PORT]/PATH [--count=1] [--interval=0s] [--post=SIZE] "
              "[--delay=0s] [--authorities=PEM [--server-name=NAME]]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
