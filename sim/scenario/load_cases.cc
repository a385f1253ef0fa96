#include "sim/scenario/load_cases.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "proto/scenario.pb.h"
#include "sim/record/requirements.h"
#include "sim/scenario/check.h"
#include "sim/scenario/computed_routes.h"
#include "sim/scenario/near_name.h"

namespace dualsim::sim {
namespace {

using dualsim::Scenario;
using dualsim::Steps;
using dualsim::Variant;

// What becomes part of a file's name.
bool IsName(std::string_view name) {
  constexpr size_t kLongest = 100;
  constexpr std::string_view kOthers = "-_. ,()+=:";
  constexpr std::string_view kSectionSign = "\u00a7";
  if (name.empty() || name.size() > kLongest || name[0] == '.' || name[0] == ' ') return false;
  while (!name.empty()) {
    const char c = name[0];
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      kOthers.find(c) != std::string_view::npos;
    const size_t size = fits ? 1 : name.starts_with(kSectionSign) ? kSectionSign.size() : 0;
    if (size == 0) return false;
    name.remove_prefix(size);
  }
  return true;
}

class CasesLoader {
 public:
  CasesLoader(const Scenario& scenario, const TextLocations& locations, const Plan& base,
              Diagnostics* diagnostics)
      : scenario_(scenario), locations_(locations), base_(base), diagnostics_(*diagnostics) {}

  std::vector<Plan> Load() {
    CheckFile();
    std::vector<Plan> plans;
    if (scenario_.variant_size() == 0) {
      LoadOn(nullptr, &plans);
    } else {
      for (const Variant& variant : scenario_.variant()) LoadOn(&variant, &plans);
      // All of one case stand together.
      std::stable_sort(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
        return a.expectations[0].where < b.expectations[0].where;
      });
    }
    if (plans.empty() && scenario_.not_applicable_size() == 0 && diagnostics_.empty()) {
      Error(scenario_, "there is no case to run; give the file a 'case'");
    }
    return plans;
  }

 private:
  void Error(const google::protobuf::Message& message, const std::string& complaint) {
    diagnostics_.Add(locations_.Of(message), complaint);
  }

  void CheckFile() {
    if (scenario_.at_size() > 0) {
      Error(scenario_.at(0), "a file of cases has no timeline; put an 'action' into a case");
    }
    if (scenario_.expect_size() > 0) {
      Error(scenario_.expect(0), "a file of cases has no expectations beside those of its cases");
    }
    std::set<std::string> names;
    for (const Variant& variant : scenario_.variant()) {
      CheckName(variant, variant.name(), &names);
      if (variant.has_setup()) CheckUnnamed(variant.setup());
    }
    names.clear();
    for (const Steps& snippet : scenario_.snippet()) {
      CheckName(snippet, snippet.name(), &names);
      if (snippet.variant_size() > 0 || snippet.skip_setup()) {
        Error(snippet, "'variant' and 'skip_setup' are for cases");
      }
    }
    names.clear();
    for (const Steps& steps : scenario_.case_()) {
      CheckName(steps, steps.name(), &names);
      CheckVariants(steps);
    }
    if (scenario_.has_setup()) CheckUnnamed(scenario_.setup());
    CheckNotApplicable();
  }

  void CheckNotApplicable() {
    std::set<std::string> ids;
    for (const dualsim::NotApplicable& entry : scenario_.not_applicable()) {
      if (entry.id().empty() || entry.reason().empty()) {
        Error(entry, entry.id().empty() ? "'id' is missing here" : "'reason' is missing here");
      } else if (!ids.insert(entry.id()).second) {
        Error(entry, "'" + entry.id() + "' was said not to apply already");
      }
      for (const Steps& steps : scenario_.case_()) {
        if (!entry.id().empty() && IsOfRequirement(steps.name(), entry.id())) {
          Error(entry, "the case '" + steps.name() + "' shows it");
        }
      }
    }
  }

  void CheckName(const google::protobuf::Message& message, const std::string& name,
                 std::set<std::string>* names) {
    if (!IsName(name)) {
      Error(message, name.empty() ? "'name' is missing here"
                                  : "'" + name.substr(0, 60) +
                                        "' is not a name: up to 100 letters, digits, blanks, "
                                        "'\u00a7' and '-_.,()+=:'");
    } else if (!names->insert(name).second) {
      Error(message, "the name '" + name + "' is taken");
    }
  }

  void CheckUnnamed(const Steps& setup) {
    if (setup.has_name() || setup.variant_size() > 0 || setup.skip_setup()) {
      Error(setup, "a setup has steps alone");
    }
  }

  void CheckVariants(const Steps& steps) {
    std::vector<std::string> known;
    for (const Variant& variant : scenario_.variant()) known.push_back(variant.name());
    for (int i = 0; i < steps.variant_size(); ++i) {
      if (std::find(known.begin(), known.end(), steps.variant(i)) != known.end()) continue;
      diagnostics_.Add(
          locations_.Of(steps, Steps::kVariantFieldNumber, i),
          "no variant is called '" + steps.variant(i) + "'" + DidYouMean(steps.variant(i), known));
    }
  }

  // Whether the case runs on the variant, which may be null.
  static bool RunsOn(const Steps& steps, const Variant* variant) {
    if (variant == nullptr) return true;
    if (steps.variant_size() == 0) return !variant->opt_in();
    return std::find(steps.variant().begin(), steps.variant().end(), variant->name()) !=
           steps.variant().end();
  }

  void LoadOn(const Variant* variant, std::vector<Plan>* plans) {
    Plan network = base_;
    CheckContext context(locations_, &diagnostics_, &network);
    const TopologyText text = TopologyTextOf(scenario_, variant);
    CheckTopology(text, &context);
    CheckBootArguments(text, &context);
    CheckApplications(text, &context);
    CheckRoutes(text, &context);
    if (scenario_.routing() == Scenario::COMPUTED && diagnostics_.empty()) {
      AddComputedRoutes(&network);
    }
    for (const Steps& steps : scenario_.case_()) {
      if (!RunsOn(steps, variant)) continue;
      Plan plan = network;
      plan.name = base_.name + "." + steps.name();
      plan.of_case = {.name = steps.name(), .variant = ""};
      if (variant != nullptr) {
        plan.name += "." + variant->name();
        plan.of_case->variant = variant->name();
      }
      CheckContext of_case(locations_, &diagnostics_, &plan);
      CheckCase(scenario_, variant, steps, &of_case);
      plans->push_back(std::move(plan));
    }
  }

  const Scenario& scenario_;
  const TextLocations& locations_;
  const Plan& base_;
  Diagnostics& diagnostics_;
};

}  // namespace

TopologyText TopologyTextOf(const Scenario& scenario, const Variant* variant) {
  TopologyText text;
  const auto add = [&text](const auto& blocks) {
    for (const auto& link : blocks.link()) text.links.push_back(&link);
    for (const auto& host : blocks.host()) text.hosts.push_back(&host);
    for (const auto& router : blocks.router()) text.routers.push_back(&router);
    for (const auto& tester : blocks.tester()) text.testers.push_back(&tester);
  };
  add(scenario);
  if (variant != nullptr) add(*variant);
  return text;
}

bool IsFileOfCases(const Scenario& scenario) {
  return scenario.case__size() > 0 || scenario.variant_size() > 0 || scenario.snippet_size() > 0 ||
         scenario.has_setup() || scenario.not_applicable_size() > 0;
}

std::vector<Plan> LoadCases(const Scenario& scenario, const TextLocations& locations,
                            const Plan& base, Diagnostics* diagnostics) {
  return CasesLoader(scenario, locations, base, diagnostics).Load();
}

}  // namespace dualsim::sim
