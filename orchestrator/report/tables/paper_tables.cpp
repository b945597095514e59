#include "orchestrator/report/tables/paper_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/number_text.h"
#include "base/text.h"

namespace pbn::report {
namespace {

constexpr const char* paper_note =
    "Rows \"paper\" are as published, rows \"measured here\" are from these runs. They are comparable only as far as "
    "data "
    "set, resolution, schedule and test agree. Parameters are in millions, training losses in thousandths, all other "
    "values in percent.";

// What is known of any PaperValue.
struct Measurement {
  std::optional<double> mean;
  std::optional<evaluation::Interval> interval;
  std::size_t n = 0;
};

Measurement measurement_of(const PaperValue& value) {
  if (const auto* stated = std::get_if<StatedNumber>(&value)) return {stated->value, {}, 1};
  if (const auto* spread = std::get_if<SeedSpread>(&value)) {
    return {spread->mean, spread->two.empty() ? spread->interval : std::nullopt, static_cast<std::size_t>(spread->n)};
  }
  if (const auto* difference = std::get_if<Comparison>(&value)) {
    return {difference->mean, difference->two.empty() ? difference->interval : std::nullopt,
            static_cast<std::size_t>(difference->n)};
  }
  return {};
}

std::string value_text(const PaperValue& value, const std::string& figure, bool is_difference, const PaperRow& row) {
  const Measurement number = measurement_of(value);
  if (!number.mean) return no_value;
  if (figure == "parameters") return fixed_text(*number.mean / 1e6, 2);
  const double scale = figure == "training_loss" ? 1000 : 1;
  std::string text = fixed_text(scale * *number.mean, 2, is_difference ? Sign::always : Sign::if_negative);
  if (row.is_published) return text;
  const std::string interval = number.interval ? fmt::format(" [{}, {}]", fixed_text(scale * number.interval->low, 2),
                                                             fixed_text(scale * number.interval->high, 2))
                                               : "";
  const std::size_t seeds = row.seeds.value_or(1);
  return text + interval + (number.n < seeds ? fmt::format(" ({}/{})", number.n, seeds) : "");
}

// "paper-table-6" of "Table 6"
std::string table_name(const std::string& place) {
  std::string name = "paper-";
  for (const char c : place) {
    if (std::isalnum(static_cast<unsigned char>(c))) name += static_cast<char>(std::tolower(c));
    if (c == ' ' && name.back() != '-') name += '-';
  }
  return name;
}

}  // namespace

std::vector<ReportTable> paper_tables(const Report& report) {
  std::vector<ReportTable> tables;
  for (const PaperComparison& comparison : report.pose->paper) {
    ReportTable table{table_name(comparison.place),
                      "Beside the paper's " + comparison.place,
                      comparison.title + ". " + paper_note,
                      {{"network", "source", "data", "pixels", "epochs", "test"}, {}}};
    for (const std::string& figure : comparison.figures) table.table.columns.push_back(figure);
    for (const PaperRow& row : comparison.rows) {
      std::vector<std::string> texts{one_line(row.label),        row.is_published ? "paper" : "measured here",
                                     one_line(row.data),         std::to_string(row.pixels),
                                     std::to_string(row.epochs), row.test};
      for (std::size_t i = 0; i < row.values.size(); ++i) {
        texts.push_back(value_text(row.values[i], comparison.figures[i], comparison.are_differences, row));
      }
      table.table.rows.push_back(std::move(texts));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace pbn::report
