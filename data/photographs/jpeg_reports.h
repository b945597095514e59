// libjpeg reports by calling back and must not be returned to: what every reader of JPEGs does about that.
#pragma once

#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it

#include <jpeglib.h>

namespace pbn {

// Which of libjpeg's warnings end the reading.
enum class JpegWarnings {
  damage,  // those after which pixels are invented: grey for what is missing, noise for what does not fit
  all,     // of files that programs made for programs
};

// Errors, and the warnings that count as errors, jump to `back`, with their words in `message` and their number
// (jerror.h) in manager.msg_code. The function that calls setjmp must hold nothing with a destructor.
struct JpegReports {
  jpeg_error_mgr manager;  // first: libjpeg knows its address alone
  std::jmp_buf back;
  JpegWarnings refused;
  char message[JMSG_LENGTH_MAX];
};

// A decompression of libjpeg that reports so.
struct JpegDecompression {
  JpegReports reports{};
  jpeg_decompress_struct picture{};

  explicit JpegDecompression(JpegWarnings refused);  // throws an environment error when libjpeg cannot make one
  ~JpegDecompression() { jpeg_destroy_decompress(&picture); }
  JpegDecompression(const JpegDecompression&) = delete;
  JpegDecompression& operator=(const JpegDecompression&) = delete;
};

}  // namespace pbn
