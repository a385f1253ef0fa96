#include "sim/scenario/text_reader.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "sim/scenario/near_name.h"
#include "sim/scenario/text_columns.h"

namespace dualsim::sim {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::io::Tokenizer;

std::string Quoted(const std::string& text) {
  constexpr size_t kShown = 40;
  if (text.size() <= kShown) return "'" + text + "'";
  return "'" + text.substr(0, kShown) + "...'";
}

// Messages are called by the field that holds them.
std::string MessageName(const std::string& field_name) {
  return field_name.empty() ? "a scenario" : Quoted(field_name);
}

class ErrorSink : public google::protobuf::io::ErrorCollector {
 public:
  ErrorSink(const TextColumns& columns, Diagnostics* diagnostics)
      : columns_(columns), diagnostics_(diagnostics) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    diagnostics_->Add(columns_.At(line, column), InOurWords(message));
  }

 private:
  static std::string InOurWords(const std::string& message) {
    if (message.find("cross line boundaries") != std::string::npos) {
      return "this string does not end on its line; close it with a quote";
    }
    if (message.find("end of string") != std::string::npos ||
        message.find("Unexpected end") != std::string::npos) {
      return "this string is not closed; close it with a quote";
    }
    if (message.find("escape sequence") != std::string::npos) {
      return "this is no escape sequence of a string; write \\\\ for a backslash";
    }
    if (message.find("control characters") != std::string::npos) {
      return "this character has no place here";
    }
    return message;
  }

  const TextColumns& columns_;
  Diagnostics* diagnostics_;
};

class Reader {
 public:
  Reader(std::string_view text, TextLocations* locations, Diagnostics* diagnostics)
      : columns_(text),
        input_(text.data(), static_cast<int>(text.size())),
        errors_(columns_, diagnostics),
        tokenizer_(&input_, &errors_),
        locations_(locations),
        diagnostics_(diagnostics) {
    tokenizer_.set_comment_style(Tokenizer::SH_COMMENT_STYLE);
    tokenizer_.set_require_space_after_number(false);
    tokenizer_.Next();
  }

  void ReadAll(Message* root) {
    root_type_ = root->GetDescriptor();
    locations_->Record(*root, {1, 1});
    ReadFields(root, "", nullptr);
  }

 private:
  struct Opening {
    SourceLocation where;
    std::string close;  // "}" or ">"
  };

  const Tokenizer::Token& token() { return tokenizer_.current(); }
  bool AtEnd() { return token().type == Tokenizer::TYPE_END; }
  bool LookingAt(std::string_view text) {
    return token().type != Tokenizer::TYPE_STRING && token().text == text;
  }
  bool Take(std::string_view text) {
    if (!LookingAt(text)) return false;
    tokenizer_.Next();
    return true;
  }
  SourceLocation Here() { return columns_.At(token().line, token().column); }
  void Error(SourceLocation where, std::string message) {
    diagnostics_->Add(where, std::move(message));
  }
  std::string Word() {
    return token().type == Tokenizer::TYPE_STRING ? token().text
                                                  : columns_.WordAt(token().line, token().column);
  }
  std::string Found() { return AtEnd() ? "the end of the file" : Quoted(Word()); }

  bool LooksLikeClose() { return LookingAt("}") || LookingAt(">"); }

  // Fields up to the close of `opening` (nullptr: up to the end of the text).
  void ReadFields(Message* message, const std::string& name, const Opening* opening) {
    while (true) {
      if (AtEnd()) {
        if (opening != nullptr) {
          Error(opening->where, "this block is never closed; add a '" + opening->close + "'");
        }
        return;
      }
      if (opening != nullptr && Take(opening->close)) return;
      if (LooksLikeClose()) {
        Error(Here(), "this " + Found() + " closes nothing");
        tokenizer_.Next();
        continue;
      }
      ReadField(message, name);
      if (!Take(",")) Take(";");
    }
  }

  void ReadField(Message* message, const std::string& name) {
    const SourceLocation where = Here();
    if (token().type != Tokenizer::TYPE_IDENTIFIER) {
      Error(where, "expected the name of a field, found " + Found());
      SkipRestOfLine();
      return;
    }
    const std::string field_name = token().text;
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(field_name);
    tokenizer_.Next();
    if (field == nullptr) {
      Error(where, "unknown field " + Quoted(field_name) + " in " + MessageName(name) +
                       FieldHint(message->GetDescriptor(), field_name));
      locations_->RecordMistake(*message, TextLocations::kUnknownField);
      SkipUnknownValue();
      return;
    }
    const bool colon = Take(":");
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!colon && !is_message) {
      Error(Here(), "expected ':' after " + Quoted(field_name) + ", found " + Found());
      if (token().type == Tokenizer::TYPE_SYMBOL) {
        locations_->RecordMistake(*message, field->number());
        SkipUnknownValue();
        return;
      }
    }
    if (LookingAt("[")) {
      ReadList(message, field);
      return;
    }
    ReadValue(message, field, where);
  }

  void ReadList(Message* message, const FieldDescriptor* field) {
    const SourceLocation where = Here();
    tokenizer_.Next();
    if (!field->is_repeated()) {
      Error(where, Quoted(field->name()) + " takes one value, not a list");
    }
    while (!Take("]")) {
      if (AtEnd() || LooksLikeClose()) {
        Error(where, "this list is never closed; add a ']'");
        return;
      }
      const int line = token().line;
      const int column = token().column;
      ReadValue(message, field, Here());
      Take(",");
      if (token().line == line && token().column == column) tokenizer_.Next();
    }
  }

  // One value, of which `where` is the place to remember.
  void ReadValue(Message* message, const FieldDescriptor* field, SourceLocation where) {
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    if (!field->is_repeated() && reflection.HasField(*message, field)) {
      Error(where, Quoted(field->name()) + " is given twice; it was given in line " +
                       std::to_string(locations_->Of(*message, field->number()).line));
      // Read into a value that is thrown away, so that mistakes in it show as well.
      const std::unique_ptr<Message> discarded(message->New());
      TextLocations discarded_locations;
      TextLocations* const kept = std::exchange(locations_, &discarded_locations);
      ReadValue(discarded.get(), field, where);
      locations_ = kept;
      return;
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      ReadMessage(message, field, where);
      return;
    }
    if (!ReadScalar(message, field)) {
      locations_->RecordMistake(*message, field->number());
      SkipJoinedTokens();
      return;
    }
    locations_->Record(*message, field->number(), where);
  }

  void ReadMessage(Message* message, const FieldDescriptor* field, SourceLocation where) {
    Opening opening{Here(), LookingAt("<") ? ">" : "}"};
    if (!Take("{") && !Take("<")) {
      Error(opening.where, "expected '{' after " + Quoted(field->name()) + ", found " + Found());
      locations_->RecordMistake(*message, field->number());
      SkipJoinedTokens();
      return;
    }
    if (++blocks_ > kMaximumBlocks) {
      if (blocks_ == kMaximumBlocks + 1) {
        Error(where, "a scenario holds at most " + std::to_string(kMaximumBlocks) + " blocks");
      }
      SkipToClose();
      return;
    }
    if (depth_ == kMaximumDepth) {
      Error(where,
            "blocks lie in blocks too deeply; " + std::to_string(kMaximumDepth) + " is the most");
      SkipToClose();
      return;
    }
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    Message* child = field->is_repeated() ? reflection.AddMessage(message, field)
                                          : reflection.MutableMessage(message, field);
    locations_->Record(*message, field->number(), where);
    locations_->Record(*child, where);
    ++depth_;
    ReadFields(child, field->name(), &opening);
    --depth_;
  }

  // Puts the value in; false where it is none of the field's type, which was
  // then reported, the token being left.
  bool ReadScalar(Message* message, const FieldDescriptor* field) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return ReadString(message, field);
      case FieldDescriptor::CPPTYPE_BOOL:
        return ReadBool(message, field);
      case FieldDescriptor::CPPTYPE_ENUM:
        return ReadEnum(message, field);
      case FieldDescriptor::CPPTYPE_INT32:
        return ReadSigned(message, field);
      default:
        return ReadUnsigned(message, field);
    }
  }

  bool ReadString(Message* message, const FieldDescriptor* field) {
    if (token().type != Tokenizer::TYPE_STRING) {
      const bool plain =
          token().type == Tokenizer::TYPE_IDENTIFIER || token().type == Tokenizer::TYPE_INTEGER;
      Error(Here(), Quoted(field->name()) + " takes a string in quotes, found " + Found() +
                        (plain ? "; write \"" + Word() + "\"" : ""));
      return false;
    }
    std::string value;
    while (token().type == Tokenizer::TYPE_STRING) {
      Tokenizer::ParseStringAppend(token().text, &value);
      tokenizer_.Next();
    }
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    if (field->is_repeated()) {
      reflection.AddString(message, field, std::move(value));
    } else {
      reflection.SetString(message, field, std::move(value));
    }
    return true;
  }

  bool ReadBool(Message* message, const FieldDescriptor* field) {
    const bool is_true = LookingAt("true");
    if (!is_true && !LookingAt("false")) {
      Error(Here(), Quoted(field->name()) + " is true or false, found " + Found());
      return false;
    }
    tokenizer_.Next();
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    field->is_repeated() ? reflection.AddBool(message, field, is_true)
                         : reflection.SetBool(message, field, is_true);
    return true;
  }

  bool ReadEnum(Message* message, const FieldDescriptor* field) {
    const EnumValueDescriptor* value = token().type == Tokenizer::TYPE_IDENTIFIER
                                           ? field->enum_type()->FindValueByName(token().text)
                                           : nullptr;
    if (value == nullptr) {
      std::vector<std::string> names;
      std::string listed;
      for (int i = 0; i < field->enum_type()->value_count(); ++i) {
        names.push_back(field->enum_type()->value(i)->name());
        listed += (i == 0 ? "" : ", ") + names.back();
      }
      Error(Here(), Quoted(field->name()) + " has no value " + Found() + "; it is one of " +
                        listed + DidYouMean(token().text, names));
      return false;
    }
    tokenizer_.Next();
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    field->is_repeated() ? reflection.AddEnum(message, field, value)
                         : reflection.SetEnum(message, field, value);
    return true;
  }

  // Offsets alone have a sign.
  bool ReadSigned(Message* message, const FieldDescriptor* field) {
    const bool negative = LookingAt("-");
    if (negative) tokenizer_.Next();
    if (token().type != Tokenizer::TYPE_INTEGER) {
      Error(Here(), Quoted(field->name()) + " takes a whole number, found " + Found());
      return false;
    }
    constexpr uint64_t kMaximum = std::numeric_limits<int32_t>::max();
    uint64_t value = 0;
    if (!Tokenizer::ParseInteger(token().text, kMaximum, &value)) {
      Error(Here(), Quoted(field->name()) + " can't be as far from 0 as " + Found() + "; " +
                        std::to_string(kMaximum) + " is the most");
      return false;
    }
    tokenizer_.Next();
    const auto narrow = static_cast<int32_t>(value);
    message->GetReflection()->SetInt32(message, field, negative ? -narrow : narrow);
    return true;
  }

  // Every other number of the schema is a uint32 or a uint64.
  bool ReadUnsigned(Message* message, const FieldDescriptor* field) {
    const bool wide = field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
    const uint64_t maximum =
        wide ? std::numeric_limits<uint64_t>::max() : std::numeric_limits<uint32_t>::max();
    if (LookingAt("-")) {
      Error(Here(), Quoted(field->name()) + " can't be negative");
      tokenizer_.Next();
      return false;
    }
    if (token().type != Tokenizer::TYPE_INTEGER) {
      Error(Here(), Quoted(field->name()) + " takes a whole number, found " + Found());
      return false;
    }
    uint64_t value = 0;
    if (!Tokenizer::ParseInteger(token().text, maximum, &value)) {
      Error(Here(), Quoted(field->name()) + " can't be as large as " + Found() + "; " +
                        std::to_string(maximum) + " is the most");
      return false;
    }
    tokenizer_.Next();
    const google::protobuf::Reflection& reflection = *message->GetReflection();
    const uint32_t narrow = static_cast<uint32_t>(value);
    if (field->is_repeated()) {
      wide ? reflection.AddUInt64(message, field, value)
           : reflection.AddUInt32(message, field, narrow);
    } else {
      wide ? reflection.SetUInt64(message, field, value)
           : reflection.SetUInt32(message, field, narrow);
    }
    return true;
  }

  std::string FieldHint(const Descriptor* type, const std::string& name) {
    if (diagnostics_->many()) return "";
    std::vector<std::string> names;
    for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->name());
    const std::string near = DidYouMean(name, names);
    if (!near.empty()) return near;
    if (type != root_type_ && root_type_->FindFieldByName(name) != nullptr) {
      return "; is a '}' missing before it?";
    }
    std::string listed;
    for (const std::string& known : names) listed += (listed.empty() ? "" : ", ") + known;
    return "; it has " + listed;
  }

  // Past the token that was no value, and those that are joined to it.
  void SkipJoinedTokens() {
    if (AtEnd() || LooksLikeClose() || LookingAt("]")) return;
    if (LookingAt("{") || LookingAt("<") || LookingAt("[")) {
      SkipBlock();
      return;
    }
    while (true) {
      const int line = token().line;
      const int end = token().end_column;
      tokenizer_.Next();
      if (AtEnd() || token().line != line || token().column != end) return;
      if (LooksLikeClose() || LookingAt(",") || LookingAt(";") || LookingAt("]")) return;
    }
  }

  // From an opening bracket past the one that closes it.
  void SkipBlock() {
    int depth = 0;
    do {
      if (LookingAt("{") || LookingAt("<") || LookingAt("[")) ++depth;
      if (LooksLikeClose() || LookingAt("]")) --depth;
      tokenizer_.Next();
    } while (depth > 0 && !AtEnd());
  }

  // From inside a block past its end.
  void SkipToClose() {
    while (!AtEnd() && !LooksLikeClose()) {
      if (LookingAt("{") || LookingAt("<") || LookingAt("[")) {
        SkipBlock();
      } else {
        tokenizer_.Next();
      }
    }
    if (!AtEnd()) tokenizer_.Next();
  }

  void SkipUnknownValue() {
    Take(":");
    if (token().type == Tokenizer::TYPE_STRING) {
      while (token().type == Tokenizer::TYPE_STRING) tokenizer_.Next();
      return;
    }
    if (LookingAt("-")) tokenizer_.Next();
    SkipJoinedTokens();
  }

  void SkipRestOfLine() {
    const int line = token().line;
    while (!AtEnd() && token().line == line && !LooksLikeClose()) {
      if (LookingAt("{") || LookingAt("<") || LookingAt("[")) {
        SkipBlock();
      } else {
        tokenizer_.Next();
      }
    }
  }

  // Far more than a scenario has, and few enough to hold in memory.
  static constexpr size_t kMaximumBlocks = 200'000;
  // Likewise; packets quote packets, so that the schema alone sets no bound.
  static constexpr int kMaximumDepth = 32;

  size_t blocks_ = 0;
  int depth_ = 0;
  const Descriptor* root_type_ = nullptr;
  TextColumns columns_;
  google::protobuf::io::ArrayInputStream input_;
  ErrorSink errors_;
  Tokenizer tokenizer_;
  TextLocations* locations_;
  Diagnostics* diagnostics_;
};

}  // namespace

void ReadText(std::string_view text, Message* message, TextLocations* locations,
              Diagnostics* diagnostics) {
  Reader(text, locations, diagnostics).ReadAll(message);
}

}  // namespace dualsim::sim
