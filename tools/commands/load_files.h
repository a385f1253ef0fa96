#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/record/requirements.h"
#include "sim/scenario/plan.h"

namespace dualsim::commands {

// What the files of a call hold.
struct LoadedFiles {
  std::vector<sim::Plan> plans;                // In the order of the call; a plan per case.
  std::vector<sim::Requirement> requirements;  // Of a list.
  std::map<std::string, std::string> reasons;  // Why rows are not applicable, by id.
};

// Whether the file is a list of requirements (*.tsv) rather than a scenario.
bool IsRequirementsFile(const std::string& file);

// Reads such a list; says what is wrong with it, and gives nothing then.
std::optional<std::vector<sim::Requirement>> LoadRequirements(const std::string& file);

// Reads every file, or says what is wrong with each of them, and gives nothing then.
std::optional<LoadedFiles> LoadFiles(const std::vector<std::string>& files);

}  // namespace dualsim::commands
