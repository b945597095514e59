#include "bench/claim.h"

#include <fmt/format.h>

namespace pbn::bench {
namespace {

std::string number(const std::optional<double>& value) { return value ? fmt::format("{:.4g}", *value) : "-"; }

std::string verdict(const Claim& claim) {
  if (!claim.absent.empty()) return claim.absent;
  if (!claim.ratio()) return "no peer";
  return *claim.ratio() >= claim.goal ? "holds" : "MISSED";
}

}  // namespace

std::optional<double> Claim::ratio() const {
  if (!peer) return std::nullopt;
  return better == Better::more ? ours / *peer : *peer / ours;
}

Json to_json(const std::vector<Claim>& claims) {
  Json list = Json::array();
  for (const Claim& claim : claims) {
    list.push_back({{"claim", claim.name},
                    {"ours", claim.ours},
                    {"peer", claim.peer ? Json(*claim.peer) : Json()},
                    {"peer_name", claim.peer_name},
                    {"unit", claim.unit},
                    {"ratio", claim.ratio() ? Json(*claim.ratio()) : Json()},
                    {"goal", claim.goal},
                    {"better", claim.better == Better::more ? "more" : "less"}});
    if (!claim.absent.empty()) list.back()["absent"] = claim.absent;
  }
  return list;
}

std::vector<Claim> claims_from_json(const Json& list) {
  std::vector<Claim> claims;
  for (const Json& item : list) {
    claims.push_back({.name = item.at("claim"),
                      .ours = item.at("ours"),
                      .peer = item.at("peer").is_null() ? std::nullopt : std::optional(item.at("peer").get<double>()),
                      .peer_name = item.at("peer_name"),
                      .unit = item.at("unit"),
                      .goal = item.at("goal"),
                      .better = item.at("better") == "more" ? Better::more : Better::less,
                      .absent = item.value("absent", "")});
  }
  return claims;
}

Table table_of(const std::vector<Claim>& claims) {
  Table table{{"claim", "ours", "peer", "unit", "against", "ratio", "goal", ""}, {}};
  for (const Claim& claim : claims) {
    table.rows.push_back({claim.name, claim.absent.empty() ? number(claim.ours) : "-", number(claim.peer), claim.unit,
                          claim.peer_name, number(claim.ratio()), number(claim.goal), verdict(claim)});
  }
  return table;
}

}  // namespace pbn::bench
