#include "daemon/provision/round.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "daemon/core/escape.h"
#include "daemon/core/units.h"
#include "daemon/core/utf8.h"

namespace telltale::provision {

namespace {

using What = RoundEnd::What;

constexpr std::size_t kMostWhy = 500;  // bytes of what is remembered

std::string cut(std::string_view why) { return std::string(core::cut_utf8(core::escape_line(why), kMostWhy)); }

bool is_known(const Sealed& sealed, const std::vector<PublicKey>& keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const PublicKey& key) { return verify(sealed.covered, sealed.signature, key); });
}

std::string failed_text(const State::Failed& failed) {
  return fmt::format("serial {} could not be taken ({}): a newer one is waited for", failed.serial, failed.why);
}

RoundEnd nothing_new(const State& state) {
  if (state.failed) return {What::kFailed, failed_text(*state.failed)};
  return {What::kNothingNew, fmt::format("nothing new: serial {}", state.serial)};
}

// Without what is remembered, what is in place says which one it is, when somebody we know has signed it.
void learn_from_present(State& state, const Round& round) {
  if (state.serial != 0) return;
  const auto present = round.place.present();
  if (!present) return;
  const auto sealed = open_seal(*present);
  if (!sealed || !is_known(*sealed, round.keys)) return;
  const auto head = read_head(sealed->covered);
  if (!head || !head->is_for(round.device)) return;
  state.serial = head->serial;
  state.digest = digest_of(*present);
}

RoundEnd taken(State& state, const Judged& judged, const std::string& text, const Taken& how, core::WallTime now) {
  state.serial = judged.serial;
  state.digest = digest_of(text);
  state.taken = core::format_time(now);
  state.restart_needed = how.restart_needed;
  state.failed.reset();
  state.trying.reset();
  std::string said = fmt::format("serial {} is taken over", judged.serial);
  if (how.all_of_it) {
    said =
        fmt::format("serial {} is in place: the daemon does not run, and takes it over when it starts", judged.serial);
  } else if (how.restart_needed) {
    said += "; device, server, storage, windows and counters at the daemon's next start";
  }
  return {What::kTaken, said};
}

RoundEnd failed(State& state, const Judged& judged, const std::string& text, std::string_view why, core::WallTime now) {
  state.failed = State::Failed{judged.serial, digest_of(text), core::format_time(now), cut(why)};
  state.trying.reset();
  return {What::kFailed, failed_text(*state.failed)};
}

core::Result<RoundEnd> take(Round& round, State& state, const Judged& judged, const std::string& text) {
  if (round.dry_run) {
    if (auto checked = round.place.check(text); !checked) {
      if (checked.error().code != core::ErrorCode::kInvalid) return checked.error();
      return RoundEnd{What::kFailed, checked.error().text()};
    }
    return RoundEnd{What::kWouldBeTaken, fmt::format("serial {} would be taken over", judged.serial)};
  }
  const bool known = state.trying && state.trying->serial == judged.serial;
  state.trying = State::Trying{judged.serial, known ? state.trying->times + 1 : 1};
  if (state.trying->times > kMostTimes && !round.again) {
    return failed(state, judged, text, fmt::format("{} rounds with it were cut short", kMostTimes),
                  round.clock.wall_now());
  }
  if (auto saved = save_state(round.state_directory, state); !saved) return saved.error();
  const auto done = round.place.take(text);
  if (done) return taken(state, judged, text, *done, round.clock.wall_now());
  const core::ErrorCode code = done.error().code;
  if (code != core::ErrorCode::kInvalid && code != core::ErrorCode::kInternal) {
    state.trying.reset();  // it was not cut short: it will be tried again
    return done.error();
  }
  return failed(state, judged, text, done.error().text(), round.clock.wall_now());
}

core::Result<RoundEnd> go(Round& round, State& state) {
  learn_from_present(state, round);
  std::string source = digest_of(round.source + '\n' + round.device);
  for (const PublicKey& key : round.keys) source = digest_of(source + key.bytes);
  const bool same_source = state.etag_of == source && !round.again && state.serial + (state.failed ? 1 : 0) > 0;
  auto fetched = round.fetch(same_source ? state.etag : std::string());
  if (!fetched) return fetched.error();
  if (fetched->what == Fetched::What::kNone) return RoundEnd{What::kNone, "there is nothing for " + round.device};
  if (fetched->what == Fetched::What::kSame) return nothing_new(state);
  const Judged judged = judge(fetched->text, {round.keys, round.device, state, round.clock, round.again});
  if (!judged.warning.empty()) round.warn(judged.warning);
  if (judged.what == What::kRefused) {
    state.etag.clear();  // it may be another's fault, or the clock's: looked at again
    return RoundEnd{What::kRefused, judged.why};
  }
  auto end = judged.what == What::kTaken ? take(round, state, judged, fetched->text)
                                         : core::Result<RoundEnd>(RoundEnd{judged.what, judged.why});
  if (end) {
    state.etag = fetched->etag;
    state.etag_of = source;
  }
  return end;
}

}  // namespace

Judged judge(std::string_view document, const JudgeView& view) {
  const auto sealed = open_seal(document);
  if (!sealed) return {What::kRefused, "what is there " + sealed.error().text(), {}, 0};
  if (!is_known(*sealed, view.keys)) {
    return {What::kRefused, "none of this device's keys has signed what is there, or it was changed afterwards", {}, 0};
  }
  const auto head = read_head(sealed->covered);
  if (!head) return {What::kRefused, "the head of what is there: " + head.error().text(), {}, 0};
  Judged judged;
  judged.serial = head->serial;
  const auto refuse = [&](std::string why) {
    judged.what = What::kRefused;
    judged.why = fmt::format("serial {} {}", head->serial, why);
    return judged;
  };
  if (!head->is_for(view.device)) return refuse("is for other devices, not for " + view.device);
  const State& state = view.state;
  if (head->serial == state.serial && digest_of(document) == state.digest) {
    judged.what = What::kNothingNew;
    judged.why = fmt::format("nothing new: serial {}", head->serial);
    return judged;
  }
  if (head->serial == state.serial) return refuse("was taken already, with another content: it needs a greater serial");
  if (head->serial < state.serial) return refuse(fmt::format("is older than {}, which was taken", state.serial));
  if (head->until && !view.clock.synchronised()) {
    judged.warning = "'until' is not looked at: the clock is not synchronised";
  } else if (head->until && view.clock.wall_now() > *head->until) {
    return refuse("was good until " + core::format_time(*head->until));
  }
  if (state.failed && head->serial <= state.failed->serial && !view.again) {
    judged.what = What::kFailed;
    judged.why = failed_text(*state.failed);
  }
  return judged;
}

core::Result<RoundEnd> run_round(Round& round) {
  const auto lock = lock_state(round.state_directory);
  if (!lock) return lock.error();
  auto state = load_state(round.state_directory);
  if (!state) return state.error();
  const State before = *state;
  auto end = go(round, *state);
  if (round.dry_run) return end;
  const std::string outcome = cut(end ? end->text : end.error().text());
  if (outcome != state->outcome) {
    state->outcome = outcome;
    state->since = core::format_time(round.clock.wall_now());
  }
  // What says the same as before is not written anew: cards wear out.
  if (*state == before) return end;
  if (auto saved = save_state(round.state_directory, *state); !saved) return saved.error();
  return end;
}

}  // namespace telltale::provision
