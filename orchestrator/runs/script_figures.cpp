#include "orchestrator/runs/script_figures.h"

#include <array>
#include <cmath>
#include <sstream>
#include <string_view>

#include "base/error.h"
#include "base/files.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr const char* usual_file = "metrics.jsonl";
constexpr std::array progress_entries{"epoch", "epochs", "step", "steps", "images_per_second", "seconds_left"};

std::string result_file_of(const Json& config) {
  const Json& file = at_path(config, "worker.result");
  return file.is_string() ? file.get<std::string>() : usual_file;
}

void put_aside(const fs::path& file) {
  if (fs::is_regular_file(file)) fs::rename(file, file.string() + ".earlier");
}

std::string last_line_of(const std::string& text) {
  std::istringstream lines(text);
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

void collect_figures(const Json& object, const std::string& prefix, Json& figures) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) collect_figures(value, prefix + name + ".", figures);
    if (value.is_number() && std::isfinite(value.get<double>())) figures[prefix + name] = value;
  }
}

Json figures_in_file(const std::string& name, const fs::path& file) {
  const auto text = read_file_if_there(file);
  if (!text) {
    throw data_error(name, "have the script write its figures there, or name its file: result: {file: out.json}",
                     "the script ended without this file in its run's folder");
  }
  const Json content = parse_json(name.ends_with(".jsonl") ? last_line_of(*text) : *text, name);
  Json figures = Json::object();
  if (content.is_object()) collect_figures(content, "", figures);
  if (name == usual_file) {
    for (const char* entry : progress_entries) figures.erase(entry);
  }
  if (figures.empty()) {
    throw data_error(name, R"(for example {"error": 0.25})", "{} has no number that could be a figure",
                     name.ends_with(".jsonl") ? "its last line" : "it");
  }
  return figures;
}

}  // namespace

bool is_script(const Json& config) { return at_path(config, "worker.script").is_array(); }

void prepare_for_script(const Json& config, const fs::path& run_folder) {
  const std::string name = result_file_of(config);
  std::error_code missing;
  const bool has_checkpoint = fs::directory_iterator(run_folder / "ckpt", missing) != fs::directory_iterator();
  if (name != usual_file) {
    make_writable_folder((run_folder / name).parent_path());
    put_aside(run_folder / name);
  }
  if (!has_checkpoint) put_aside(run_folder / usual_file);
}

void publish_script_figures(const Json& config, const fs::path& run_folder, const Json& measured) {
  const std::string name = result_file_of(config);
  const Json result = {{"run", config.at("run")},
                       {"seed", config.at("seed")},
                       {"outcome", {{"figures", figures_in_file(name, run_folder / name)}}},
                       {"measured", measured}};
  publish_once(run_folder / "result.json", result.dump(1) + "\n");
}

}  // namespace pbn::runs
