// A grid file, which describes a study as settings that vary (docs/grids.md is its manual): as it was written, with the
// options of the command line, before it is planned (orchestrator/grid/sweep.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluation/seed_rule.h"
#include "orchestrator/grid/program_files.h"

namespace pbn::grid {

struct Setting {
  Json value;
  std::string where;  // file:line:column, or the option that gave it
};
using Settings = std::map<std::string, Setting>;  // by the key's dotted path

struct Axis {
  std::string path;
  std::vector<Setting> values;
  int zip = 0;  // neighbouring axes of a block with the same number, other than 0, take their values together
};
using Block = std::vector<Axis>;

// Holds for a cell if each key has one of the values given here. A key that the cell does not use has no value.
struct Condition {
  std::vector<Axis> keys;
  std::string where;
};

// The program that performs a run, started as COMMAND... --run DIR (docs/external-worker.md), or as the words of a
// script. With neither it is pbn_worker.
struct Worker {
  std::vector<std::string> command{};
  int ranks = 1;                    // of an external worker, as are the next; pbn_worker has settings
  Json resources = Json::object();  // given ones of {"threads", "device", "checkpoint_seconds"}, as config/schema.h has
  std::vector<std::string> script{};  // words with {names} (orchestrator/grid/script_words.h)
  std::string script_where{};
  std::string result_file{};         // of a script, in the run's folder; empty: metrics.jsonl
  std::vector<FilePattern> files{};  // of its program, in `folder`, which is relative to the grid's
  std::string folder{};
  bool is_copied = true;   // an attempt runs copies of the files; else the files, if they are what they were
  std::string version{};   // of what `files` cannot list
  ProgramFiles program{};  // the files that were found

  bool is_external() const { return !command.empty() || is_script(); }
  bool is_script() const { return !script.empty(); }
  bool runs_copies() const { return program.is_listed() && is_copied; }
  int threads() const { return resources.value("threads", 1); }  // of a rank
  bool wants_device() const { return resources.value("device", "auto") != "cpu"; }

  // run.ranks, run.threads, run.device and run.checkpoint_seconds, which mean the same as with pbn_worker.
  static const std::vector<std::string>& resource_keys();

  // Takes one of these. Throws usage errors placed at `where` for other keys.
  void set(const std::string& path, const Json& value, const std::string& where);

  // What of an external worker is in its runs' identity: {"command"} or {"script"}, "result", "files" (the digest) and
  // "version", without those that are not given.
  Json identity() const;
};

// Options of the command line that change a grid.
struct GridOptions {
  std::vector<std::string> set{};   // --set "key=value": overrides every other value of the key
  std::vector<std::string> only{};  // --only "key=value,value": selects the cells for which all conditions hold
  std::string seeds{};              // --seeds "1..5,9" instead of the grid's; empty: the grid's
  std::string base{};               // --base FILE instead of the grid's; empty: the grid's

  bool any() const { return !set.empty() || !only.empty() || !seeds.empty() || !base.empty(); }
};

// Describes data files that do not exist yet, so that sizes can be computed. Ignored once the files exist.
struct ExpectedData {
  std::string skeleton;  // as config/skeleton.h names it
  int box_pixels = 0;
};

enum class Better { unknown, higher, lower };

// A figure that a study asks about.
struct AskedFigure {
  Setting name;  // null: the headline figure of the data
  Better better = Better::unknown;
  std::optional<double> margin;  // a smaller difference does not matter
};

struct Question {
  AskedFigure figure;                         // the metric
  std::optional<AskedFigure> also;            // a second one, with the defaults of the first
  double alpha = evaluation::accepted_error;  // of any false verdict
  bool is_stated = false;                     // the grid says more than the metric's name
};

struct Grid {
  std::string file;
  std::string text;  // the file's content
  std::string base_file, base_text;
  GridOptions options;
  std::string name;
  Worker worker;
  Settings base;                             // from --set, the grid, or the base file, in this order of precedence
  std::vector<std::uint32_t> seeds;          // under a rule: all that it may ask for
  std::optional<evaluation::SeedRule> rule;  // of how many seeds each cell gets
  Settings baseline;                         // empty: none
  std::vector<Block> blocks;                 // at least one
  std::vector<Condition> exclude, only;
  Question question;
  bool is_illustration = false;  // the study shows something and is not meant to decide it
  std::optional<ExpectedData> expected;

  // The number of cells in a block before exclusion, and the settings of one of them. Equal cells are merged later,
  // when defaults and data are known (orchestrator/grid/sweep.h).
  static std::size_t count_cells(const Block& block);
  Settings settings_of(const Block& block, std::size_t cell) const;
};

// Calls visit(path, setting) for every setting of the base and the blocks.
void for_each_setting(const Grid& grid, const auto& visit) {
  for (const auto& [path, setting] : grid.base) visit(path, setting);
  for (const Block& block : grid.blocks) {
    for (const Axis& axis : block) {
      for (const Setting& setting : axis.values) visit(axis.path, setting);
    }
  }
}

// The values that a cell of a block takes, one per axis, the last axis first. The last axis (or zip) varies fastest.
struct Choice {
  const Axis* axis;
  const Setting* setting;
};
std::vector<Choice> choices_of(const Block& block, std::size_t cell);

// Throw usage errors with file:line:column and a suggestion for unknown or duplicate keys, for values of a wrong type
// or out of range, and for grids of more than a million cells or ten million runs.
Grid read_grid(const std::filesystem::path& file, const GridOptions& options = {});
Grid parse_grid(const std::string& text, const std::string& file, const GridOptions& options = {});

// A grid as the folder of its sweep keeps it (orchestrator/runs/sweep_record.h).
struct RecordedGrid {
  std::string name;                  // of the grid, with that of its base
  std::string file, text;            // places in messages are in this file
  std::string base_file, base_text;  // empty: no base
  ProgramFiles program;              // as they were when the sweep was started
};
Grid parse_grid(const RecordedGrid& recorded, const GridOptions& options);

}  // namespace pbn::grid
