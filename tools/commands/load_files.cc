#include "tools/commands/load_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/load.h"
#include "sim/scenario/near_name.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

// More is no list of requirements.
constexpr size_t kMaximumListBytes = 16 << 20;

class Loader {
 public:
  std::optional<LoadedFiles> Load(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      if (IsRequirementsFile(file)) {
        AddRequirements(file);
      } else {
        AddScenario(file);
      }
    }
    if (!loaded_.requirements.empty()) CheckReasons();
    if (complaints_.empty() && !failed_) return std::move(loaded_);
    PrintError(complaints_);
    return std::nullopt;
  }

 private:
  struct Reason {
    std::string file;
    sim::NotApplicable entry;
  };

  void AddRequirements(const std::string& file) {
    auto rows = LoadRequirements(file);
    if (!rows) {
      failed_ = true;
    } else if (!loaded_.requirements.empty()) {
      complaints_ += file + ": a call has one list of requirements\n";
    } else {
      loaded_.requirements = std::move(*rows);
    }
  }

  void AddScenario(const std::string& file) {
    sim::LoadResult loaded = sim::LoadScenarioFile(file);
    complaints_ += loaded.diagnostics.ToString();
    if (loaded.plan) loaded.cases.push_back(std::move(*loaded.plan));
    for (sim::Plan& plan : loaded.cases) {
      const auto [other, fresh] = file_of_.emplace(plan.name, file);
      if (!fresh) {
        complaints_ += "dualsim: " + other->second + " and " + file + " would both write '" +
                       plan.name + "': run them one after the other, each with its own --out\n";
      }
      loaded_.plans.push_back(std::move(plan));
    }
    for (sim::NotApplicable& entry : loaded.not_applicable) {
      reasons_.push_back({file, std::move(entry)});
    }
  }

  // Of all files together: each is for a row, and only one for each.
  void CheckReasons() {
    std::vector<std::string> ids;
    for (const sim::Requirement& row : loaded_.requirements) ids.push_back(row.id);
    for (const auto& [file, entry] : reasons_) {
      sim::Diagnostics diagnostics(file);
      if (std::find(ids.begin(), ids.end(), entry.id) == ids.end()) {
        diagnostics.Add(entry.where,
                        "no row is called '" + entry.id + "'" + sim::DidYouMean(entry.id, ids));
      } else if (!loaded_.reasons.emplace(entry.id, entry.reason).second) {
        diagnostics.Add(entry.where,
                        "another file says of '" + entry.id + "' why it does not apply");
      }
      for (const sim::Plan& plan : loaded_.plans) {
        if (!plan.of_case || !sim::IsOfRequirement(plan.of_case->name, entry.id)) continue;
        diagnostics.Add(entry.where, "the case '" + plan.of_case->name + "' shows it");
        break;
      }
      complaints_ += diagnostics.ToString();
    }
  }

  LoadedFiles loaded_;
  std::vector<Reason> reasons_;
  std::map<std::string, std::string> file_of_;  // By the name of the outputs.
  std::string complaints_;
  bool failed_ = false;  // And it has been said why.
};

}  // namespace

bool IsRequirementsFile(const std::string& file) { return file.ends_with(".tsv"); }

std::optional<std::vector<sim::Requirement>> LoadRequirements(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  char buffer[1 << 16];
  while (in && text.size() <= kMaximumListBytes) {
    in.read(buffer, sizeof(buffer));
    text.append(buffer, static_cast<size_t>(in.gcount()));
  }
  if (!in.eof()) {
    PrintError(file + ": can't be read\n");
    return std::nullopt;
  }
  auto parsed = sim::ParseRequirements(text);
  if (const auto* error = std::get_if<sim::RequirementsError>(&parsed)) {
    PrintError(file + ":" + std::to_string(error->line) + ": " + error->message + "\n");
    return std::nullopt;
  }
  return std::get<std::vector<sim::Requirement>>(std::move(parsed));
}

std::optional<LoadedFiles> LoadFiles(const std::vector<std::string>& files) {
  return Loader().Load(files);
}

}  // namespace dualsim::commands
