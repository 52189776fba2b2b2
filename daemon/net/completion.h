// What is called once when an operation on a connection ends: asio's handlers, which can only be moved, under one type.
// So that TLS is compiled in one place and not once for every kind of handler. Net thread.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include <boost/system/error_code.hpp>

namespace telltale::net {

class Completion {
 public:
  template <class Handler>
  static Completion of(Handler&& handler) {
    return Completion(std::make_unique<Holder<std::decay_t<Handler>>>(std::forward<Handler>(handler)));
  }
  // At most once.
  void operator()(boost::system::error_code error, std::size_t bytes) {
    const std::unique_ptr<Base> base = std::move(base_);
    base->call(error, bytes);
  }

 private:
  struct Base {
    Base() = default;
    Base(const Base&) = delete;
    Base& operator=(const Base&) = delete;
    virtual ~Base() = default;
    virtual void call(boost::system::error_code error, std::size_t bytes) = 0;
  };
  template <class Handler>
  struct Holder final : Base {
    explicit Holder(Handler given) : handler(std::move(given)) {}
    void call(boost::system::error_code error, std::size_t bytes) override { std::move(handler)(error, bytes); }
    Handler handler;
  };
  explicit Completion(std::unique_ptr<Base> base) : base_(std::move(base)) {}

  std::unique_ptr<Base> base_;
};

}  // namespace telltale::net
