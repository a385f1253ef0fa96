#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "sim/scenario/diagnostics.h"

namespace google::protobuf {
class Message;
}

namespace dualsim::sim {

// Where in the text each message and each field of a message stands. Valid as
// long as the messages are and nothing is added to them.
class TextLocations {
 public:
  // Of a message: its field's name in the message around it. The root: line 1.
  SourceLocation Of(const google::protobuf::Message& message) const;
  // Of value `index` (0 where not repeated) of a field; where the text does not
  // have it, of the message.
  SourceLocation Of(const google::protobuf::Message& message, int field_number,
                    int index = 0) const;

  void Record(const google::protobuf::Message& message, SourceLocation where);
  // Values of a repeated field are recorded in their order.
  void Record(const google::protobuf::Message& message, int field_number, SourceLocation where);

  // The text has the field, but no value that can be used: reported already.
  // kUnknownField stands for any field that does not exist.
  static constexpr int kUnknownField = 0;
  void RecordMistake(const google::protobuf::Message& message, int field_number);
  bool HasMistake(const google::protobuf::Message& message, int field_number) const;

 private:
  struct Fields {
    SourceLocation where;
    std::map<int, std::vector<SourceLocation>> values;
    std::set<int> mistakes;
  };
  std::unordered_map<const google::protobuf::Message*, Fields> messages_;
};

}  // namespace dualsim::sim
