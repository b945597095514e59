#include "orchestrator/slurm/submission_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/time.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

bool ends_within_a_line(int descriptor) {
  char last = '\n';
  const off_t size = ::lseek(descriptor, 0, SEEK_END);
  return size > 0 && ::pread(descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

using Elements = std::vector<std::vector<std::string>>;

Elements elements_in(const Json& runs) {
  Elements elements;
  for (const Json& entry : runs) {
    if (entry.is_string()) elements.push_back({entry.get<std::string>()});
    if (entry.is_array()) elements.push_back(entry.get<std::vector<std::string>>());
  }
  return elements;
}

Json to_json(const Elements& elements) {
  Json runs = Json::array();
  for (const std::vector<std::string>& element : elements)
    runs.push_back(element.size() == 1 ? Json(element[0]) : Json(element));
  return runs;
}

}  // namespace

std::string Submission::element(std::size_t i) const { return fmt::format("{}_{}", job, first + static_cast<int>(i)); }

SubmissionJournal::SubmissionJournal(const fs::path& sweep_folder) : file_(sweep_folder / "submissions.jsonl") {}

std::vector<Submission> SubmissionJournal::read() const {
  std::vector<Submission> submissions;
  if (!fs::exists(file_)) return submissions;
  std::map<std::string, std::size_t> places;
  for (const Json& line : read_json_lines(file_)) {
    if (!line.is_object()) continue;
    const std::string event = line.value("event", ""), name = line.value("name", "");
    if (event == "intent") {
      places[name] = submissions.size();
      submissions.push_back(
          {name, line.value("chunk", ""), elements_in(line.value("runs", Json::array())), line.value("first", 0)});
      submissions.back().at = line.value("at", "");
    } else if (const auto place = places.find(name); place != places.end()) {
      Submission& submission = submissions[place->second];
      if (event == "submitted") submission.job = line.value("job", "");
      if (event == "given up") submission.given_up = true;
    }
  }
  return submissions;
}

std::map<std::string, std::string> SubmissionJournal::submitted_runs() const {
  std::map<std::string, std::string> elements;
  for (const Submission& submission : read()) {
    if (submission.given_up) continue;
    for (std::size_t i = 0; i < submission.elements.size(); ++i) {
      for (const std::string& run : submission.elements[i]) {
        elements[run] = submission.is_open() ? "" : submission.element(i);
      }
    }
  }
  return elements;
}

void SubmissionJournal::intend(const Submission& submission) {
  append({{"event", "intent"},
          {"name", submission.name},
          {"at", utc_now()},
          {"chunk", submission.chunk},
          {"first", submission.first},
          {"runs", to_json(submission.elements)}});
}

void SubmissionJournal::submitted(const std::string& name, const std::string& job) {
  append({{"event", "submitted"}, {"name", name}, {"job", job}});
}

void SubmissionJournal::give_up(const std::string& name, const std::string& reason) {
  append({{"event", "given up"}, {"name", name}, {"reason", reason}});
}

void SubmissionJournal::append(const Json& event) {
  const Descriptor journal(::open(file_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  // After an incomplete line of a killed writer, begin a new one.
  const std::string line =
      (journal.is_open() && ends_within_a_line(journal.number()) ? "\n" : "") + canonical(event) + "\n";
  const bool kept = journal.is_open() &&
                    ::write(journal.number(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                    ::fsync(journal.number()) == 0;
  if (!kept) throw environment_error(file_.string(), "", "cannot append: {}", std::strerror(errno));
}

FileLock lock_submissions(const fs::path& sweep_folder) {
  const fs::path file = sweep_folder / "submissions.lock";
  if (auto lock = FileLock::try_to_take(file)) return *std::move(lock);
  note("waiting for another pbn that submits for {}", sweep_folder.string());
  return FileLock::wait_for(file);
}

}  // namespace pbn::slurm
