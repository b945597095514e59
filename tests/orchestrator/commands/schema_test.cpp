// The schemas of `pbn schema` agree with pbn: by them, Python takes and refuses the same files (check_schema.py).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "orchestrator/grid/grid.h"
#include "orchestrator/grid/grid_reader.h"
#include "orchestrator/slurm/profile.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"
#include "tests/python.h"
#include "tests/tutorial.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> kinds{"grid", "base", "profile"};

CommandOutcome schema_of(const std::string& kind) { return run_program({built_program("pbn"), "schema", kind}); }

bool pbn_takes(const std::string& kind, const std::string& text) {
  try {
    if (kind == "profile") {
      slurm::parse_slurm_profile(text, "file.yaml");
    } else if (kind == "base") {
      grid::read_base_text(text, "file.yaml");
    } else {
      grid::read_grid_text(text, "file.yaml");
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

// The files that a test checks by the schemas, all of one kind at once, since a start of Python takes a second.
class Schema : public testing::Test {
 protected:
  void SetUp() override {
    if (python_.empty()) GTEST_SKIP() << "needs Debian's python3-jsonschema and python3-ruamel.yaml";
  }

  void add(const std::string& kind, const std::string& name, const std::string& text) {
    const fs::path file = folder_ / fmt::format("{}-{}.yaml", kind, ++files_);
    write_atomically(file, text);
    given_[kind].push_back(file.string());
    names_[file.string()] = name;
  }

  // The names of the files that the schema refuses.
  std::set<std::string> refused(const std::string& kind) {
    write_atomically(folder_ / "schema.json", schema_of(kind).output);
    std::vector<std::string> command{python_, checker_.string(), (folder_ / "schema.json").string()};
    command.insert(command.end(), given_[kind].begin(), given_[kind].end());
    const CommandOutcome outcome = run_program(command);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    std::set<std::string> names;
    const Json mistakes = parse_json(outcome.output, "check_schema.py");
    for (const auto& [file, message] : mistakes.items()) {
      names.insert(names_.at(file));
      messages_ += names_.at(file) + ": " + message.get<std::string>() + "\n";
    }
    return names;
  }

  const TemporaryFolder folder_;
  const std::string python_ = python_with("jsonschema, ruamel.yaml");
  const fs::path checker_ = source_folder() / "tests/orchestrator/commands/check_schema.py";
  std::map<std::string, std::vector<std::string>> given_;
  std::map<std::string, std::string> names_;
  std::string messages_;
  int files_ = 0;
};

TEST_F(Schema, TakesTheGridsAndProfilesOfTheProject) {
  int grids = 0;
  for (const auto& entry : fs::recursive_directory_iterator(source_folder() / "experiments")) {
    if (entry.path().extension() != ".yaml" || entry.path().filename() == "paper.yaml") continue;
    const bool is_base = entry.path().parent_path().filename() == "bases";
    add(is_base ? "base" : "grid", entry.path().filename().string(), read_file(entry.path()));
    ++grids;
  }
  EXPECT_GE(grids, 18);
  add("profile", "profile-example.yaml", read_file(source_folder() / "slurm/profile-example.yaml"));
  for (const std::string& kind : kinds) EXPECT_THAT(refused(kind), IsEmpty()) << messages_;
}

TEST_F(Schema, TakesEveryBlockOfYamlInTheDocumentsThatPbnTakes) {
  int blocks = 0;
  for (const auto& entry : fs::recursive_directory_iterator(source_folder() / "docs")) {
    if (entry.path().extension() != ".md") continue;
    for (const TutorialBlock& block : blocks_of(entry.path())) {
      if (block.language != "yaml" && !block.file.ends_with(".yaml")) continue;
      for (const std::string& kind : kinds) {
        if (!pbn_takes(kind, block.text)) continue;
        add(kind, fmt::format("{}:{}", entry.path().filename().string(), block.line), block.text);
        ++blocks;
      }
    }
  }
  EXPECT_GE(blocks, 20);
  for (const std::string& kind : kinds) EXPECT_THAT(refused(kind), IsEmpty()) << messages_;
}

TEST_F(Schema, TakesEveryWayToWriteAnEntry) {
  const std::vector<std::string> grids{
      "train.augment: {scale: 0.1}",
      "train: {augment.scale: 0.1, drops: 5}",
      "baseline: {model.head: [plain]}",
      "cells: [{train.drops: [0.5, 0.9]}, {train: {drops: [[0.5], [0.9]]}}, {}]",
      "cells: [{zip: {model.depth: [1, 2], model.width: [16, 32]}}, {zip: [{test.flip: [true, false]}]}]\nseeds: "
      "1,3,7..9",
      "cells: [{model.groups: [[r-ankle], [l-ankle]]}, {model.groups: [{related: 5}, body-6]}]",
      "cells: [{train.mean: [[0.1, 0.2, 0.3], mpii]}, {train.mean: [0.1, 0.2, 0.3]}]",
      "worker: {command: [python3, 1]}\nsettings: {a: {b: [1, 2]}}\ncells: [{settings: {c.d: [1, x]}, settings.e: 1}]",
      "worker: {script: 'train.py --rate {rate}', files: train.py, copy: false}\nresult: {file: out.json}\n"
      "settings.rate: 1\nrun: {threads: 2, ranks: 2}\nrun.device: cpu",
      "metric: {better: lower, margin: 0.5, also: seconds}\nseeds: [1, 3..5]\nname: 2024"};
  for (const std::string& text : grids) {
    EXPECT_TRUE(pbn_takes("grid", text)) << text;
    add("grid", text, text);
  }
  const std::vector<std::string> profiles{"time: 90\nmail: {on: [End, fail]}", "time: 2-00:00\nmpi: pmi2",
                                          "time: auto\nmemory: auto\narray: {runs_per_element: auto}\n"
                                          "node: {cpus: 64, memory: 500G}",
                                          "time: 90\ncontainer: {image: a.sif, bind: [/data], gpus: true}"};
  for (const std::string& text : profiles) {
    EXPECT_TRUE(pbn_takes("profile", text)) << text;
    add("profile", text, text);
  }
  for (const char* kind : {"grid", "profile"}) EXPECT_THAT(refused(kind), IsEmpty()) << messages_;
}

TEST_F(Schema, RefusesWhatPbnRefuses) {
  const std::map<std::string, std::vector<std::string>> wrong{
      {"grid",
       {"modle: {depth: 1}",
        "model: {dept: 1}",
        "model.depth: one",
        "model: {depth: 4}",
        "model: {width: 6}",
        "model: {head: pnb}",
        "train: {drops: [-1]}",
        "train: {mean: [0.1, 0.2]}",
        "train:",
        "test: {flip: 1}",
        "data: {validation: [a.h5]}",
        "model: {groups: {from: a.h5}}",
        "seed: 1",
        "seeds: []",
        "seeds: [1, 1]",
        "seeds: 1-5",
        "seeds: {least: 5}\nbaseline: {model.head: plain}",
        "seeds: {until: decided, least: 1}\nbaseline: {model.head: plain}",
        "seeds: {until: decided}",
        "metric: {beter: lower}",
        "metric: {name: error, better: lowest}",
        "metric: {margin: 0}",
        "metric: {name: error, also: {margin: 1}}",
        "illustration: maybe",
        "expected: {skeleton: mpii16}",
        "expected: {skeleton: mpii17, box_pixels: 256}",
        "expected: {skeleton: mpii16, box_pixels: 100}",
        "cells: {model.depth: 1}",
        "cells: []",
        "cells: [{model.depth: []}]",
        "cells: [{model.depth: [1, 9]}]",
        "cells: [{model: {head: [plain, flat]}}]",
        "cells: [{zip: {}}]",
        "cells: [{train.drops: [[0.5], x]}]",
        "exclude: [{zip: {model.depth: [1]}}]",
        "baseline: {model.depth: [1, 2]}",
        "baseline: {depth: 1}",
        "settings: {rate: 1}",
        "result: {file: out.json}",
        "worker: {command: [a], script: b}",
        "worker: {ranks: 2}",
        "worker: {command: [a], ranks: 0}",
        "worker: {command: [a], copy: true}",
        "worker: {command: [a], comand: [b]}",
        "worker: {command: [a]}\nmodel: {depth: 1}",
        "worker: {command: [a]}\nexpected: {skeleton: mpii16, box_pixels: 256}",
        "worker: {command: [a]}\nrun: {kernels: own}",
        "worker: {command: [a]}\nrun.threads: 0",
        "worker: {command: [a]}\nresult: {file: out.json}",
        "worker: {script: a}\nresult: {}",
        "worker: {command: [a]}\ncells: [{rate: [1, 2]}]",
        "worker: {command: [a]}\ncells: [{settings.rate: []}]"}},
      {"base",
       {"model: {depth: 1}", "train: {epochs: 0}", "name: x", "seeds: 1", "expected: {box_pixels: 256}",
        "metric: {beter: lower}"}},
      {"profile",
       {"partition: gpu",
        "tiem: 90",
        "time: 90\ntimes: 90",
        "time: soon",
        "time: 90\nlimits: {time: auto}",
        "time: 90\ncpus: 0",
        "time: 90\ngpus: one",
        "time: 90\nmemory: 16",
        "time: 90\nmemory: 4T",
        "time: 90\nprecision: auto",
        "time: 90\nlauncher: orterun",
        "time: 90\nmpi: PMIx",
        "time: 90\nmodules: cuda",
        "time: 90\nlogin_shell: 1",
        "time: 90\nmail: {on: [sometimes]}",
        "time: 90\nmail: {too: me}",
        "time: 90\nnode: {cores: 3}",
        "time: 90\narray: {runs_per_element: many}",
        "time: 90\ncontainer: {runtime: podman}",
        "time: 90\ncontainer: {image: a, runtime: singularity}",
        "time: 90\ncontainer: {image: a, bind: [data]}"}}};
  for (const auto& [kind, texts] : wrong) {
    for (const std::string& text : texts) {
      EXPECT_FALSE(pbn_takes(kind, text)) << kind << ": " << text;
      add(kind, text, text);
    }
    EXPECT_EQ(refused(kind), (std::set<std::string>(texts.begin(), texts.end())));
  }
}

TEST_F(Schema, SaysWhatIsWrongWithTheEntry) {
  add("grid", "a", "model: {depth: 4}");
  add("grid", "b", "cells: [{model.head: [plain, pnb]}]");
  add("grid", "c", "worker: {command: [a]}\ncells: [{rate: 1}]");
  refused("grid");
  EXPECT_THAT(messages_, HasSubstr("4 is greater than the maximum of 3"));
  EXPECT_THAT(messages_, HasSubstr("'pnb' is not one of ['plain', 'deep', 'pbn']"));
  EXPECT_THAT(messages_, HasSubstr("$.cells[0]"));
}

TEST(SchemaFiles, AreWhatTheProgramPrints) {
  for (const std::string& kind : kinds) {
    const fs::path file = source_folder() / "experiments/schema" / (kind + ".json");
    EXPECT_TRUE(read_file(file) == schema_of(kind).output)
        << "write it again: build/bin/pbn schema " << kind << " > experiments/schema/" << kind << ".json";
  }
}

TEST(SchemaFiles, AreNamedByTheFirstLinesOfTheGrids) {
  const fs::path schemas = source_folder() / "experiments/schema";
  for (const auto& entry : fs::recursive_directory_iterator(source_folder() / "experiments")) {
    if (entry.path().extension() != ".yaml" || entry.path().filename() == "paper.yaml") continue;
    const fs::path folder = entry.path().parent_path();
    const fs::path schema = schemas / (folder.filename() == "bases" ? "base.json" : "grid.json");
    const std::string line = "# yaml-language-server: $schema=" + fs::relative(schema, folder).string() + "\n";
    EXPECT_TRUE(read_file(entry.path()).starts_with(line)) << entry.path();
  }
}

TEST(SchemaCommand, NamesTheKindsThatThereAre) {
  const CommandOutcome outcome = schema_of("profil");
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(outcome.output, HasSubstr("there is no schema of \"profil\"; did you mean \"profile\"?"));
}

}  // namespace
}  // namespace pbn::commands
