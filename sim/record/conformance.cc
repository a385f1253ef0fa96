#include "sim/record/conformance.h"

#include <algorithm>

namespace dualsim::sim {
namespace {

using Verdict = Conformance::Verdict;
using Row = Conformance::Row;
using Counts = Conformance::Counts;

void AddOnce(const std::string& item, std::vector<std::string>* items) {
  if (std::find(items->begin(), items->end(), item) == items->end()) items->push_back(item);
}

std::string Joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

std::string_view NameOfFile(const RunSummary& run) {
  return std::string_view(run.file).substr(run.file.rfind('/') + 1);
}

// Those of cases, in the order of their files: that of the call says nothing.
std::vector<const RunSummary*> ByFile(const std::vector<RunSummary>& runs) {
  std::vector<const RunSummary*> sorted;
  for (const RunSummary& run : runs) {
    if (!run.case_name.empty()) sorted.push_back(&run);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const RunSummary* a, const RunSummary* b) {
    return NameOfFile(*a) < NameOfFile(*b);
  });
  return sorted;
}

// The runs of the cases that show one row.
Row Judge(std::string id, const std::vector<const RunSummary*>& runs) {
  Row row;
  row.id = std::move(id);
  row.verdict = runs.empty() ? Verdict::kMissing : Verdict::kPass;
  std::vector<std::string> failed;
  for (const RunSummary* run : runs) {
    AddOnce(std::string(NameOfFile(*run)), &row.files);
    if (!run->variant.empty()) AddOnce(run->variant, &row.ran_on);
    if (run->verdict() == RunSummary::Verdict::kHeld) continue;
    AddOnce(run->variant.empty() ? run->case_name : run->variant, &failed);
  }
  if (!failed.empty()) {
    row.verdict = Verdict::kFail;
    row.remark = "failed: " + Joined(failed);
  }
  return row;
}

// What binds hosts and routers is to be shown on a variant of either kind.
void RequireBothKinds(Row* row) {
  if (row->verdict != Verdict::kPass || row->requirement->role != Role::kBoth) return;
  for (const std::string_view kind : {"host", "router"}) {
    if (std::any_of(row->ran_on.begin(), row->ran_on.end(),
                    [kind](const std::string& variant) { return variant.starts_with(kind); })) {
      continue;
    }
    row->verdict = Verdict::kMissing;
    row->remark = "not shown on a variant '" + std::string(kind) + "'";
    return;
  }
}

Counts CountsOf(const std::vector<Row>& rows) {
  Counts counts;
  counts.rows = rows.size();
  for (const Row& row : rows) {
    counts.pass += row.verdict == Verdict::kPass;
    counts.fail += row.verdict == Verdict::kFail;
    counts.not_applicable += row.verdict == Verdict::kNotApplicable;
    counts.missing += row.verdict == Verdict::kMissing;
  }
  return counts;
}

// How many characters the UTF-8 text has.
size_t Width(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

void AppendPadded(std::string_view text, size_t width, std::string& out) {
  out.append(text).append(width > Width(text) ? width - Width(text) : 0, ' ');
}

void AppendTable(const std::vector<Row>& rows, std::string& out) {
  size_t width = 0;
  for (const Row& row : rows) width = std::max(width, Width(row.id));
  for (const Row& row : rows) {
    AppendPadded(row.id, width + 2, out);
    if (row.requirement != nullptr) AppendPadded(RoleName(row.requirement->role), 4, out);
    AppendPadded(VerdictName(row.verdict), 9, out);
    out += row.remark.empty() ? Joined(row.ran_on) : row.remark;
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  }
}

// Text for a cell of a table in Markdown.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_' || c == '\\' || c == '`') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

// "v6LC.2.1" of "v6LC.2.1.4.A": what rows stand together.
std::string_view SectionOf(std::string_view id) {
  size_t end = id.find('.');
  for (int i = 0; i < 2 && end != std::string_view::npos; ++i) end = id.find('.', end + 1);
  return id.substr(0, end);
}

void AppendRowOfPage(const Row& row, std::string& out) {
  out += "| " + Cell(row.id) + " |";
  if (row.requirement != nullptr) {
    out += " " + std::string(RoleName(row.requirement->role)) + " | " +
           Cell(row.requirement->stimulus) + ": " + Cell(row.requirement->criterion) + " |";
  }
  const bool passed = row.verdict == Verdict::kPass;
  out += " " + std::string(passed ? "" : "**") + std::string(VerdictName(row.verdict)) +
         (passed ? "" : "**");
  if (!row.remark.empty()) out += ": " + Cell(row.remark);
  std::string shown = Joined(row.files);
  if (!row.ran_on.empty()) shown += " (" + Joined(row.ran_on) + ")";
  out += " | " + Cell(shown) + " |\n";
}

}  // namespace

std::string_view VerdictName(Conformance::Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "FAIL";
    case Verdict::kNotApplicable:
      return "n/a";
    case Verdict::kMissing:
      break;
  }
  return "MISSING";
}

std::string Conformance::Counts::Text(std::string_view what) const {
  std::string text =
      std::to_string(rows) + " " + std::string(what) + ": " + std::to_string(pass) + " pass";
  const auto add = [&text](size_t count, const char* name) {
    if (count > 0) text += ", " + std::to_string(count) + " " + name;
  };
  add(fail, "fail");
  add(not_applicable, "not applicable");
  add(missing, "missing");
  return text;
}

Conformance::Conformance(const std::vector<Requirement>& requirements,
                         const std::vector<RunSummary>& runs,
                         const std::map<std::string, std::string>& reasons) {
  // Cases with the same first word belong to the same row, or to none.
  std::map<std::string, std::vector<const RunSummary*>> of_row;
  std::vector<std::string> names;  // Of cases that are further ones.
  std::map<std::string, std::vector<const RunSummary*>> of_case;
  for (const Requirement& requirement : requirements) of_row[requirement.id];
  for (const RunSummary* run : ByFile(runs)) {
    const auto row = of_row.find(run->case_name.substr(0, run->case_name.find(' ')));
    if (row != of_row.end()) {
      row->second.push_back(run);
    } else {
      AddOnce(run->case_name, &names);
      of_case[run->case_name].push_back(run);
    }
  }
  for (const Requirement& requirement : requirements) {
    Row& row = rows_.emplace_back(Judge(requirement.id, of_row[requirement.id]));
    row.requirement = &requirement;
    RequireBothKinds(&row);
    const auto reason = reasons.find(requirement.id);
    if (row.files.empty() && reason != reasons.end()) {
      row.verdict = Verdict::kNotApplicable;
      row.remark = reason->second;
    }
  }
  for (const std::string& name : names) further_.push_back(Judge(name, of_case[name]));
}

bool Conformance::complete() const {
  return std::all_of(rows_.begin(), rows_.end(), [](const Row& row) {
    return row.verdict == Verdict::kPass || row.verdict == Verdict::kNotApplicable;
  });
}

std::string Conformance::Table() const {
  std::string text;
  AppendTable(rows_, text);
  AppendTable(further_, text);
  if (!rows_.empty()) text += CountsOf(rows_).Text("rows") + "\n";
  if (!further_.empty()) {
    text += CountsOf(further_).Text(rows_.empty() ? "cases" : "further cases") + "\n";
  }
  return text;
}

std::string Conformance::Page() const {
  std::string page =
      "# Conformance\n\n"
      "Generated from a run by `dualsim run --conformance-page`; edits are lost. A row passes "
      "where "
      "all of\nits cases did: a row for hosts and routers (HR) on both.\n\n";
  page += CountsOf(rows_).Text("rows") + ".  \n";
  page += CountsOf(further_).Text("further cases") + ".\n";
  std::string_view section;
  for (const Row& row : rows_) {
    if (SectionOf(row.id) != section) {
      section = SectionOf(row.id);
      page += "\n## " + std::string(section) +
              "\n\n| row | role | demanded | verdict | shown by |\n|---|---|---|---|---|\n";
    }
    AppendRowOfPage(row, page);
  }
  if (!further_.empty()) {
    page += "\n## Further cases\n\n| case | verdict | shown by |\n|---|---|---|\n";
    for (const Row& row : further_) AppendRowOfPage(row, page);
  }
  return page;
}

}  // namespace dualsim::sim
