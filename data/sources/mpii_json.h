// MPII's annotations in the JSON of HRNet and mmpose (train.json, valid.json, trainval.json, test.json).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/sources/photographs.h"

namespace pbn::data {

// An array with one object per person: image, center (2), scale, joints (16, 2), joints_vis (16). Centre and scale are
// as published by MPII and are adjusted here (mpii_people.h). joints_vis (numbers or booleans) says whether a joint is
// labelled; occlusion is not recorded. Entries without joints, as in a test file, are unlabelled.
//
// A person's index counts the entries of its photograph from 0. It equals `person` of mpii.h and of Newell's files only
// if the file contains all people of the photograph, which cannot be seen from the file. The head size, which is not
// recorded either, is 25 times the annotated scale, as in Newell's files. The split is named after the file, without
// ".json". People without a location (center or scale absent or null, or scale not positive) are left out. Photographs
// are read as stored, as HRNet does.
//
// Throws a usage error for a missing folder of photographs, and data errors that name the entry, or the format of a
// file of another known format.
PhotographSet read_mpii_json(const std::filesystem::path& annotations, const std::filesystem::path& images);

// Parses the text of the file without looking for the photographs; `where` is for errors.
PhotographSet parse_mpii_json(std::string_view text, const std::string& where, const std::filesystem::path& images);

}  // namespace pbn::data
