#include "orchestrator/report/tables/escaping.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"

namespace pbn::report {
namespace {

const std::map<char32_t, std::string> latex_commands{{U'&', "\\&"},
                                                     {U'%', "\\%"},
                                                     {U'$', "\\$"},
                                                     {U'#', "\\#"},
                                                     {U'_', "\\_"},
                                                     {U'{', "\\{"},
                                                     {U'}', "\\}"},
                                                     {U'~', "\\textasciitilde{}"},
                                                     {U'^', "\\textasciicircum{}"},
                                                     {U'\\', "\\textbackslash{}"},
                                                     {U'<', "\\textless{}"},
                                                     {U'>', "\\textgreater{}"},
                                                     {U'|', "\\textbar{}"},
                                                     {U'"', "''"},
                                                     {U'±', "$\\pm$"},
                                                     {U'×', "$\\times$"},
                                                     {U'–', "--"},
                                                     {U'−', "$-$"},
                                                     {U'\u202f', "\\,"},
                                                     {U'\u00a0', "~"}};

// The letters of Latin-1 that LaTeX's standard fonts can compose: all but eth and thorn.
bool is_latin_letter(char32_t code) {
  return code >= 0xC0 && code <= 0xFF && code != 0xD0 && code != 0xD7 && code != 0xDE && code != 0xF0 && code != 0xF7 &&
         code != 0xFE;
}

std::string latex_of(char32_t code, std::string_view bytes) {
  const auto command = latex_commands.find(code);
  if (command != latex_commands.end()) return command->second;
  if (code < 0x80 || is_latin_letter(code)) return std::string(bytes);
  return fmt::format("\\texttt{{U+{:04X}}}", static_cast<std::uint32_t>(code));
}

}  // namespace

std::string escape_markdown(std::string_view text) {
  std::string escaped;
  for (const char c : one_line(text)) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else {
      if (std::string_view("\\`*_[]>~#").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string escape_latex(std::string_view text) {
  const std::string line = one_line(text);
  std::string escaped;
  for (std::string_view rest = line; !rest.empty();) {
    const Character character = first_character(rest);
    escaped += latex_of(character.code, rest.substr(0, character.bytes));
    rest.remove_prefix(character.bytes);
  }
  return escaped;
}

std::string csv_text(std::string_view text) {
  std::string field = printable_text(text);
  if (!field.empty() && std::string_view("=+-@\t\r").find(field[0]) != std::string_view::npos) field.insert(0, "'");
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

}  // namespace pbn::report
