#include "sim/scenario/load.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/computed_routes.h"
#include "sim/scenario/load_cases.h"
#include "sim/scenario/text_reader.h"

namespace dualsim::sim {
namespace {

// The place of byte `offset`.
SourceLocation PlaceOf(std::string_view text, size_t offset) {
  SourceLocation where{1, 1};
  for (char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++where.line;
      where.column = 1;
    } else if ((static_cast<uint8_t>(c) & 0xc0) != 0x80) {
      ++where.column;
    }
  }
  return where;
}

// How many bytes the UTF-8 character at the front of `text` has; 0 where there
// is none (RFC 3629 §4), or a control character that no text has.
size_t CharacterSize(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) {
    const bool blank = first == '\t' || first == '\n' || first == '\r' || first == '\f';
    return first >= ' ' || blank ? 1 : 0;
  }
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool too_long = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond = first == 0xf4 && byte(1) > 0x8f;
  return too_long || surrogate || beyond ? 0 : size;
}

// What is wrong with the text before a single word of it is read.
bool IsText(std::string_view text, Diagnostics* diagnostics) {
  if (text.size() > kMaximumScenarioBytes) {
    diagnostics->Add({}, "is " + std::to_string(text.size()) +
                             " bytes long; a scenario has at most 16 MiB (" +
                             std::to_string(kMaximumScenarioBytes) + " bytes)");
    return false;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    diagnostics->Add({}, "is empty; a scenario begins with: duration: \"10s\"");
    return false;
  }
  for (size_t i = 0; i < text.size();) {
    const size_t size = CharacterSize(text.substr(i));
    if (size == 0) {
      char byte[8];
      std::snprintf(byte, sizeof(byte), "0x%02x", static_cast<uint8_t>(text[i]));
      diagnostics->Add(PlaceOf(text, i),
                       std::string("is not text: byte ") + byte + " is no character of UTF-8");
      return false;
    }
    i += size;
  }
  return true;
}

// "same_mac" of "scenarios/dad/same_mac.textproto".
std::string NameOf(const std::string& file) {
  std::string name = file.substr(file.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The bytes of a file; false, and reported, where they can't be had.
bool ReadFile(const std::string& path, std::string* bytes, Diagnostics* diagnostics) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    diagnostics->Add({}, errno == ENOENT ? "there is no such file" : std::strerror(errno));
    return false;
  }
  if (S_ISDIR(status.st_mode)) {
    diagnostics->Add({}, "is a folder; name the scenario files in it");
    return false;
  }
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    diagnostics->Add({}, std::strerror(errno));
    return false;
  }
  if (S_ISREG(status.st_mode) && static_cast<uint64_t>(status.st_size) > kMaximumScenarioBytes) {
    diagnostics->Add({}, "is " + std::to_string(status.st_size) +
                             " bytes long; a scenario has at most 16 MiB (" +
                             std::to_string(kMaximumScenarioBytes) + " bytes)");
    return false;
  }
  char buffer[1 << 16];
  // One byte more than is allowed tells a pipe that is too long.
  while (bytes->size() <= kMaximumScenarioBytes) {
    const size_t count = std::fread(buffer, 1, sizeof(buffer), file.get());
    bytes->append(buffer, count);
    if (count < sizeof(buffer)) break;
  }
  if (std::ferror(file.get()) != 0) {
    diagnostics->Add({}, "can't be read: " + std::string(std::strerror(errno)));
    return false;
  }
  return true;
}

}  // namespace

void CheckRun(const dualsim::Scenario& scenario, CheckContext* context) {
  using Scenario = dualsim::Scenario;
  Plan& plan = context->plan();
  plan.description = scenario.description();
  if (!IsFileOfCases(scenario)) {
    context->Require(scenario, Scenario::kDurationFieldNumber,
                     "; say how long the run lasts, such as duration: \"10s\"");
  }
  plan.end = context->ReadTime(scenario, Scenario::kDurationFieldNumber).value_or(Time::Never());
  if (scenario.has_duration() && plan.end == Time()) {
    context->Error(scenario, Scenario::kDurationFieldNumber, "it can't be 0");
  }
  if (scenario.has_seed()) plan.seed = scenario.seed();
  if (scenario.golden() == Scenario::DIGEST) plan.golden = GoldenKind::kDigest;
}

LoadResult LoadScenarioText(const std::string& file, std::string_view text) {
  LoadResult result{std::nullopt, {}, {}, Diagnostics(file)};
  if (!IsText(text, &result.diagnostics)) return result;
  Scenario scenario;
  TextLocations locations;
  ReadText(text, &scenario, &locations, &result.diagnostics);

  Plan plan;
  plan.file = file;
  plan.name = NameOf(file);
  CheckContext context(locations, &result.diagnostics, &plan);
  CheckRun(scenario, &context);
  if (IsFileOfCases(scenario)) {
    for (const dualsim::NotApplicable& entry : scenario.not_applicable()) {
      result.not_applicable.push_back({entry.id(), entry.reason(), locations.Of(entry)});
    }
    result.cases = LoadCases(scenario, locations, plan, &result.diagnostics);
    if (!result.diagnostics.empty()) {
      result.cases.clear();
      result.not_applicable.clear();
    }
    return result;
  }
  const TopologyText topology = TopologyTextOf(scenario, nullptr);
  CheckTopology(topology, &context);
  CheckBootArguments(topology, &context);
  CheckApplications(topology, &context);
  CheckRoutes(topology, &context);
  CheckTimeline(scenario, &context);
  CheckExpectations(scenario, &context);
  if (!result.diagnostics.empty()) return result;
  if (scenario.routing() == Scenario::COMPUTED && !AddComputedRoutes(&plan)) {
    result.diagnostics.Add({},
                           "routers and prefixes are too many to compute routes between all of "
                           "them; write the routes down, and routing: STATIC");
    return result;
  }
  result.plan = std::move(plan);
  return result;
}

LoadResult LoadScenarioFile(const std::string& path) {
  LoadResult result{std::nullopt, {}, {}, Diagnostics(path)};
  std::string bytes;
  if (!ReadFile(path, &bytes, &result.diagnostics)) return result;
  return LoadScenarioText(path, bytes);
}

}  // namespace dualsim::sim
