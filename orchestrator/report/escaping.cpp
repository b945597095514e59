#include "orchestrator/report/escaping.h"

#include <fmt/format.h>

#include <map>

namespace pbn {
namespace {

struct Character {
  char32_t code;
  std::size_t bytes;
};

// The first character of a UTF-8 text; U+FFFD for a byte that begins none.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t bytes = lead < 0x80 ? 1 : lead >> 5 == 0x6 ? 2 : lead >> 4 == 0xE ? 3 : lead >> 3 == 0x1E ? 4 : 0;
  if (bytes == 1) return {lead, 1};
  if (bytes == 0 || bytes > text.size()) return {0xFFFD, 1};
  char32_t code = lead & (0xFF >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if (byte(i) >> 6 != 0x2) return {0xFFFD, 1};
    code = code << 6 | (byte(i) & 0x3F);
  }
  return {code, bytes};
}

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

// Letters that LaTeX builds from the standard fonts; eth and thorn are not in them.
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

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return line;
}

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
  std::string field(text);
  if (!field.empty() && std::string_view("=+-@\t\r").find(field[0]) != std::string_view::npos) field.insert(0, "'");
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

}  // namespace pbn
