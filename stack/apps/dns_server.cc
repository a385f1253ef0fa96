// A small DNS server: authoritative for the zones that the scenario gives it, and for
// all else, where it is told whom to ask, a forwarder with a cache.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stack/application/registry.h"
#include "stack/application/scope.h"
#include "stack/application/when_any.h"
#include "stack/apps/serve.h"
#include "stack/dns/authority.h"
#include "stack/dns/resolver.h"
#include "stack/dns/tcp_message.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;
using wire::DnsMessage;
using wire::DnsType;

// Questions that are being forwarded at one time; beyond them it is SERVFAIL.
constexpr size_t kMaximumForwarded = 256;
// Answers to datagrams that are being made; a question beyond them is dropped, and its
// asker asks again.
constexpr size_t kMaximumAnswers = 1024;
// RFC 7766 §6.2.3: how long a connection may be idle.
constexpr Duration kTcpIdle = Seconds(10);

// What the server does wrong on purpose.
struct Faults {
  std::vector<DnsType> slow;  // Answered after `slow_by`.
  Duration slow_by;
  std::vector<DnsType> fail;    // Answered with SERVFAIL.
  std::vector<DnsType> ignore;  // Not answered.
};

struct Options {
  Port port{};
  std::vector<application::SocketAddress> forward;
  dns::Authority authority{{}};
  Faults faults;
};

bool IsAmong(const std::vector<DnsType>& types, const DnsMessage& query) {
  return !query.questions.empty() &&
         std::find(types.begin(), types.end(), query.questions[0].type) != types.end();
}

class Server {
 public:
  Server(Network& network, const Options& options)
      : network_(network),
        options_(options),
        forwarder_(network, {.servers = options.forward, .timeout = Seconds(2)}),
        answers_(network.scheduler()) {}

  Task<> Run() {
    application::Scope services(network_.scheduler());
    services.Start(ServeUdp());
    services.Start(
        ServeTcp(network_, {.port = options_.port},
                 [this](std::unique_ptr<TcpFlow> flow) { return OnFlow(std::move(flow)); }));
    co_await services.Join();
  }

 private:
  Task<> ServeUdp() {
    auto socket = network_.ListenUdp({.port = options_.port});
    if (!socket) {
      network_.Log("cannot listen on UDP port " + std::to_string(Number(options_.port)) + ": " +
                   std::string(ErrorText(socket.error())));
      co_return;
    }
    while (true) {
      auto arrival = co_await (*socket)->Receive();
      if (!arrival) break;
      if (arrival->icmp_error || answers_.running() == kMaximumAnswers) continue;
      answers_.Start(OnDatagram(**socket, *std::move(arrival)));
    }
    answers_.Cancel();
  }

  Task<> OnDatagram(application::UdpSocket& socket, application::UdpArrival arrival) {
    const auto query = DnsMessage::Parse(arrival.data);
    if (!query || query->response) co_return;
    const std::optional<DnsMessage> response = co_await Respond(*query);
    if (!response) co_return;
    const std::vector<uint8_t> bytes = response->Encode(dns::UdpLimitOf(*query));
    application::UdpMessage reply{.destination = arrival.source, .data = bytes};
    // RFC 2181 §4.1: from the address that was asked.
    for (const application::ConfiguredAddress& own : network_.addresses()) {
      if (own.address == arrival.destination.address) reply.source = own.address;
    }
    if (const auto failed = socket.Send(reply)) {
      network_.Log("no answer to " + arrival.source.ToString() + ": " +
                   std::string(ErrorText(*failed)));
    }
  }

  Task<> OnFlow(std::unique_ptr<TcpFlow> flow) {
    while (true) {
      const auto bytes = co_await application::WithTimeout(network_.scheduler(), kTcpIdle,
                                                           dns::ReadTcpMessage(*flow));
      if (!bytes || !*bytes) break;
      const auto query = DnsMessage::Parse(**bytes);
      if (!query || query->response) break;
      const std::optional<DnsMessage> response = co_await Respond(*query);
      if (!response) continue;
      const std::vector<uint8_t> answer = response->Encode();
      if (!co_await dns::WriteTcpMessage(*flow, answer)) break;
    }
  }

  // nullopt: it is not answered.
  Task<std::optional<DnsMessage>> Respond(const DnsMessage& query) {
    if (IsAmong(options_.faults.ignore, query)) co_return std::nullopt;
    if (IsAmong(options_.faults.slow, query)) co_await network_.Sleep(options_.faults.slow_by);
    if (auto refused = dns::Authority::Refuse(query)) co_return *std::move(refused);
    if (IsAmong(options_.faults.fail, query)) {
      DnsMessage failure = dns::Authority::Begin(query);
      failure.code = wire::DnsResponseCode::kServerFailure;
      co_return failure;
    }
    if (options_.authority.ZoneOf(query.questions[0].name) == nullptr) {
      co_return co_await Forward(query);
    }
    DnsMessage response = options_.authority.Answer(query);
    response.recursion_available = !options_.forward.empty();
    if (options_.forward.empty() || !query.recursion_desired) co_return response;
    // A zone that was delegated, or an alias that leads out of ours: somebody else knows.
    DnsMessage rest = query;
    if (const auto* alias = OpenAlias(query, response)) {
      rest.questions[0].name = *alias;
    } else if (response.authoritative || !response.answers.empty()) {
      co_return response;
    }
    DnsMessage found = co_await Forward(rest);
    found.questions = query.questions;
    found.answers.insert(found.answers.begin(), response.answers.begin(), response.answers.end());
    co_return found;
  }

  // The alias at the answer's end, if what it stands for is not in our zones.
  const wire::DnsName* OpenAlias(const DnsMessage& query, const DnsMessage& response) const {
    const DnsType wanted = query.questions[0].type;
    if (response.answers.empty() || wanted == DnsType::kCname || wanted == DnsType::kAny) {
      return nullptr;
    }
    const wire::DnsRecord& last = response.answers.back();
    if (last.type != DnsType::kCname) return nullptr;
    const auto* target = std::get_if<wire::DnsName>(&last.data);
    return target != nullptr && options_.authority.ZoneOf(*target) == nullptr ? target : nullptr;
  }

  Task<DnsMessage> Forward(const DnsMessage& query) {
    DnsMessage response = dns::Authority::Begin(query);
    if (options_.forward.empty() || !query.recursion_desired) {
      response.code = wire::DnsResponseCode::kRefused;
      co_return response;
    }
    response.recursion_available = true;
    response.code = wire::DnsResponseCode::kServerFailure;
    if (forwarded_ == kMaximumForwarded) co_return response;
    ++forwarded_;
    const dns::Resolution found = co_await forwarder_.Query(query.questions[0]);
    --forwarded_;
    if (!found.answer.conclusive()) co_return response;
    response.code = found.answer.code;
    response.answers = found.answer.records;
    if (found.answer.soa) response.authorities.push_back(*found.answer.soa);
    co_return response;
  }

  Network& network_;
  const Options& options_;
  dns::Resolver forwarder_;
  size_t forwarded_ = 0;
  application::Scope answers_;
};

Task<> Serve(Network& network, const Options& options) {
  Server server(network, options);
  co_await server.Run();
}

// "AAAA,A"
std::vector<DnsType> TakeTypes(application::Arguments& arguments, std::string_view name) {
  std::vector<DnsType> types;
  const auto text = arguments.TakeString(name);
  for (size_t begin = 0; text && begin <= text->size();) {
    const size_t end = std::min(text->find(',', begin), text->size());
    const std::string one = text->substr(begin, end - begin);
    bool known = false;
    for (const DnsType type : {DnsType::kA, DnsType::kAaaa, DnsType::kMx, DnsType::kTxt,
                               DnsType::kSrv, DnsType::kPtr, DnsType::kCname, DnsType::kNs}) {
      if (DnsTypeName(type) != one) continue;
      types.push_back(type);
      known = true;
    }
    if (!known) {
      arguments.Refuse(name, *text, "A, AAAA, MX, TXT, SRV, PTR, CNAME, NS, with commas between");
      break;
    }
    begin = end + 1;
  }
  return types;
}

std::vector<application::SocketAddress> TakeServers(application::Arguments& arguments) {
  std::vector<application::SocketAddress> servers;
  const auto text = arguments.TakeString("forward");
  for (size_t begin = 0; text && begin <= text->size();) {
    const size_t end = std::min(text->find(',', begin), text->size());
    const auto one =
        application::SocketAddress::Parse(text->substr(begin, end - begin), Port{wire::kDnsPort});
    if (!one) {
      arguments.Refuse("forward", *text, "IP addresses with commas between");
      break;
    }
    servers.push_back(*one);
    begin = end + 1;
  }
  return servers;
}

std::vector<dns::Zone> TakeZones(application::Arguments& arguments) {
  std::vector<dns::Zone> zones;
  for (const application::Attachment& zone : arguments.TakeAttachments("zone")) {
    const auto origin = wire::DnsName::Parse(zone.name);
    if (!origin) {
      arguments.Error("'" + zone.name + "' is no name of a zone");
      continue;
    }
    for (const dns::Zone& other : zones) {
      if (other.origin() == *origin) arguments.Error("the zone '" + zone.name + "' is there twice");
    }
    dns::ParsedZone parsed = dns::ParseZone(zone.text, *origin);
    for (const dns::ZoneError& error : parsed.errors) {
      arguments.Error("zone '" + zone.name + "', line " + std::to_string(error.line) + ", column " +
                      std::to_string(error.column) + ": " + error.text);
    }
    zones.push_back(std::move(parsed.zone));
  }
  return zones;
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  options.port = arguments.TakePort("port").value_or(Port{wire::kDnsPort});
  options.forward = TakeServers(arguments);
  options.faults.slow = TakeTypes(arguments, "slow");
  options.faults.slow_by = arguments.TakeDuration("slow-by").value_or(Seconds(1));
  options.faults.fail = TakeTypes(arguments, "fail");
  options.faults.ignore = TakeTypes(arguments, "ignore");
  options.authority = dns::Authority(TakeZones(arguments));
  return application::Program(
      [options = std::move(options)](Network& network) { return Serve(network, options); });
}

const application::Registration kDnsServer(
    {.name = "dns-server",
     .summary = "Answers DNS queries from its zones, and forwards others.",
     .usage = "[--port=53] [--forward=ADDRESS,...] [--slow=TYPE,... --slow-by=1s] "
              "[--fail=TYPE,...] [--ignore=TYPE,...]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
