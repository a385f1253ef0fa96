// A small HTTP/1.1 server, RFC 9112: GET and HEAD of "/" give a greeting, of
// "/bytes/N" so many bytes; POST of anything is answered with what came.

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "stack/application/registry.h"
#include "stack/application/when_any.h"
#include "stack/apps/http_stream.h"
#include "stack/apps/serve.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;

constexpr Port kDefaultPort{80};
constexpr Duration kIdle = Seconds(60);
constexpr uint64_t kLargestBody = uint64_t{1} << 32;
constexpr size_t kPiece = 16 * 1024;

ByteView Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

struct Response {
  int status = 200;
  std::string text;
  uint64_t filler = 0;  // So many bytes in place of a text.
};

std::optional<uint64_t> FillerOf(std::string_view target) {
  constexpr std::string_view kPath = "/bytes/";
  if (!target.starts_with(kPath)) return std::nullopt;
  target.remove_prefix(kPath.size());
  uint64_t size = 0;
  const char* end = target.data() + target.size();
  const auto [stop, error] = std::from_chars(target.data(), end, size);
  if (error != std::errc() || stop != end || size > kLargestBody) return std::nullopt;
  return size;
}

Response Respond(const Network& network, const HttpHead& request, const HttpStream::Body& body) {
  if (request.method == "POST") {
    return {.text =
                std::to_string(body.size) + " bytes, SHA-256 " + Sha256::ToHex(body.digest) + "\n"};
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .text = "GET, HEAD and POST are known here\n"};
  }
  if (request.target == "/") {
    return {.text = "Hello from " + network.settings().host_name + "\n"};
  }
  if (const auto size = FillerOf(request.target)) return {.filler = *size};
  return {.status = 404, .text = "there is no " + request.target + "\n"};
}

// False: the flow failed.
Task<bool> Write(TcpFlow& flow, const Response& response, bool head_alone, bool keep) {
  const uint64_t size = response.text.empty() ? response.filler : response.text.size();
  HttpHead head{.status = response.status, .reason = std::string(HttpReason(response.status))};
  head.fields = {
      {"Server", "dualsim"},
      {"Content-Type", response.text.empty() ? "application/octet-stream" : "text/plain"},
      {"Content-Length", std::to_string(size)}};
  if (response.status == 405) head.fields.push_back({"Allow", "GET, HEAD, POST"});
  if (!keep) head.fields.push_back({"Connection", "close"});
  const std::string start = head.Encode() + (head_alone ? "" : response.text);
  if (co_await flow.Write(Bytes(start))) co_return false;
  if (head_alone || !response.text.empty()) co_return true;
  const std::vector<uint8_t> piece(kPiece, 'x');
  for (uint64_t left = size; left > 0;) {
    const auto now = static_cast<size_t>(std::min<uint64_t>(left, kPiece));
    if (co_await flow.Write(ByteView(piece).first(now))) co_return false;
    left -= now;
  }
  co_return true;
}

// One request and its response; false: the connection ends.
Task<bool> Exchange(Network& network, TcpFlow& flow, HttpStream& stream) {
  auto read = co_await application::WithTimeout(network.scheduler(), kIdle,
                                                stream.ReadHead(HttpKind::kRequest));
  if (!read || std::holds_alternative<HttpStream::Over>(*read)) co_return false;
  std::optional<HttpError> error;
  HttpStream::Body body;
  HttpHead request;
  if (auto* refused = std::get_if<HttpError>(&*read)) {
    error = std::move(*refused);
  } else {
    request = std::get<HttpHead>(std::move(*read));
    const auto framing = HttpRequestBody(request);
    if (const auto* wrong = std::get_if<HttpError>(&framing)) {
      error = *wrong;
    } else {
      body = co_await stream.ReadBody(std::get<HttpBody>(framing), kLargestBody);
      if (!body.error.empty()) error = HttpError{400, body.error};
    }
  }
  const bool keep = !error && request.KeepsAlive();
  const Response response = error ? Response{.status = error->status, .text = error->text + "\n"}
                                  : Respond(network, request, body);
  network.Log(flow.peer().address.ToString() + " " +
              (error ? error->text : request.method + " " + request.target) + ": " +
              std::to_string(response.status));
  const bool written = co_await Write(flow, response, request.method == "HEAD", keep);
  co_return written&& keep;
}

Task<> Handle(Network& network, std::unique_ptr<TcpFlow> flow) {
  HttpStream stream(*flow);
  bool more = true;
  while (more) more = co_await Exchange(network, *flow, stream);
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  const Port port = arguments.TakePort("port").value_or(kDefaultPort);
  return application::Program([port](Network& network) {
    return ServeTcp(network, {.port = port}, [&network](std::unique_ptr<TcpFlow> flow) {
      return Handle(network, std::move(flow));
    });
  });
}

const application::Registration kHttpServer(
    {.name = "http-server",
     .summary = "Answers HTTP/1.1 requests: /, /bytes/N, and POST.",
     .usage = "[--port=80]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
