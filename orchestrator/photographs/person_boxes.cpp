#include "orchestrator/photographs/person_boxes.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/path_text.h"
#include "data/sources/photographs.h"
#include "orchestrator/photographs/box_file.h"

namespace pbn::photographs {
namespace {

namespace fs = std::filesystem;

bool has_extension(const fs::path& file, const std::set<std::string>& extensions) {
  std::string extension = file.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extensions.contains(extension);
}

bool is_photograph(const fs::path& file) { return has_extension(file, {".jpg", ".jpeg", ".jpe", ".jfif", ".png"}); }

bool is_other_picture(const fs::path& file) {
  return has_extension(file, {".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif", ".jxl", ".jp2"});
}

// Without hidden files, which other programs leave.
std::vector<fs::path> photographs_in(const fs::path& folder) {
  std::vector<fs::path> inside, others;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& file = entry.path();
    if (file.filename().string().starts_with(".") || fs::is_directory(file)) continue;
    if (is_photograph(file)) inside.push_back(file);
    if (is_other_picture(file)) others.push_back(file);
  }
  std::sort(inside.begin(), inside.end());
  std::sort(others.begin(), others.end());
  if (!others.empty()) {
    note("{}: pictures that are neither JPEG nor PNG are skipped; convert them: {}{}", path_text(folder),
         path_text(others.front().filename()), others.size() > 1 ? fmt::format(" and {} more", others.size() - 1) : "");
  }
  if (inside.empty()) throw usage_error(path_text(folder), "", "has no .jpg, .jpeg or .png files");
  return inside;
}

std::vector<fs::path> files_of(const std::string& given) {
  if (!fs::exists(given)) throw usage_error(path_text(given), "check the path", "there is no such file or folder");
  return fs::is_directory(given) ? photographs_in(given) : std::vector<fs::path>{given};
}

Photograph photograph_in(const fs::path& file) {
  const std::string bytes = read_file(file);
  const data::Image stored = data::decode_image(bytes, path_text(file));
  Photograph photograph{file, stored.width, stored.height, data::camera_orientation(bytes), path_text(file.filename())};
  if (data::swaps_sides(photograph.turned_by)) std::swap(photograph.width, photograph.height);
  return photograph;
}

void turn_as_stored(Photograph& photograph) {
  if (data::swaps_sides(photograph.turned_by)) std::swap(photograph.width, photograph.height);
  photograph.turned_by = data::Orientation::top_left;
}

std::vector<fs::path> folders_and_name(const fs::path& path) { return {path.begin(), path.end()}; }

// The number of folders and names in `name`, where `file` ends with all of them; else 0.
std::size_t common_end(const fs::path& file, const std::string& name) {
  const std::vector<fs::path> whole = folders_and_name(file), end = folders_and_name(fs::path(name).lexically_normal());
  const bool fits = !end.empty() && end.size() <= whole.size() && std::equal(end.rbegin(), end.rend(), whole.rbegin());
  return fits ? end.size() : 0;
}

// The photographs of a box file, which may list 100,000, by the last part of their names.
class ListedNames {
 public:
  explicit ListedNames(const BoxFile& boxes) {
    for (const auto& listed : boxes) by_end_.emplace(fs::path(listed.first).filename().string(), &listed);
  }

  // The entry of this photograph, or nullptr.
  const BoxFile::value_type* of(const fs::path& photograph) const {
    const fs::path file = fs::absolute(photograph).lexically_normal();
    const BoxFile::value_type* best = nullptr;
    std::size_t longest = 0;
    const auto [first, last] = by_end_.equal_range(file.filename().string());
    for (auto listed = first; listed != last; ++listed) {
      const std::size_t common = common_end(file, listed->second->first);
      if (common <= longest) continue;
      longest = common;
      best = listed->second;
    }
    return best;
  }

  // Logs that the file lists a photograph of the same name in another folder, which may be a mistake.
  void note_other_path(const Photograph& photograph) const {
    const auto other = by_end_.find(photograph.file.filename().string());
    if (other == by_end_.end()) return;
    note("{}: has no people; {} refers to \"{}\", which is another path", path_text(photograph.file),
         other->second->second.where, other->second->first);
  }

 private:
  std::multimap<std::string, const BoxFile::value_type*> by_end_;
};

// Turns the photograph as its boxes require. Returns why it cannot be the photograph of the boxes, or nothing.
std::string turn_to_frame(Photograph& photograph, const BoxesOfPhotograph& boxes) {
  if (boxes.frame == BoxFrame::upright || boxes.size.fits(photograph.width, photograph.height)) {
    if (boxes.frame == BoxFrame::stored) turn_as_stored(photograph);
    return "";
  }
  Photograph stored = photograph;
  turn_as_stored(stored);
  if (!boxes.size.fits(stored.width, stored.height)) {
    return fmt::format("has {} x {} pixels, but {} states {}", photograph.width, photograph.height, boxes.where,
                       boxes.size.text());
  }
  photograph = stored;
  return "";
}

// Gives free ids to the photographs that a COCO file does not list.
void add_missing_ids(std::vector<Photograph>& photographs, const BoxFile& boxes) {
  std::set<Json> taken;
  for (const auto& [name, listed] : boxes) taken.insert(listed.id);
  if (taken.contains(nullptr)) return;  // not a COCO file
  int next = 1;
  for (Photograph& photograph : photographs) {
    while (taken.contains(next)) ++next;
    if (photograph.id.is_null()) photograph.id = next++;
  }
}

}  // namespace

PhotographList find_photographs(const std::vector<std::string>& files_and_folders, bool skip_bad) {
  PhotographList list;
  std::set<std::string> names;
  for (const std::string& given : files_and_folders) {
    for (const fs::path& file : files_of(given)) {
      if (!names.insert(file.filename().string()).second) {
        throw usage_error(path_text(file), "predict them separately", "two photographs have this name");
      }
      try {
        list.photographs.push_back(photograph_in(file));
      } catch (const Error& error) {
        if (!skip_bad) throw;
        list.skipped.push_back(fmt::format("{}: {}", path_text(file), error.problem));
      }
    }
  }
  if (list.photographs.empty()) throw data_error("", "", "no photograph can be read; {}", list.skipped.front());
  return list;
}

std::vector<PersonToFind> people_to_find(PhotographList& list, const fs::path& file, double enlargement,
                                         bool skip_bad) {
  std::vector<PersonToFind> people;
  if (file.empty()) {
    for (std::size_t number = 0; number < list.photographs.size(); ++number) {
      const Photograph& photograph = list.photographs[number];
      people.push_back({number, data::box_of_photograph(photograph.width, photograph.height)});
    }
    return people;
  }
  const BoxFile boxes = read_box_file(file, enlargement);
  const ListedNames names(boxes);
  std::vector<Photograph> kept;
  for (Photograph& photograph : list.photographs) {
    const auto* const listed = names.of(photograph.file);
    if (listed == nullptr) {
      names.note_other_path(photograph);
      kept.push_back(std::move(photograph));
      continue;
    }
    if (const std::string problem = turn_to_frame(photograph, listed->second); !problem.empty()) {
      if (!skip_bad) {
        throw data_error(path_text(photograph.file), "give the photographs that belong to the boxes, or add --skip-bad",
                         "{}", problem);
      }
      list.skipped.push_back(fmt::format("{}: {}", path_text(photograph.file), problem));
      continue;
    }
    photograph.id = listed->second.id;
    if (!photograph.id.is_null()) photograph.name = listed->first;
    for (const BoxOfPerson& person : listed->second.people) people.push_back({kept.size(), person.box, person.truth});
    kept.push_back(std::move(photograph));
  }
  add_missing_ids(kept, boxes);
  list.photographs = std::move(kept);
  if (people.empty()) {
    throw usage_error(path_text(file),
                      "the file's names must be the ends of the photographs' paths, with the same folders",
                      "has no people in these photographs");
  }
  return people;
}

}  // namespace pbn::photographs
