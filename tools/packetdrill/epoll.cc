#include "tools/packetdrill/epoll.h"

namespace dualsim::packetdrill {
namespace {

// Those that are told without being asked for.
constexpr uint32_t kAlways = EPOLLERR | EPOLLHUP;
// By direction, and what is no event.
constexpr uint32_t kInput = EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
constexpr uint32_t kOutput = EPOLLOUT | EPOLLWRNORM;
constexpr uint32_t kHow = EPOLLET | EPOLLONESHOT | EPOLLWAKEUP | EPOLLEXCLUSIVE;
static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLRDHUP == POLLRDHUP);

}  // namespace

Result Epoll::Control(int operation, int fd, const std::shared_ptr<File>& file,
                      const epoll_event* event) {
  if (file.get() == this) return -EINVAL;
  const auto found = interests_.find(fd);
  const bool there = found != interests_.end() && found->second.file.lock() == file;
  if (operation == EPOLL_CTL_DEL) {
    if (!there) return -ENOENT;
    interests_.erase(found);
    return 0;
  }
  if (event == nullptr) return -EFAULT;
  if (operation == EPOLL_CTL_ADD) {
    if (there) return -EEXIST;
    interests_[fd] = {.file = file, .event = *event};
    return 0;
  }
  if (operation != EPOLL_CTL_MOD) return -EINVAL;
  if (!there) return -ENOENT;
  found->second = {.file = file, .event = *event};
  return 0;
}

uint32_t Epoll::EventsOf(const Interest& interest, const File& file) {
  if (interest.disarmed) return 0;
  const uint32_t asked = interest.event.events & ~kHow;
  const auto ready = static_cast<uint16_t>(file.Ready());
  const uint32_t events = ready & (asked | kAlways);
  const bool edge = (interest.event.events & EPOLLET) != 0;
  if (!edge || !interest.told) return events;
  // News of the other direction are none, but for errors.
  const uint32_t matters = asked | (events & kAlways ? kInput | kOutput : 0);
  const bool input = interest.input_news != file.input_news && (matters & kInput) != 0;
  const bool output = interest.output_news != file.output_news && (matters & kOutput) != 0;
  return input || output ? events : 0;
}

Result Epoll::Collect(epoll_event* events, int most) {
  if (most <= 0) return -EINVAL;
  if (events == nullptr) return -EFAULT;
  std::erase_if(interests_, [](const auto& entry) { return entry.second.file.expired(); });
  int count = 0;
  for (auto& [fd, interest] : interests_) {
    if (count == most) break;
    const auto file = interest.file.lock();
    const uint32_t happened = EventsOf(interest, *file);
    if (happened == 0) continue;
    events[count++] = {.events = happened, .data = interest.event.data};
    interest.told = true;
    interest.input_news = file->input_news;
    interest.output_news = file->output_news;
    interest.disarmed = (interest.event.events & EPOLLONESHOT) != 0;
  }
  return count > 0 ? count : -EAGAIN;
}

short Epoll::Ready() const {
  for (const auto& [fd, interest] : interests_) {
    const auto file = interest.file.lock();
    if (file != nullptr && EventsOf(interest, *file) != 0) return POLLIN | POLLRDNORM;
  }
  return 0;
}

}  // namespace dualsim::packetdrill
