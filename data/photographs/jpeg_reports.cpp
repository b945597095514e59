#include "data/photographs/jpeg_reports.h"

#include <jerror.h>

#include "base/error.h"

namespace pbn {
namespace {

JpegReports& reports_of(j_common_ptr picture) { return *reinterpret_cast<JpegReports*>(picture->err); }

[[noreturn]] void jump_back(j_common_ptr picture) {
  JpegReports& reports = reports_of(picture);
  reports.manager.format_message(picture, reports.message);
  std::longjmp(reports.back, 1);
}

// Common in photographs from the web. Bytes left over before a restart marker are damage: the interval before it was
// not what its coder wrote; elsewhere they are padding.
bool is_harmless(const jpeg_error_mgr& warning) {
  const int marker = warning.msg_parm.i[1];
  const bool is_restart = marker >= 0xD0 && marker <= 0xD7;
  switch (warning.msg_code) {
    case JWRN_EXTRANEOUS_DATA:
      return !is_restart;
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    default:
      return false;
  }
}

void warn(j_common_ptr picture, int level) {
  const JpegReports& reports = reports_of(picture);
  const bool is_warning = level < 0;
  if (is_warning && !(reports.refused == JpegWarnings::damage && is_harmless(reports.manager))) jump_back(picture);
}

}  // namespace

JpegDecompression::JpegDecompression(JpegWarnings refused) {
  picture.err = jpeg_std_error(&reports.manager);
  reports.manager.error_exit = jump_back;
  reports.manager.emit_message = warn;
  reports.refused = refused;
  if (setjmp(reports.back) != 0) throw environment_error("libjpeg", "", "{}", reports.message);
  jpeg_create_decompress(&picture);
}

}  // namespace pbn
