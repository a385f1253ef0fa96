#include "stack/application/registry.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dualsim::application {
namespace {

std::vector<Kind>& Kinds() {
  static std::vector<Kind> kinds;
  return kinds;
}

}  // namespace

const std::vector<Kind>& Registry::kinds() { return Kinds(); }

const Kind* Registry::Find(std::string_view name) {
  for (const Kind& kind : Kinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

ProgramOrErrors Registry::Make(std::string_view name, std::string_view text,
                               std::vector<Attachment> attachments) {
  const Kind* kind = Find(name);
  if (kind == nullptr) {
    std::string known;
    for (const Kind& other : Kinds()) known += (known.empty() ? "" : ", ") + other.name;
    return ArgumentErrors{"no application '" + std::string(name) + "'; there are: " + known};
  }
  Arguments arguments(text, std::move(attachments));
  ProgramOrErrors made = kind->make(arguments);
  ArgumentErrors errors = arguments.Finish();
  if (auto* own = std::get_if<ArgumentErrors>(&made)) {
    errors.insert(errors.end(), own->begin(), own->end());
    return errors;
  }
  if (!errors.empty()) return errors;
  return made;
}

Registration::Registration(Kind kind) {
  std::vector<Kind>& kinds = Kinds();
  const auto at = std::lower_bound(kinds.begin(), kinds.end(), kind.name,
                                   [](const Kind& a, const std::string& b) { return a.name < b; });
  if (at != kinds.end() && at->name == kind.name) {
    std::fprintf(stderr, "dualsim: two applications are named '%s'\n", kind.name.c_str());
    std::abort();
  }
  kinds.insert(at, std::move(kind));
}

}  // namespace dualsim::application
