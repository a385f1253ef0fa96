#include "sim/record/junit.h"

#include <algorithm>

#include "sim/record/time_text.h"

namespace dualsim::sim {
namespace {

using Verdict = RunSummary::Verdict;

// Text for an attribute or between tags. XML 1.0 has no control characters but
// tab and the line ends, not even escaped.
std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      case '\t':
        escaped += "&#9;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return escaped;
}

void AppendAttribute(std::string_view name, std::string_view value, std::string& out) {
  out.append(" ").append(name).append("=\"").append(Escape(value)).append("\"");
}

struct Counts {
  size_t tests = 0;
  size_t failures = 0;
  size_t skipped = 0;

  void Add(const RunSummary& run) {
    const auto with = [&](Verdict verdict) {
      return static_cast<size_t>(
          std::count_if(run.expectations.begin(), run.expectations.end(),
                        [&](const auto& e) { return e.verdict == verdict; }));
    };
    const size_t golden = run.golden_difference ? 1 : 0;
    tests += run.expectations.size() + golden;
    failures += with(Verdict::kFailed) + golden;
    skipped += with(Verdict::kUndecided);
  }
  void AppendTo(std::string& out) const {
    AppendAttribute("tests", std::to_string(tests), out);
    AppendAttribute("failures", std::to_string(failures), out);
    AppendAttribute("errors", "0", out);
    AppendAttribute("skipped", std::to_string(skipped), out);
  }
};

void AppendCase(const RunSummary& run, std::string_view name, std::string_view body,
                std::string& out) {
  out += "    <testcase";
  AppendAttribute("classname", run.scenario, out);
  AppendAttribute("name", name, out);
  if (body.empty()) {
    out += "/>\n";
  } else {
    out.append(">\n").append(body).append("    </testcase>\n");
  }
}

std::string Failure(std::string_view message, std::string_view story) {
  std::string text = "      <failure";
  AppendAttribute("message", message, text);
  text.append(">").append(Escape(story)).append("</failure>\n");
  return text;
}

void AppendExpectation(const RunSummary& run, const RunSummary::Expectation& e, std::string& out) {
  std::string body;
  if (e.verdict == Verdict::kFailed) {
    body = Failure(e.seen, e.report);
  } else if (e.verdict == Verdict::kUndecided) {
    body = "      <skipped message=\"the run ended before this could be told\"/>\n";
  }
  std::string name = e.place;
  if (!name.empty()) name += ' ';
  AppendCase(run, name + (e.name.empty() ? e.text : e.name), body, out);
}

void AppendRun(const RunSummary& run, std::string& out) {
  Counts counts;
  counts.Add(run);
  out += "  <testsuite";
  AppendAttribute("name", run.scenario, out);
  counts.AppendTo(out);
  out += ">\n    <properties>\n";
  const auto property = [&](std::string_view name, const std::string& value) {
    out += "      <property";
    AppendAttribute("name", name, out);
    AppendAttribute("value", value, out);
    out += "/>\n";
  };
  property("file", run.file);
  property("seed", std::to_string(run.seed));
  property("simulated seconds", SecondsText(run.end));
  out += "    </properties>\n";
  for (const auto& e : run.expectations) AppendExpectation(run, e, out);
  if (run.golden_difference) {
    AppendCase(run, "golden trace", Failure("the trace differs", *run.golden_difference), out);
  }
  out += "  </testsuite>\n";
}

}  // namespace

std::string JUnitReport(std::span<const RunSummary> runs) {
  Counts counts;
  for (const RunSummary& run : runs) counts.Add(run);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dualsim\"";
  counts.AppendTo(out);
  out += ">\n";
  for (const RunSummary& run : runs) AppendRun(run, out);
  return out + "</testsuites>\n";
}

}  // namespace dualsim::sim
