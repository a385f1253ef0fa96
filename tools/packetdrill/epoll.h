#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "tools/packetdrill/file.h"

namespace dualsim::packetdrill {

// What epoll_create() made: files, by their numbers, and what of them is waited for. Level
// triggered, EPOLLET, EPOLLONESHOT.
class Epoll final : public File {
 public:
  // EPOLL_CTL_ADD, MOD or DEL.
  Result Control(int operation, int fd, const std::shared_ptr<File>& file,
                 const epoll_event* event);
  // Writes at most `most` events; how many, or -EAGAIN where there is none.
  Result Collect(epoll_event* events, int most);

  short Ready() const override;

 private:
  struct Interest {
    std::weak_ptr<File> file;  // One that was closed is passed over, and forgotten.
    epoll_event event{};
    // The news that were there when it was told last (EPOLLET).
    bool told = false;
    bool disarmed = false;  // EPOLLONESHOT was told.
    uint64_t input_news = 0;
    uint64_t output_news = 0;
  };
  static uint32_t EventsOf(const Interest& interest, const File& file);

  std::map<int, Interest> interests_;
};

}  // namespace dualsim::packetdrill
