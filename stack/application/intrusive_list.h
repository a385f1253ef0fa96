#pragma once

namespace dualsim::application {

// A place in a list that its owner holds itself, so that joining and leaving
// allocate nothing; leaves by itself when it is destroyed.
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { Unlink(); }

  bool linked() const { return next_ != this; }
  // Right where it is in no list, too.
  void Unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

 private:
  template <typename T>
  friend class IntrusiveList;

  ListNode* previous_ = this;
  ListNode* next_ = this;
};

// The nodes in the order in which they joined. T derives from ListNode. Owns
// none of them; those that are left when it is destroyed are in no list then.
template <typename T>
class IntrusiveList {
 public:
  IntrusiveList() = default;
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (!empty()) front().Unlink();
  }

  bool empty() const { return !ends_.linked(); }
  // Require !empty().
  T& front() { return static_cast<T&>(*ends_.next_); }
  T& back() { return static_cast<T&>(*ends_.previous_); }
  // Leaves the list that it is in first.
  void PushBack(T& element) {
    ListNode& node = element;
    node.Unlink();
    node.previous_ = ends_.previous_;
    node.next_ = &ends_;
    ends_.previous_->next_ = &node;
    ends_.previous_ = &node;
  }

 private:
  ListNode ends_;
};

}  // namespace dualsim::application
