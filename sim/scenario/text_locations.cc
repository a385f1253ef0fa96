#include "sim/scenario/text_locations.h"

#include <cstddef>

namespace dualsim::sim {

using google::protobuf::Message;

SourceLocation TextLocations::Of(const Message& message) const {
  const auto found = messages_.find(&message);
  return found == messages_.end() ? SourceLocation{} : found->second.where;
}

SourceLocation TextLocations::Of(const Message& message, int field_number, int index) const {
  const auto found = messages_.find(&message);
  if (found == messages_.end()) return {};
  const auto values = found->second.values.find(field_number);
  if (values == found->second.values.end() || static_cast<size_t>(index) >= values->second.size()) {
    return found->second.where;
  }
  return values->second[static_cast<size_t>(index)];
}

void TextLocations::Record(const Message& message, SourceLocation where) {
  messages_[&message].where = where;
}

void TextLocations::Record(const Message& message, int field_number, SourceLocation where) {
  messages_[&message].values[field_number].push_back(where);
}

void TextLocations::RecordMistake(const Message& message, int field_number) {
  messages_[&message].mistakes.insert(field_number);
}

bool TextLocations::HasMistake(const Message& message, int field_number) const {
  const auto found = messages_.find(&message);
  return found != messages_.end() && found->second.mistakes.contains(field_number);
}

}  // namespace dualsim::sim
