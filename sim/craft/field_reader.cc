#include "sim/craft/field_reader.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <optional>

#include "sim/scenario/near_name.h"
#include "sim/scenario/units.h"
#include "stack/base/time.h"

namespace dualsim::craft {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

const FieldDescriptor* FieldNamed(const google::protobuf::Message& message, std::string_view name) {
  return message.GetDescriptor()->FindFieldByName(std::string(name));
}

}  // namespace

const FieldReader::Field* FieldReader::FindField(const Message& message, std::string_view name) {
  const Field* field = FieldNamed(message, name);
  if (field == nullptr || field->is_repeated()) return nullptr;
  return message.GetReflection()->HasField(message, field) ? field : nullptr;
}

const FieldReader::Field* FieldReader::FindList(const Message& message, std::string_view name) {
  const Field* field = FieldNamed(message, name);
  return field != nullptr && field->is_repeated() ? field : nullptr;
}

int FieldReader::SizeOf(const Message& message, const Field* list) {
  return message.GetReflection()->FieldSize(message, list);
}

std::string FieldReader::Text(const Message& message, const Field* field, int index) {
  const Reflection* reflection = message.GetReflection();
  return index < 0 ? reflection->GetString(message, field)
                   : reflection->GetRepeatedString(message, field, index);
}

uint64_t FieldReader::NumberOf(const Message& message, const Field* field, int index) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case Field::CPPTYPE_ENUM:
      return static_cast<uint64_t>(index < 0
                                       ? reflection->GetEnumValue(message, field)
                                       : reflection->GetRepeatedEnumValue(message, field, index));
    case Field::CPPTYPE_UINT64:
      return index < 0 ? reflection->GetUInt64(message, field)
                       : reflection->GetRepeatedUInt64(message, field, index);
    default:
      return index < 0 ? reflection->GetUInt32(message, field)
                       : reflection->GetRepeatedUInt32(message, field, index);
  }
}

const FieldReader::Message& FieldReader::MessageOf(const Message& message, const Field* field,
                                                   int index) {
  const Reflection* reflection = message.GetReflection();
  return index < 0 ? reflection->GetMessage(message, field)
                   : reflection->GetRepeatedMessage(message, field, index);
}

sim::SourceLocation FieldReader::Where(const Message& message, const Field* field,
                                       int index) const {
  return locations_.Of(message, field->number(), std::max(index, 0));
}

void FieldReader::Error(const Message& message, const std::string& complaint) {
  diagnostics_.Add(Where(message), complaint);
}

void FieldReader::Error(const Message& message, const Field* field, const std::string& complaint,
                        int index) {
  diagnostics_.Add(Where(message, field, index), field->name() + ": " + complaint);
}

bool FieldReader::Fits(const Message& message, const Field* field, const FieldInfo& info,
                       uint64_t value, int index) {
  if (value % info.multiple != 0) {
    Error(message, field, "it is a multiple of " + std::to_string(info.multiple), index);
    return false;
  }
  const uint64_t most = ((uint64_t{1} << info.bits) - 1) * info.multiple;
  if (value <= most) return true;
  Error(message, field,
        NumberText(info, value) + " does not fit; " + NumberText(info, most) + " is the most",
        index);
  return false;
}

Number FieldReader::ReadDurationIn(Unit unit, const Message& message, const Field* field,
                                   const FieldInfo& info) {
  const std::string text = Text(message, field);
  if (text == "infinite" && unit == Unit::kSeconds && info.bits == 32) return 0xffffffff;
  const sim::Reading<Duration> reading = sim::ReadDuration(text);
  if (!reading.value) {
    Error(message, field, reading.error);
    return std::nullopt;
  }
  const int64_t step = (unit == Unit::kSeconds ? Seconds(1) : Milliseconds(1)).nanoseconds();
  if (reading.value->nanoseconds() % step != 0) {
    Error(message, field,
          "it is counted in whole " +
              std::string(unit == Unit::kSeconds ? "seconds" : "milliseconds"));
    return std::nullopt;
  }
  return static_cast<uint64_t>(reading.value->nanoseconds() / step);
}

void FieldReader::Read(const Message& message, const Field* field, const FieldInfo& info,
                       Number* value) {
  const bool text = field->cpp_type() == Field::CPPTYPE_STRING;
  const Number read =
      text ? ReadDurationIn(info.unit, message, field, info) : NumberOf(message, field);
  if (read && Fits(message, field, info, *read)) *value = *read;
}

void FieldReader::Read(const Message& message, const Field* field, const FieldInfo&, Flag* value) {
  *value = message.GetReflection()->GetBool(message, field);
}

void FieldReader::Read(const Message& message, const Field* field, const FieldInfo&, Bytes* value) {
  if (Bytes bytes = ReadBytes(message, field, Text(message, field))) *value = std::move(bytes);
}

void FieldReader::Read(const Message& message, const Field* field, const FieldInfo&, Mac* value) {
  if (Mac mac = ReadMac(message, field, Text(message, field))) *value = std::move(mac);
}

void FieldReader::Read(const Message& message, const Field* field, const FieldInfo& info,
                       Address* value) {
  std::string text = Text(message, field);
  // Of "2001:db8::/64" the length is another field's.
  if (info.name == "prefix" && !text.ends_with(')')) text = text.substr(0, text.find('/'));
  if (Address address = ReadAddress(message, field, text)) *value = std::move(address);
}

void FieldReader::Read(const Message& message, const Field* field, const FieldInfo&, Ipv4* value) {
  const std::string text = Text(message, field);
  const auto address = Ipv4Address::Parse(text);
  if (address) {
    *value = *address;
  } else {
    Error(message, field, "'" + text + "' is no IPv4 address like 192.0.2.1");
  }
}

Address FieldReader::ReadAddress(const Message& message, const Field* field, std::string_view text,
                                 int index) {
  TermReading<AddressTerm> reading = ReadAddressTerm(text);
  if (!reading.term) {
    Error(message, field, reading.error, index);
    return std::nullopt;
  }
  using Kind = AddressTerm::Kind;
  if (reading.term->kind == Kind::kUnicast && use_ == FrameUse::kSend) {
    Error(message, field, "'" + std::string(text) + "' may be several addresses; send to one",
          index);
    return std::nullopt;
  }
  if (reading.term->kind == Kind::kCounted && !CheckMayCount(message, field, index)) {
    return std::nullopt;
  }
  if (reading.term->NamesPacket()) CheckPacketName(message, field, reading.term->packet);
  if (reading.term->NamesNode() && !CheckNode(message, field, reading.term->node, index)) {
    return std::nullopt;
  }
  return std::move(reading.term);
}

Mac FieldReader::ReadMac(const Message& message, const Field* field, std::string_view text,
                         int index) {
  TermReading<MacTerm> reading = ReadMacTerm(text);
  if (!reading.term) {
    Error(message, field, reading.error, index);
    return std::nullopt;
  }
  const MacTerm& term = *reading.term;
  const bool group = term.kind == MacTerm::Kind::kGroup;
  const NodeTerm& node = group ? term.group.node : term.node;
  if (group && term.group.kind == AddressTerm::Kind::kUnicast) {
    Error(message, field, "'" + term.group.ToString() + "' may be several addresses", index);
    return std::nullopt;
  }
  const bool counted =
      group ? term.group.kind == AddressTerm::Kind::kCounted : term.kind == MacTerm::Kind::kCounted;
  if (counted && !CheckMayCount(message, field, index)) return std::nullopt;
  if (group && term.group.NamesPacket()) CheckPacketName(message, field, term.group.packet);
  const bool names_node = group ? term.group.NamesNode() : term.kind == MacTerm::Kind::kNode;
  if (names_node && !CheckNode(message, field, node, index)) return std::nullopt;
  return std::move(reading.term);
}

Bytes FieldReader::ReadBytes(const Message& message, const Field* field, std::string_view text,
                             int index) {
  sim::Reading<std::vector<uint8_t>> reading = sim::ReadHex(text);
  if (!reading.value) Error(message, field, reading.error, index);
  return std::move(reading.value);
}

void FieldReader::CheckPacketName(const Message& message, const Field* field,
                                  const std::string& name) {
  const std::vector<std::string>& known = names_.packets;
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  Error(message, field,
        "no packet before this is called '" + name + "'" + sim::DidYouMean(name, known));
}

bool FieldReader::CheckMayCount(const Message& message, const Field* field, int index) {
  if (use_ == FrameUse::kSend) return true;
  Error(message, field, "'counted' is for frames that are sent", index);
  return false;
}

bool FieldReader::CheckNode(const Message& message, const Field* field, const NodeTerm& node,
                            int index) {
  const auto known = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!known(names_.nodes, node.node)) {
    Error(message, field,
          "there is no host '" + node.node + "'" + sim::DidYouMean(node.node, names_.nodes), index);
    return false;
  }
  if (!node.link.empty() && !known(names_.links, node.link)) {
    Error(message, field,
          "there is no link '" + node.link + "'" + sim::DidYouMean(node.link, names_.links), index);
    return false;
  }
  return true;
}

}  // namespace dualsim::craft
