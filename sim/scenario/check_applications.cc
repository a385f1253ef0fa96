#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/near_name.h"
#include "stack/dns/zone.h"

namespace dualsim::sim {
namespace {

// Of one node.
constexpr int kMostApplications = 256;

// The text of a zone, a line for each record; what is wrong in them is reported.
std::optional<application::Attachment> ReadZone(const dualsim::Zone& entry,
                                                CheckContext* context) {
  using Zone = dualsim::Zone;
  if (!context->Require(entry, Zone::kNameFieldNumber)) return std::nullopt;
  const auto origin = wire::DnsName::Parse(entry.name());
  if (!origin) {
    context->Error(entry, Zone::kNameFieldNumber,
                   "'" + entry.name().substr(0, 60) + "' is no name, as example.com");
    return std::nullopt;
  }
  uint32_t ttl = 3600;
  if (const auto given = context->ReadDuration(entry, Zone::kTtlFieldNumber)) {
    ttl = static_cast<uint32_t>(std::min<int64_t>(given->nanoseconds() / 1'000'000'000,
                                                  std::numeric_limits<int32_t>::max()));
  }
  application::Attachment zone{.kind = "zone", .name = entry.name(), .text = "$TTL "};
  zone.text += std::to_string(ttl) + "\n";
  bool whole = true;
  for (int i = 0; i < entry.record_size(); ++i) {
    if (entry.record(i).find('\n') != std::string::npos) {
      context->Error(entry, Zone::kRecordFieldNumber, "a record is one line", i);
      whole = false;
    }
    zone.text += entry.record(i) + "\n";
  }
  if (!whole) return std::nullopt;
  for (const dns::ZoneError& error : dns::ParseZone(zone.text, *origin).errors) {
    const int record = std::max(static_cast<int>(error.line) - 2, 0);
    context->Error(entry, Zone::kRecordFieldNumber,
                   "column " + std::to_string(error.column) + " of the record: " + error.text,
                   record);
    whole = false;
  }
  if (!whole) return std::nullopt;
  return zone;
}

}  // namespace

std::optional<application::Program> ReadProgram(const dualsim::Application& entry,
                                                CheckContext* context) {
  using Application = dualsim::Application;
  if (!context->Require(entry, Application::kNameFieldNumber)) return std::nullopt;
  if (application::Registry::Find(entry.name()) == nullptr) {
    std::vector<std::string> names;
    for (const application::Kind& kind : application::Registry::kinds()) {
      names.push_back(kind.name);
    }
    context->Error(
        entry, Application::kNameFieldNumber,
        "there is no application '" + entry.name() + "'" + DidYouMean(entry.name(), names));
    return std::nullopt;
  }
  std::vector<application::Attachment> attachments;
  for (const dualsim::Zone& zone : entry.zone()) {
    auto read = ReadZone(zone, context);
    if (!read) return std::nullopt;
    attachments.push_back(*std::move(read));
  }
  auto made =
      application::Registry::Make(entry.name(), entry.args(), std::move(attachments));
  if (const auto* errors = std::get_if<application::ArgumentErrors>(&made)) {
    const int field =
        entry.has_args() ? Application::kArgsFieldNumber : Application::kNameFieldNumber;
    for (const std::string& error : *errors) {
      context->Error(entry, field,
                     error + " (" + entry.name() + " takes " +
                         application::Registry::Find(entry.name())->usage + ")");
    }
    return std::nullopt;
  }
  return std::get<application::Program>(std::move(made));
}

bool ReadResolve(const dualsim::Resolve& entry, CheckContext* context,
                 action::StartApplication* start) {
  using Resolve = dualsim::Resolve;
  if (!context->Require(entry, Resolve::kNameFieldNumber)) return false;
  if (entry.name().find_first_of(" \t\r\n'\"") != std::string::npos) {
    context->Error(entry, Resolve::kNameFieldNumber, "a name has no blanks and no quotes");
    return false;
  }
  start->name = "resolve";
  start->arguments = "--name=" + entry.name();
  if (entry.has_type()) start->arguments += " --type='" + entry.type() + "'";
  auto made = application::Registry::Make(start->name, start->arguments);
  if (const auto* errors = std::get_if<application::ArgumentErrors>(&made)) {
    for (const std::string& error : *errors) context->Error(entry, error);
    return false;
  }
  start->program = std::get<application::Program>(std::move(made));
  return true;
}

void CheckApplications(const TopologyText& text, CheckContext* context) {
  std::map<SourceLocation, std::vector<NodePlan*>> nodes_of;
  for (NodePlan& node : context->plan().nodes) nodes_of[node.where].push_back(&node);
  const auto check = [&](const dualsim::Node& entry) {
    if (entry.application_size() > kMostApplications) {
      context->Error(entry, dualsim::Node::kApplicationFieldNumber,
                     "a node has at most " + std::to_string(kMostApplications) + " applications",
                     kMostApplications);
      return;
    }
    for (const dualsim::Application& written : entry.application()) {
      const auto program = ReadProgram(written, context);
      if (!program) continue;
      for (NodePlan* node : nodes_of[context->Where(entry)]) {
        node->applications.push_back({written.name(), *program});
      }
    }
  };
  for (const dualsim::Node* entry : text.routers) check(*entry);
  for (const dualsim::Node* entry : text.hosts) check(*entry);
}

}  // namespace dualsim::sim
