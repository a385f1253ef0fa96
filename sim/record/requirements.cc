#include "sim/record/requirements.h"

#include <array>
#include <optional>
#include <set>

namespace dualsim::sim {
namespace {

constexpr size_t kColumns = 5;
constexpr std::string_view kHeading = "id\trole\t";

std::string_view TakeUntil(char end, std::string_view* text) {
  const size_t at = text->find(end);
  const std::string_view taken = text->substr(0, at);
  text->remove_prefix(at == std::string_view::npos ? text->size() : at + 1);
  return taken;
}

std::optional<Role> RoleOf(std::string_view name) {
  for (const Role role : {Role::kHost, Role::kRouter, Role::kBoth}) {
    if (name == RoleName(role)) return role;
  }
  return std::nullopt;
}

// "" where `line` became a requirement.
std::string ReadRow(std::string_view line, Requirement* row) {
  std::array<std::string, kColumns> columns;
  for (std::string& column : columns) column = TakeUntil('\t', &line);
  if (columns[0].empty() || columns[0].find(' ') != std::string::npos) {
    return "'" + columns[0] + "' is no id: a word without blanks";
  }
  const std::optional<Role> role = RoleOf(columns[1]);
  if (!role) return "the role is '" + columns[1] + "'; it is H, R or HR";
  if (columns[3].empty() || !line.empty()) {
    return "a row has five columns, parted by tabs: id, role, stimulus, criterion, note";
  }
  *row = {columns[0], *role, columns[2], columns[3], columns[4]};
  return "";
}

}  // namespace

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kHost:
      return "H";
    case Role::kRouter:
      return "R";
    case Role::kBoth:
      break;
  }
  return "HR";
}

std::variant<std::vector<Requirement>, RequirementsError> ParseRequirements(std::string_view text) {
  std::vector<Requirement> rows;
  std::set<std::string> ids;
  if (!text.starts_with(kHeading)) {
    return RequirementsError{1,
                             "a list of requirements begins with the names of its columns: id, "
                             "role, stimulus, criterion, note, parted by tabs"};
  }
  TakeUntil('\n', &text);
  for (size_t line = 2; !text.empty(); ++line) {
    const std::string_view content = TakeUntil('\n', &text);
    if (content.empty()) continue;
    Requirement row;
    if (std::string mistake = ReadRow(content, &row); !mistake.empty()) {
      return RequirementsError{line, std::move(mistake)};
    }
    if (!ids.insert(row.id).second) return RequirementsError{line, row.id + " is there twice"};
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return RequirementsError{1, "the list has no rows"};
  return rows;
}

bool IsOfRequirement(std::string_view case_name, std::string_view id) {
  return case_name.starts_with(id) &&
         (case_name.size() == id.size() || case_name[id.size()] == ' ');
}

}  // namespace dualsim::sim
