// Whether this build watches itself with a sanitizer, whose runtime needs what isolation takes away: terabytes of
// address space (no RLIMIT_AS), ptrace and a helper process of its own at exit, its own handler of crashes.
#pragma once

namespace telltale::host {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace telltale::host
