#include "orchestrator/report/paper_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/number_text.h"
#include "base/text.h"

namespace pbn {
namespace {

constexpr const char* note =
    "Rows \"paper\" are as published, rows \"measured here\" are from these runs: compare them only as far as data "
    "set, "
    "resolution, schedule and test are the same. Parameters in millions, training losses in thousandths, all else in "
    "percent.";

std::string value_text(const Json& value, const std::string& figure, bool is_difference, bool is_paper,
                       std::size_t seeds) {
  if (value.is_null() || value["n"] == 0 || !value["mean"].is_number()) return "–";
  const double mean = value["mean"];
  if (figure == "parameters") return fixed_text(mean / 1e6, 2);
  const double scale = figure == "training_loss" ? 1000 : 1;
  const std::string number = fixed_text(scale * mean, 2, is_difference ? Sign::always : Sign::if_negative);
  if (is_paper) return number;
  const std::string half = value.contains("low")
                               ? fmt::format(" [{}, {}]", fixed_text(scale * value["low"].get<double>(), 2),
                                             fixed_text(scale * value["high"].get<double>(), 2))
                               : "";
  const std::size_t n = value["n"];
  return number + half + (n < seeds ? fmt::format(" ({}/{})", n, seeds) : "");
}

// "table-6" of "Table 6"
std::string name_of(const std::string& place) {
  std::string name = "paper-";
  for (const char c : place) {
    if (std::isalnum(static_cast<unsigned char>(c))) name += static_cast<char>(std::tolower(c));
    if (c == ' ' && name.back() != '-') name += '-';
  }
  return name;
}

}  // namespace

std::vector<ReportTable> paper_tables(const Json& aggregate) {
  std::vector<ReportTable> tables;
  for (const Json& finding : aggregate["outcome"]["paper"]) {
    const std::string place = finding["place"], title = finding["title"];
    ReportTable table{name_of(place),
                      "Beside the paper's " + place,
                      title + ". " + note,
                      {{"network", "source", "data", "pixels", "epochs", "test"}, {}}};
    for (const Json& figure : finding["figures"]) table.table.columns.push_back(figure);
    for (const Json& row : finding["rows"]) {
      const bool is_paper = row["source"] == "paper";
      std::vector<std::string> texts;
      for (const char* name : {"label", "source", "data"}) texts.push_back(one_line(row[name].get<std::string>()));
      for (const char* name : {"pixels", "epochs"}) texts.push_back(row[name].dump());
      texts.push_back(row["test"]);
      for (std::size_t i = 0; i < row["values"].size(); ++i) {
        texts.push_back(value_text(row["values"][i], finding["figures"][i], finding["differences"], is_paper,
                                   row.value("seeds", 1u)));
      }
      table.table.rows.push_back(std::move(texts));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace pbn
