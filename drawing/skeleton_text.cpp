#include "drawing/skeleton_text.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "base/number_text.h"
#include "base/table.h"

namespace pbn::drawing {
namespace {

const std::string& part_at(const config::Skeleton& skeleton, int part) {
  return skeleton.parts[static_cast<std::size_t>(part)];
}

std::string reference_text(const config::Skeleton& skeleton) {
  if (skeleton.reference_ends.empty()) return "the size of the " + skeleton.reference;
  const auto& [a, b] = skeleton.reference_ends.front();
  return fmt::format("the distance of {} and {}", part_at(skeleton, a), part_at(skeleton, b));
}

Table table_of_parts(const config::Skeleton& skeleton) {
  Table table{{"part", "mirror image", "sigma"}, {}};
  const std::vector<int> mirrored = skeleton.mirrored();
  for (std::size_t part = 0; part < skeleton.parts.size(); ++part) {
    const bool has_partner = mirrored[part] != static_cast<int>(part);
    table.rows.push_back({skeleton.parts[part], has_partner ? part_at(skeleton, mirrored[part]) : "-",
                          skeleton.sigmas.empty() ? "-" : significant_text(skeleton.sigmas[part], 3)});
  }
  table.remove_columns_of("-");
  return table;
}

// A mean of all parts, or the names of its parts.
std::string mean_line(const config::Skeleton& skeleton, const config::PartMean& mean) {
  std::string parts;
  for (const int part : mean.parts) parts += (parts.empty() ? "" : ", ") + part_at(skeleton, part);
  if (std::ssize(mean.parts) == skeleton.size()) parts = "all parts";
  return fmt::format("  {}{}: {}\n", mean.name, mean.pooled ? " (pooled)" : "", parts);
}

}  // namespace

std::string skeleton_text(const config::Skeleton& skeleton) {
  std::string text = fmt::format("skeleton {}: {}; PCK divides distances by {}\n\n", skeleton.name,
                                 counted(skeleton.size(), "part"), reference_text(skeleton));
  text += table_of_parts(skeleton).for_terminal();
  if (!skeleton.limbs.empty()) text += "\nlimbs\n";
  for (const auto& [a, b] : skeleton.limbs) {
    text += fmt::format("  {} to {}\n", part_at(skeleton, a), part_at(skeleton, b));
  }
  text += "\nmeans\n";
  for (const config::PartMean& mean : skeleton.means) text += mean_line(skeleton, mean);
  return text;
}

}  // namespace pbn::drawing
