#include "stack/dns/resolver.h"

#include <algorithm>
#include <utility>

#include "stack/application/when_any.h"
#include "stack/dns/record_text.h"
#include "stack/dns/tcp_message.h"

namespace dualsim::dns {
namespace {

using application::Task;
using wire::DnsMessage;
using wire::DnsName;
using wire::DnsQuestion;
using wire::DnsResponseCode;

Outcome OutcomeOf(const Answer& answer, wire::DnsType type) {
  if (answer.code == DnsResponseCode::kNameError) return Outcome::kNoSuchName;
  if (answer.code != DnsResponseCode::kNoError) return Outcome::kServerFailure;
  const bool found = type == wire::DnsType::kAny ? !answer.records.empty() : answer.has(type);
  return found ? Outcome::kFound : Outcome::kNoData;
}

// Whether a server may answer so because it does not know EDNS, RFC 6891 §7.
bool DislikesEdns(DnsResponseCode code) {
  return code == DnsResponseCode::kFormatError || code == DnsResponseCode::kNotImplemented ||
         code == DnsResponseCode::kBadVersion;
}

}  // namespace

ResolverConfig ResolverConfig::From(const application::Settings& settings) {
  ResolverConfig config;
  if (settings.dns_timeout) config.timeout = *settings.dns_timeout;
  if (settings.dns_cache_size) config.cache_size = *settings.dns_cache_size;
  return config;
}

std::string_view OutcomeText(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFound:
      return "found";
    case Outcome::kNoSuchName:
      return "no such name";
    case Outcome::kNoData:
      return "no data of this type";
    case Outcome::kServerFailure:
      return "the servers failed";
    case Outcome::kTimeout:
      return "no server answered";
    case Outcome::kNoServer:
      return "no server is known";
    case Outcome::kBadName:
      return "not a name";
  }
  return "";
}

std::vector<IpAddress> Resolution::addresses() const {
  std::vector<IpAddress> addresses;
  for (const wire::DnsRecord& record : answer.records) {
    if (const auto* ipv4 = std::get_if<Ipv4Address>(&record.data)) addresses.emplace_back(*ipv4);
    if (const auto* ipv6 = std::get_if<Ipv6Address>(&record.data)) addresses.emplace_back(*ipv6);
  }
  return addresses;
}

std::string Resolution::AnswerText(wire::DnsType type) const {
  std::string text;
  for (const wire::DnsRecord& record : answer.records) {
    if (type != wire::DnsType::kAny && record.type != type) continue;
    text += (text.empty() ? "" : ", ") + RecordDataText(record);
  }
  return text;
}

Resolver::Resolver(application::Network& network, ResolverConfig config)
    : network_(network), config_(std::move(config)), cache_(config_.cache_size) {}

std::vector<Resolver::Server> Resolver::Servers() const {
  std::vector<Server> servers =
      config_.servers.empty() ? network_.name_servers().servers : config_.servers;
  std::erase_if(servers, [this](const Server& s) { return !network_.runs(s.address.family()); });
  return servers;
}

Task<Resolution> Resolver::Resolve(application::Network& asker, std::string name,
                                   wire::DnsType type, std::optional<Patience> patience) {
  const Time begun = network_.now();
  Resolution resolution = co_await Search(
      name, type,
      patience.value_or(Patience{.timeout = config_.timeout, .attempts = config_.attempts}));
  const std::string asked =
      resolution.outcome == Outcome::kBadName ? name : resolution.name.ToString();
  const std::string type_name = wire::DnsTypeName(type);
  const std::string answer = resolution.AnswerText(type);
  asker.Note({.name = asked,
              .type = type_name,
              .outcome = resolution.outcome,
              .answer = answer,
              .cached = resolution.cached,
              .took = network_.now() - begun});
  co_return resolution;
}

Task<Resolution> Resolver::Search(std::string text, wire::DnsType type, Patience patience) {
  const std::optional<DnsName> name = DnsName::ParseHostName(text);
  Resolution last{.outcome = Outcome::kBadName};
  if (!name) co_return last;
  if (Servers().empty()) {
    co_await application::WithTimeout(network_.scheduler(), patience.timeout, AwaitServer());
  }
  std::vector<DnsName> candidates = {*name};
  if (!text.ends_with('.')) {
    for (const std::string& domain : network_.name_servers().search) {
      const std::optional<DnsName> suffix = DnsName::Parse(domain);
      const auto whole = suffix ? name->Append(*suffix) : std::nullopt;
      if (whole) candidates.push_back(*whole);
    }
    // RFC 1535 §6: a name with a dot within is tried as it is first.
    if (name->label_count() == 1) {
      std::rotate(candidates.begin(), candidates.begin() + 1, candidates.end());
    }
  }
  last = {};
  for (DnsName& candidate : candidates) {
    // Named: g++ 12 destroys an aggregate that is made within an awaited call twice.
    const DnsQuestion question{.name = candidate, .type = type};
    Resolution resolution = co_await Query(question, patience);
    const Outcome outcome = resolution.outcome;
    // That a name has nothing of the type says more than that another is not there.
    if (outcome == Outcome::kFound || last.outcome != Outcome::kNoData) {
      last = std::move(resolution);
    }
    if (outcome != Outcome::kNoSuchName && outcome != Outcome::kNoData) break;
  }
  co_return last;
}

Task<> Resolver::AwaitServer() {
  const auto there_is_one = [this] { return !Servers().empty(); };
  co_await application::WaitUntil<decltype(there_is_one)>(network_, there_is_one);
}

Task<Resolution> Resolver::Query(DnsQuestion question, std::optional<Patience> patience) {
  if (const auto cached = cache_.Find(network_.now(), question)) {
    Resolution known{OutcomeOf(*cached, question.type), *cached, question.name, true};
    co_return known;
  }
  Resolution resolution = co_await AskServers(
      question,
      patience.value_or(Patience{.timeout = config_.timeout, .attempts = config_.attempts}));
  cache_.Put(network_.now(), question, resolution.answer);
  co_return resolution;
}

Task<Resolution> Resolver::AskServers(DnsQuestion question, Patience patience) {
  Resolution resolution{.outcome = Outcome::kTimeout, .answer = {}, .name = question.name};
  resolution.answer.code = DnsResponseCode::kServerFailure;
  const std::vector<Server> servers = Servers();
  if (servers.empty()) resolution.outcome = Outcome::kNoServer;
  for (uint32_t attempt = 0; attempt < patience.attempts; ++attempt) {
    for (const Server& server : servers) {
      DnsMessage query{.recursion_desired = true, .questions = {question}};
      if (config_.udp_size > 0) query.edns = wire::DnsEdns{.udp_size = config_.udp_size};
      Reply response = co_await Ask(server, query, patience.timeout);
      if (response && query.edns && DislikesEdns(response->code)) {
        query.edns.reset();
        response = co_await Ask(server, query, patience.timeout);
      }
      if (!response) continue;
      resolution.answer = ReadAnswer(question, *response);
      resolution.outcome = OutcomeOf(resolution.answer, question.type);
      if (resolution.answer.conclusive()) co_return resolution;
    }
  }
  co_return resolution;
}

Task<Resolver::Reply> Resolver::Ask(Server server, DnsMessage query, Duration timeout) {
  query.id = static_cast<uint16_t>(network_.random()());
  auto in_time =
      co_await application::WithTimeout(network_.scheduler(), timeout, AskUdp(server, query));
  if (!in_time || !*in_time) co_return std::nullopt;
  if (!(*in_time)->truncated) co_return **in_time;
  auto over_tcp =
      co_await application::WithTimeout(network_.scheduler(), timeout, AskTcp(server, query));
  if (!over_tcp) co_return std::nullopt;
  co_return *over_tcp;
}

Task<Resolver::Reply> Resolver::AskUdp(Server server, const DnsMessage& query) {
  auto socket = network_.ListenUdp({});
  if (!socket) co_return std::nullopt;
  const std::vector<uint8_t> bytes = query.Encode(DnsMessage::kMaximumUdpSize);
  if ((*socket)->Send({.destination = server, .data = bytes})) co_return std::nullopt;
  for (int mismatches = 0; mismatches < kMaximumMismatches; ++mismatches) {
    const auto arrival = co_await (*socket)->Receive();
    if (!arrival) co_return std::nullopt;
    if (arrival->icmp_error) {
      if (arrival->destination.address == server.address) co_return std::nullopt;
      continue;
    }
    const bool from_server =
        arrival->source.address == server.address && arrival->source.port == server.port;
    auto response = DnsMessage::Parse(arrival->data);
    if (from_server && response && IsAnswerTo(query, *response)) co_return *std::move(response);
    ++mismatches_;
  }
  co_return std::nullopt;
}

Task<Resolver::Reply> Resolver::AskTcp(Server server, const DnsMessage& query) {
  auto flow = co_await network_.ConnectTcp(server);
  if (!flow) co_return std::nullopt;
  const std::vector<uint8_t> bytes = query.Encode();
  if (!co_await WriteTcpMessage(**flow, bytes)) co_return std::nullopt;
  const auto answer = co_await ReadTcpMessage(**flow);
  if (!answer) co_return std::nullopt;
  auto response = DnsMessage::Parse(*answer);
  if (!response || !IsAnswerTo(query, *response)) co_return std::nullopt;
  co_return *std::move(response);
}

}  // namespace dualsim::dns
