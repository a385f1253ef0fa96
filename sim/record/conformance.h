#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/record/requirements.h"
#include "sim/record/run_summary.h"

namespace dualsim::sim {

// What the cases of a call show: a verdict for every requirement, and for every
// case that belongs to none. It follows from the runs alone.
class Conformance {
 public:
  enum class Verdict : uint8_t {
    kPass,           // Every run of its cases held, on all the variants that it binds.
    kFail,           // A run of its cases did not hold.
    kNotApplicable,  // No case shows it, and a file says why none has to.
    kMissing,        // No case shows it, or none on a variant that it binds.
  };

  struct Row {
    std::string id;  // Of a requirement; else the name of the case.
    const Requirement* requirement = nullptr;
    Verdict verdict{};
    std::string remark;               // What failed or is missing, or the reason; "" for a pass.
    std::vector<std::string> files;   // With its cases, without their folders.
    std::vector<std::string> ran_on;  // The variants, in the order of the runs.
  };

  struct Counts {
    size_t rows = 0;
    size_t pass = 0;
    size_t fail = 0;
    size_t not_applicable = 0;
    size_t missing = 0;
    // "374 rows: 370 pass, 4 not applicable"
    std::string Text(std::string_view what) const;
  };

  // `requirements` outlives this and may be empty; runs that are of no case are left
  // out. `reasons`: of the requirements that do not apply, by id.
  Conformance(const std::vector<Requirement>& requirements, const std::vector<RunSummary>& runs,
              const std::map<std::string, std::string>& reasons);

  const std::vector<Row>& rows() const { return rows_; }        // In the list's order.
  const std::vector<Row>& further() const { return further_; }  // In that of the files.
  bool complete() const;  // Every row passes or is not applicable.

  // For people at a terminal: a line per row and per further case, and the counts.
  std::string Table() const;
  // For readers of the repository: the same in Markdown, with what each row demands.
  std::string Page() const;

 private:
  std::vector<Row> rows_;
  std::vector<Row> further_;
};

// "pass", "FAIL", "n/a", "MISSING".
std::string_view VerdictName(Conformance::Verdict verdict);

}  // namespace dualsim::sim
