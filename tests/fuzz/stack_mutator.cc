#include "tests/fuzz/stack_mutator.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "tests/fuzz/frame_fields.h"

namespace dualsim::testing {
namespace {

using Kind = StackProgram::Kind;
using Step = StackProgram::Step;
using Frame = std::vector<uint8_t>;

class Mutator {
 public:
  Mutator(uint32_t seed, StackProgram* program) : state_(seed * 2u + 1u), program_(*program) {
    for (int i = 0; i < 4; ++i) Draw(2);
  }

  void Change() {
    for (size_t i = 1 + Draw(3); i > 0; --i) {
      if (program_.steps.empty() || Draw(4) == 0) {
        ChangeSteps();
      } else {
        ChangeStep(&program_.steps[Draw(program_.steps.size())]);
      }
    }
  }

  void Take(const StackProgram& other) {
    if (other.steps.empty()) return;
    const size_t from = Draw(other.steps.size());
    const size_t count = 1 + Draw(other.steps.size() - from);
    const size_t to = Draw(program_.steps.size() + 1);
    if (Draw(2) == 0) program_.steps.resize(to);
    const auto begin = other.steps.begin() + static_cast<ptrdiff_t>(from);
    program_.steps.insert(program_.steps.begin() + static_cast<ptrdiff_t>(to), begin,
                          begin + static_cast<ptrdiff_t>(count));
    Limit();
  }

 private:
  // A linear congruential generator: the high bits serve.
  size_t Draw(size_t bound) {
    state_ = state_ * 6364136223846793005 + 1442695040888963407;
    return bound == 0 ? 0 : static_cast<size_t>((state_ >> 33) % bound);
  }
  uint8_t Byte() { return static_cast<uint8_t>(Draw(256)); }

  void Limit() {
    if (program_.steps.size() > StackProgram::kMaximumSteps) {
      program_.steps.resize(StackProgram::kMaximumSteps);
    }
  }

  void ChangeSteps() {
    auto& steps = program_.steps;
    const size_t at = Draw(steps.size() + 1);
    const auto place = steps.begin() + static_cast<ptrdiff_t>(at);
    const size_t kind = Draw(steps.empty() ? 2 : 7);
    if (kind == 0) {
      steps.insert(place, {Kind::kWait, static_cast<uint8_t>(Draw(16)), {}});
    } else if (kind == 1) {
      steps.insert(place, {Kind::kAct, Byte(), {}});
    } else if (kind == 2) {
      program_.network = Byte();
    } else if (kind == 3) {
      steps.erase(steps.begin() + static_cast<ptrdiff_t>(Draw(steps.size())));
    } else if (kind == 4) {
      std::swap(steps[Draw(steps.size())], steps[Draw(steps.size())]);
    } else {
      // Again, up to many times: what is to be bounded is to be filled first.
      const Step copy = steps[Draw(steps.size())];
      steps.insert(place, kind == 5 ? 1 : 1 + Draw(40), copy);
    }
    Limit();
  }

  void ChangeStep(Step* step) {
    if (step->kind == Kind::kWait || step->kind == Kind::kAct) {
      step->choice = Byte();
      return;
    }
    if (Draw(16) == 0) {
      step->choice ^= 1;
    } else if (Draw(16) == 0) {
      step->kind = step->kind == Kind::kFrame ? Kind::kReaction : Kind::kFrame;
    } else {
      ChangeFrame(&step->frame);
    }
  }

  void ChangeFrame(Frame* frame) {
    const FrameFields found = ReadFields(*frame);
    const size_t kind = Draw(8);
    if (kind < 5 && !found.fields.empty()) {
      ChangeField(found.fields[Draw(found.fields.size())], frame);
    } else if (kind < 7 && !found.pieces.empty()) {
      ChangePiece(found.pieces[Draw(found.pieces.size())], frame);
    } else {
      ChangeBytes(frame);
    }
    if (Draw(8) != 0) MendLengths(frame);
    if (Draw(8) != 0) MendChecksums(frame);
    if (frame->size() > StackProgram::kMaximumFrame) frame->resize(StackProgram::kMaximumFrame);
  }

  void ChangeField(const FrameFields::Field& field, Frame* frame) {
    const auto at = frame->begin() + static_cast<ptrdiff_t>(field.at);
    const auto end = at + static_cast<ptrdiff_t>(field.size);
    switch (Draw(7)) {
      case 0:
        std::fill(at, end, static_cast<uint8_t>(0));
        break;
      case 1:
        std::fill(at, end, static_cast<uint8_t>(0xff));
        break;
      case 2:
        *(end - 1) = static_cast<uint8_t>(*(end - 1) + (Draw(2) == 0 ? 1 : 0xff));
        break;
      case 3:
        at[static_cast<ptrdiff_t>(Draw(field.size))] ^= static_cast<uint8_t>(1 << Draw(8));
        break;
      case 4:
        *(end - 1) = Byte();
        break;
      case 5: {
        // What another field of this size has, of this frame or another one.
        const Frame& other = OtherFrame(*frame);
        const FrameFields found = ReadFields(other);
        if (found.fields.empty()) break;
        const auto& source = found.fields[Draw(found.fields.size())];
        const size_t count = std::min(field.size, source.size);
        const Frame bytes(other.begin() + static_cast<ptrdiff_t>(source.at),
                          other.begin() + static_cast<ptrdiff_t>(source.at + count));
        std::copy(bytes.begin(), bytes.end(), at);
        break;
      }
      default:
        for (auto byte = at; byte != end; ++byte) *byte = Byte();
    }
  }

  const Frame& OtherFrame(const Frame& otherwise) {
    for (int i = 0; i < 4; ++i) {
      const Step& step = program_.steps[Draw(program_.steps.size())];
      if (!step.frame.empty()) return step.frame;
    }
    return otherwise;
  }

  void ChangePiece(const FrameFields::Piece& piece, Frame* frame) {
    const auto begin = frame->begin() + static_cast<ptrdiff_t>(piece.at);
    const auto end = begin + static_cast<ptrdiff_t>(piece.size);
    const Frame copy(begin, end);
    switch (Draw(4)) {
      case 0:
        frame->erase(begin, end);
        break;
      case 1:
        for (size_t i = 1 + Draw(8); i > 0 && frame->size() < StackProgram::kMaximumFrame; --i) {
          frame->insert(frame->begin() + static_cast<ptrdiff_t>(piece.at), copy.begin(),
                        copy.end());
        }
        break;
      case 2:
        frame->insert(frame->end(), copy.begin(), copy.end());
        break;
      default: {
        // Longer or shorter, as it says or not.
        const size_t count = 8 * (1 + Draw(4));
        if (Draw(2) == 0) {
          frame->insert(end, count, Byte());
        } else {
          frame->erase(end - static_cast<ptrdiff_t>(std::min(count, piece.size)), end);
        }
      }
    }
  }

  void ChangeBytes(Frame* frame) {
    const size_t at = Draw(frame->size() + 1);
    switch (Draw(4)) {
      case 0:
        frame->resize(at);
        break;
      case 1:
        frame->insert(frame->begin() + static_cast<ptrdiff_t>(at), 1 + Draw(64), Byte());
        break;
      case 2:
        frame->resize(frame->size() + Draw(2000), Byte());
        break;
      default:
        if (at < frame->size()) (*frame)[at] = Byte();
    }
  }

  uint64_t state_;
  StackProgram& program_;
};

}  // namespace

void Mutate(uint32_t seed, StackProgram* program) { Mutator(seed, program).Change(); }

void Cross(uint32_t seed, const StackProgram& other, StackProgram* program) {
  Mutator(seed, program).Take(other);
}

}  // namespace dualsim::testing
