#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "stack/application/registry.h"
#include "stack/application/settings.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/stack.h"

namespace dualsim::host {

// A program that was started on a node; never used again for another.
enum class ProgramId : uint32_t {};

// The programs of one node, over its stack: the direct implementation of
// application::Network, one for each program.
//
// A program runs within Run() alone, which the node's owner calls after every
// call of the stack, and when deadline() has come; it calls the stack, so that
// the stack's deadline may be another afterwards.
class Programs {
 public:
  // All outlive the programs. `random`: the node's.
  Programs(Stack& stack, Observer& observer, const RandomSource& random,
           application::Settings settings);
  // Ends all of them without a word: neither the stack nor the observer is called.
  ~Programs();
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;

  // Another stack of the node, which programs find by the group's name. To be said
  // before the first Start(); likewise.
  void AddGroup(std::string name, Stack& stack, const RandomSource& random,
                application::Settings settings);

  // It begins with the next Run(). `name` stands in its log lines, and with how
  // many of that name came before it decides its random numbers.
  ProgramId Start(Time now, std::string_view name, application::Program program);
  // Cancels it where it waits: what it had is closed. Right where it has ended.
  void Stop(Time now, ProgramId program);
  void StopAll(Time now);
  void StopAll(Time now, std::string_view name);  // Of that name.
  // As by a power cut: nothing more is asked of the stack.
  void Crash(Time now);
  bool running(ProgramId program) const;
  size_t count() const;

  void Run(Time now);
  // Never later than a program wants to go on.
  Time deadline() const;

  // What the stack's observer was told and programs may wait for.
  void OnAddressChange();
  void OnNameServers();
  void OnEcho(Time now, const EchoFact& fact);

  // What waits in a stack's name for its programs; for tests.
  size_t connections() const;

  // What its parts share; theirs alone.
  class Core;

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace dualsim::host
