#include "daemon/net/connections.h"

#include <vector>

namespace telltale::net {

namespace {

// Neither this machine nor a proxy: an address that may not have all there is.
bool counts_alone(const Peer& peer) { return peer.kind == PeerKind::kOther && !peer.proxy; }

}  // namespace

Connections::Seat::Seat(std::shared_ptr<Connections> owner, Peer peer)
    : owner_(std::move(owner)), peer_(std::move(peer)) {
  ++owner_->seats_;
  if (counts_alone(peer_)) ++owner_->by_address_[peer_.address];
  if (owner_->counters_ != nullptr) owner_->counters_->connections = owner_->seats_;
}

Connections::Seat::~Seat() {
  --owner_->seats_;
  if (counts_alone(peer_)) {
    const auto found = owner_->by_address_.find(peer_.address);
    if (--found->second == 0) owner_->by_address_.erase(found);
  }
  if (owner_->counters_ != nullptr) owner_->counters_->connections = owner_->seats_;
}

Connections::Turn::Turn(std::shared_ptr<Connections> owner, Peer peer)
    : owner_(std::move(owner)), peer_(std::move(peer)) {
  ++owner_->turns_;
  ++owner_->turns_by_address_[peer_.address];
}

Connections::Turn::~Turn() {
  --owner_->turns_;
  const auto found = owner_->turns_by_address_.find(peer_.address);
  if (--found->second == 0) owner_->turns_by_address_.erase(found);
}

Connections::Wait::Wait(std::shared_ptr<Connections> owner) : owner_(std::move(owner)) {
  owner_->pace_.begin_to_wait();
  if (owner_->counters_ != nullptr) ++owner_->counters_->handshakes_delayed;
}

Connections::Wait::~Wait() { owner_->pace_.end_to_wait(); }

std::unique_ptr<Connections::Wait> Connections::wait_for_handshake(const Peer& peer, core::BootTime now) {
  if (pace_.admit(peer.address, counts_alone(peer), now)) return nullptr;
  return std::make_unique<Wait>(shared_from_this());
}

bool Connections::wait_is_over(const Peer& peer, core::BootTime now) {
  return pace_.admit_waiting(peer.address, counts_alone(peer), now);
}

std::unique_ptr<Connections::Turn> Connections::take_turn(const Peer& peer) {
  const auto found = turns_by_address_.find(peer.address);
  const bool often =
      counts_alone(peer) && found != turns_by_address_.end() && found->second >= limits_.handshakes_per_address;
  if (often || turns_ >= limits_.handshakes) {
    if (counters_ != nullptr) ++counters_->turned_away;
    return nullptr;
  }
  return std::make_unique<Turn>(shared_from_this(), peer);
}

// This machine's own connections, and those of proxies, have no limit per address: they speak for many. The command
// line tool gets in even when the network has taken every seat.
std::unique_ptr<Connections::Seat> Connections::admit(Peer peer) {
  constexpr std::size_t kReserve = 16;
  const std::size_t limit = limits_.connections + (peer.kind == PeerKind::kUnixSocket ? kReserve : 0);
  bool room = seats_ < limit;
  if (counts_alone(peer)) {
    const auto found = by_address_.find(peer.address);
    if (found != by_address_.end() && found->second >= limits_.per_address) room = false;
  }
  if (!room) {
    if (counters_ != nullptr) ++counters_->turned_away;
    return nullptr;
  }
  if (counters_ != nullptr) ++counters_->accepted;
  return std::make_unique<Seat>(shared_from_this(), std::move(peer));
}

// Over copies: whoever closes leaves the set.
void Connections::sweep(core::BootTime now) {
  const std::vector<std::shared_ptr<Connection>> all(open_.begin(), open_.end());
  for (const auto& connection : all) connection->sweep(now);
}

void Connections::finish() {
  const std::vector<std::shared_ptr<Connection>> all(open_.begin(), open_.end());
  for (const auto& connection : all) connection->finish();
}

void Connections::abort() {
  const std::vector<std::shared_ptr<Connection>> all(open_.begin(), open_.end());
  for (const auto& connection : all) connection->abort();
}

}  // namespace telltale::net
