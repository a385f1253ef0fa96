#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dualsim::sim {

// Whom a requirement binds.
enum class Role : uint8_t { kHost, kRouter, kBoth };

// "H", "R", "HR".
std::string_view RoleName(Role role);

// A row of a list of requirements, which the cases of a call are to show.
struct Requirement {
  std::string id;  // "v6LC.1.1.10.A"
  Role role{};
  std::string stimulus;
  std::string criterion;  // When it passes.
  std::string note;
};

// What is wrong with a list, and in which of its lines, counted from 1.
struct RequirementsError {
  size_t line = 0;
  std::string message;
};

// Reads a list: a line of column names, then a row per line, its five columns (id,
// role, stimulus, criterion, note) parted by tabs. The first mistake otherwise.
std::variant<std::vector<Requirement>, RequirementsError> ParseRequirements(std::string_view text);

// Whether a case of this name shows the requirement `id`: its name is the id, alone
// or with words behind it.
bool IsOfRequirement(std::string_view case_name, std::string_view id);

}  // namespace dualsim::sim
