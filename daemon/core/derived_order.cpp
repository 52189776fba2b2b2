#include "daemon/core/derived_order.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace telltale::core {

namespace {

// Whom each one looks at: (spec, reference).
using Edge = std::pair<std::size_t, std::size_t>;

std::vector<std::vector<Edge>> edges_of(const std::vector<DerivedSpec>& specs) {
  std::unordered_map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < specs.size(); ++i) by_name.emplace(specs[i].name, i);
  std::vector<std::vector<Edge>> edges(specs.size());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].expression) continue;
    const auto& references = specs[i].expression->references;
    for (std::size_t r = 0; r < references.size(); ++r) {
      const std::string& text = references[r].selector.text();
      const std::string_view plain = std::string_view(text).substr(0, text.find_first_of("{@*?"));
      if (plain.size() == text.size() || text[plain.size()] == '@') {
        const auto found = by_name.find(std::string(plain));
        if (found != by_name.end()) edges[i].emplace_back(found->second, r);
        continue;
      }
      for (const auto& [name, index] : by_name) {
        if (references[r].selector.matches_name(name)) edges[i].emplace_back(index, r);
      }
    }
    std::sort(edges[i].begin(), edges[i].end());
  }
  return edges;
}

// Goes down the edges without the stack of this thread: a configuration may chain a thousand.
struct Walk {
  explicit Walk(const std::vector<DerivedSpec>& given) : specs(given), edges(edges_of(given)), marks(given.size(), 0) {
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (marks[i] == 0) go(i);
    }
  }

  void go(std::size_t from) {
    std::vector<std::pair<std::size_t, std::size_t>> trail{{from, 0}};
    marks[from] = 1;
    while (!trail.empty()) {
      auto& [node, next] = trail.back();
      if (next == edges[node].size()) {
        marks[node] = 2;
        order.push_back(node);
        trail.pop_back();
        continue;
      }
      const auto [target, reference] = edges[node][next++];
      if (marks[target] == 0) {
        marks[target] = 1;
        trail.emplace_back(target, 0);
      } else if (marks[target] == 1) {
        DerivedCircle circle;
        circle.spec = node;
        circle.reference = reference;
        bool inside = false;
        for (const auto& step : trail) {
          inside = inside || step.first == target;
          if (inside) circle.names.push_back(specs[step.first].name);
        }
        circle.names.push_back(specs[target].name);
        circles.push_back(std::move(circle));
      }
    }
  }

  const std::vector<DerivedSpec>& specs;
  std::vector<std::vector<Edge>> edges;
  std::vector<int> marks;
  std::vector<std::size_t> order;
  std::vector<DerivedCircle> circles;
};

}  // namespace

std::vector<DerivedCircle> circles_of(const std::vector<DerivedSpec>& specs) { return Walk(specs).circles; }

std::vector<std::size_t> order_of(const std::vector<DerivedSpec>& specs) { return Walk(specs).order; }

}  // namespace telltale::core
