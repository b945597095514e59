#include "model/kernels/cuda/batch_norm.h"

#include <algorithm>

#include "model/kernels/cuda/elements.h"

// A block works on a slice of channels and a piece of the rows: its threads are `lanes` across, each with a vector of
// channels, and the others downwards. Sums are kept in double, after a few rows in Factor, and added in a fixed order.
namespace pbn::model::cuda {
inline namespace batch_norm_kernels {  // nvcc names what is in an unnamed one after the file's path

constexpr int slice_channels = 32;  // 64 bytes of a row in bfloat16: two sectors of memory
constexpr int most_pieces = 64;     // each block of a second pass reads the sums of all pieces of its slice
constexpr int rows_together = 4;    // summed in Factor, and in flight at once

template <int length>
struct Place {
  static constexpr int lanes = slice_channels / length;

  PBN_DEVICE explicit Place(const Rows& rows)
      : lane(static_cast<int>(threadIdx.x) % lanes),
        channel(static_cast<int>(blockIdx.x) * slice_channels + lane * length),
        stride(static_cast<int>(blockDim.x) / lanes),
        is_inside(channel < rows.channels) {
    const std::int64_t piece = (rows.rows + gridDim.y - 1) / gridDim.y;
    const std::int64_t begin = blockIdx.y * piece;
    end = begin + piece < rows.rows ? begin + piece : rows.rows;
    first = begin + static_cast<int>(threadIdx.x) / lanes;
  }

  int lane, channel, stride;
  bool is_inside;
  std::int64_t first, end;  // rows of this thread: first, first + stride, ...
};

// Adds up two quantities per channel over the threads of the block and writes them as the sums of this piece.
template <int length>
PBN_DEVICE void write_block_sums(const Place<length>& place, const Rows& rows, const double (&first)[length],
                                 const double (&second)[length], double* sums) {
  constexpr int lanes = Place<length>::lanes;
  double* const shared = shared_memory();  // (2 length, threads)
  const int threads = static_cast<int>(blockDim.x), thread = static_cast<int>(threadIdx.x);
  PBN_UNROLL for (int k = 0; k < length; ++k) {
    shared[k * threads + thread] = first[k];
    shared[(length + k) * threads + thread] = second[k];
  }
  for (int half = threads / lanes / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread / lanes >= half) continue;
    PBN_UNROLL for (int k = 0; k < 2 * length; ++k) {
      shared[k * threads + thread] += shared[k * threads + thread + half * lanes];
    }
  }
  if (thread >= lanes || !place.is_inside) return;
  double* const to = sums + static_cast<std::int64_t>(blockIdx.y) * 2 * rows.channels + place.channel;
  PBN_UNROLL for (int k = 0; k < length; ++k) {
    to[k] = shared[k * threads + thread];
    to[rows.channels + k] = shared[(length + k) * threads + thread];
  }
}

// Calls body(offset of the thread's vector in the row) for each of the thread's rows.
template <int length, typename Body>
PBN_DEVICE void for_each_row(const Place<length>& place, const Rows& rows, const Body& body) {
  if (!place.is_inside) return;
  for (std::int64_t row = place.first; row < place.end; row += place.stride) body(row * rows.channels + place.channel);
}

template <typename Element, int length>
PBN_KERNEL sum_kernel(const Element* x, Rows rows, double* sums) {
  using F = Factor<Element>;
  const Place<length> place(rows);
  double total[length] = {}, squares[length] = {};
  std::int64_t row = place.first;
  const std::int64_t step = static_cast<std::int64_t>(place.stride) * rows.channels;
  if (place.is_inside) {
    for (; row + (rows_together - 1) * place.stride < place.end; row += rows_together * place.stride) {
      const Element* const from = x + row * rows.channels + place.channel;
      Vector<Element, length> values[rows_together];
      PBN_UNROLL for (int i = 0; i < rows_together; ++i) values[i] = load<length>(from + i * step);
      PBN_UNROLL for (int k = 0; k < length; ++k) {
        F sum = 0, square = 0;
        PBN_UNROLL for (int i = 0; i < rows_together; ++i) {
          const F value = widened(values[i].at[k]);
          sum += value;
          square += value * value;
        }
        total[k] += sum;
        squares[k] += square;
      }
    }
    for (; row < place.end; row += place.stride) {
      const Vector<Element, length> values = load<length>(x + row * rows.channels + place.channel);
      PBN_UNROLL for (int k = 0; k < length; ++k) {
        const F value = widened(values.at[k]);
        total[k] += value;
        squares[k] += value * value;
      }
    }
  }
  write_block_sums(place, rows, total, squares, sums);
}

template <typename Element, int length>
PBN_KERNEL sum_gradient_kernel(const Element* dy, const Element* x, Rows rows, const Factor<Element>* scale,
                               const Factor<Element>* shift, double* sums) {
  using F = Factor<Element>;
  const Place<length> place(rows);
  double total[length] = {}, products[length] = {};
  F a[length] = {}, b[length] = {};
  if (place.is_inside) {
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      a[k] = scale[place.channel + k];
      b[k] = shift[place.channel + k];
    }
  }
  for_each_row(place, rows, [&](std::int64_t offset) {
    const Vector<Element, length> gradients = load<length>(dy + offset), values = load<length>(x + offset);
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      const F value = widened(values.at[k]);
      const F passed = a[k] * value + b[k] > 0 ? widened(gradients.at[k]) : F(0);
      total[k] += passed;
      products[k] += static_cast<double>(passed) * value;
    }
  });
  write_block_sums(place, rows, total, products, sums);
}

template <typename Element, int length>
PBN_KERNEL sum_columns_kernel(const Element* dy, Rows rows, double* sums) {
  const Place<length> place(rows);
  double total[length] = {};
  const double nothing[length] = {};
  for_each_row(place, rows, [&](std::int64_t offset) {
    const Vector<Element, length> values = load<length>(dy + offset);
    PBN_UNROLL for (int k = 0; k < length; ++k) total[k] += widened(values.at[k]);
  });
  write_block_sums(place, rows, total, nothing, sums);
}

// The totals of this block's slice over all pieces: (2, slice_channels) at the beginning of the shared memory, which needs
// shared_for_totals bytes.
constexpr std::size_t shared_for_totals =
    sizeof(double) * (threads_per_block > 2 * slice_channels ? threads_per_block : 2 * slice_channels);

PBN_DEVICE double sum_over_pieces(const double* sums, int pieces, int quantity, int channel, int channels, int begin,
                                  int step) {
  double sum = 0;
  for (int piece = begin; piece < pieces; piece += step) {
    sum += sums[(static_cast<std::int64_t>(piece) * 2 + quantity) * channels + channel];
  }
  return sum;
}

PBN_DEVICE const double* totals_of_slice(const double* sums, int pieces, int channels) {
  constexpr int totals = 2 * slice_channels;
  double* const shared = shared_memory();
  const int threads = static_cast<int>(blockDim.x);
  const int parts = threads > totals ? threads / totals : 1;
  for (int i = static_cast<int>(threadIdx.x); i < parts * totals; i += threads) {
    const int quantity = i % totals / slice_channels;
    const int channel = static_cast<int>(blockIdx.x) * slice_channels + i % slice_channels;
    shared[i] = channel < channels ? sum_over_pieces(sums, pieces, quantity, channel, channels, i / totals, parts) : 0;
  }
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < totals; i += threads) {
    for (int part = 1; part < parts; ++part) shared[i] += shared[part * totals + i];
  }
  __syncthreads();
  return shared;
}

template <typename F>
PBN_DEVICE void move_towards(F& running, double value, double momentum) {
  running += static_cast<F>(momentum) * (static_cast<F>(value) - running);
}

struct Statistics {
  double mean, variance, inverse_deviation;
};

PBN_DEVICE Statistics statistics_of(double sum, double squares, double count, double epsilon) {
  const double mean = sum / count, variance = squares / count - mean * mean;
  const double positive = variance > 0 ? variance : (variance == variance ? 0 : variance);
  return {mean, positive, 1 / sqrt(positive + epsilon)};
}

PBN_DEVICE double elements_of_channel(const double* count, const Rows& rows) {
  return count ? *count : static_cast<double>(rows.rows);
}

// What one block of each slice writes once for all.
template <typename F>
PBN_DEVICE void write_statistics(const Statistics& own, int channel, double count, double momentum,
                                 const NormTensors<F>& tensors, const NormResult<F>& result, F scale, F shift) {
  result.mean[channel] = own.mean;
  result.inverse_deviation[channel] = own.inverse_deviation;
  result.scale[channel] = scale;
  result.shift[channel] = shift;
  const double bias = tensors.absorbed_bias ? static_cast<double>(tensors.absorbed_bias[channel]) : 0;
  const double others = count > 2 ? count - 1 : 1;
  move_towards(tensors.running_mean[channel], own.mean + bias, momentum);
  move_towards(tensors.running_variance[channel], own.variance * count / others, momentum);
}

template <typename Element, int length, typename F>
PBN_DEVICE void scale_relu(const Place<length>& place, const Rows& rows, const Element* x, const F (&scale)[length],
                           const F (&shift)[length], Element* y) {
  for_each_row(place, rows, [&](std::int64_t offset) {
    const Vector<Element, length> values = load<length>(x + offset);
    Vector<Element, length> results;
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      const F value = scale[k] * widened(values.at[k]) + shift[k];
      assign(results.at[k], value < 0 ? F(0) : value);  // NaN stays NaN
    }
    store<length>(y + offset, results);
  });
}

template <typename Element, int length>
PBN_KERNEL normalise_kernel(const Element* x, Rows rows, PartialSums sums, const double* count, double momentum,
                            double epsilon, NormTensors<Factor<Element>> tensors, NormResult<Factor<Element>> result,
                            Element* y) {
  using F = Factor<Element>;
  const Place<length> place(rows);
  const double* const totals = totals_of_slice(sums.sums, sums.pieces, rows.channels);
  const double elements = elements_of_channel(count, rows);
  F scale[length] = {}, shift[length] = {};
  if (place.is_inside) {
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      const int channel = place.channel + k, i = place.lane * length + k;
      const Statistics own = statistics_of(totals[i], totals[slice_channels + i], elements, epsilon);
      const double gamma = tensors.gamma[channel];
      scale[k] = static_cast<F>(gamma * own.inverse_deviation);
      shift[k] = static_cast<F>(tensors.beta[channel] - own.mean * gamma * own.inverse_deviation);
      if (blockIdx.y == 0 && static_cast<int>(threadIdx.x) < Place<length>::lanes) {
        write_statistics(own, channel, elements, momentum, tensors, result, scale[k], shift[k]);
      }
    }
  }
  scale_relu(place, rows, x, scale, shift, y);
}

template <typename Element, int length>
PBN_KERNEL scale_relu_kernel(const Element* x, Rows rows, const Factor<Element>* scales, const Factor<Element>* shifts,
                             Element* y) {
  const Place<length> place(rows);
  Factor<Element> scale[length] = {}, shift[length] = {};
  if (place.is_inside) {
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      scale[k] = scales[place.channel + k];
      shift[k] = shifts[place.channel + k];
    }
  }
  scale_relu(place, rows, x, scale, shift, y);
}

// Adds the gradients of gamma and beta of this block's slice: Σ dy (x - mean) / deviation and Σ dy.
template <typename F>
PBN_DEVICE void add_parameter_gradients(const double* own, int pieces, int channels, const NormResult<F>& forward,
                                        F* gamma_gradient, F* beta_gradient) {
  for (int i = static_cast<int>(threadIdx.x); i < slice_channels; i += static_cast<int>(blockDim.x)) {
    const int channel = static_cast<int>(blockIdx.x) * slice_channels + i;
    if (channel >= channels) continue;
    const double sum = sum_over_pieces(own, pieces, 0, channel, channels, 0, 1);
    const double products = sum_over_pieces(own, pieces, 1, channel, channels, 0, 1);
    gamma_gradient[channel] +=
        static_cast<F>((products - forward.mean[channel] * sum) * forward.inverse_deviation[channel]);
    beta_gradient[channel] += static_cast<F>(sum);
  }
}

// The mathematics is in cpu/batch_norm.cpp: dx = a dy + b x + c with one a, b and c per channel.
template <typename Element, int length>
PBN_KERNEL input_gradient_kernel(const Element* dy, const Element* x, const Element* rest, Rows rows, PartialSums sums,
                                 PartialSums own, const double* count, const Factor<Element>* gamma,
                                 NormResult<Factor<Element>> forward, Factor<Element>* gamma_gradient,
                                 Factor<Element>* beta_gradient, Element* dx) {
  using F = Factor<Element>;
  const Place<length> place(rows);
  const double* const totals = totals_of_slice(sums.sums, sums.pieces, rows.channels);
  if (blockIdx.y == 0) {
    add_parameter_gradients(own.sums, own.pieces, rows.channels, forward, gamma_gradient, beta_gradient);
  }
  const double elements = elements_of_channel(count, rows);
  F scale[length] = {}, shift[length] = {}, a[length] = {}, b[length] = {}, c[length] = {};
  if (place.is_inside) {
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      const int channel = place.channel + k, i = place.lane * length + k;
      const double mean = forward.mean[channel], inverse = forward.inverse_deviation[channel];
      const double mean_gradient = totals[i] / elements;
      const double mean_product = (totals[slice_channels + i] - mean * totals[i]) * inverse / elements;
      const double factor = static_cast<double>(gamma[channel]) * inverse, slope = -factor * inverse * mean_product;
      scale[k] = forward.scale[channel];
      shift[k] = forward.shift[channel];
      a[k] = static_cast<F>(factor);
      b[k] = static_cast<F>(slope);
      c[k] = static_cast<F>(-factor * mean_gradient - slope * mean);
    }
  }
  for_each_row(place, rows, [&](std::int64_t offset) {
    const Vector<Element, length> gradients = load<length>(dy + offset), values = load<length>(x + offset);
    Vector<Element, length> others = {}, results;
    if (rest) others = load<length>(rest + offset);
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      const F value = widened(values.at[k]);
      const F passed = scale[k] * value + shift[k] > 0 ? widened(gradients.at[k]) : F(0);
      F sum = a[k] * passed + (b[k] * value + c[k]);
      if (rest) sum += widened(others.at[k]);
      assign(results.at[k], sum);
    }
    store<length>(dx + offset, results);
  });
}

PBN_KERNEL total_kernel(PartialSums sums, Rows rows, double* total) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < 2 * rows.channels) {
    total[i] = sum_over_pieces(sums.sums, sums.pieces, i / rows.channels, i % rows.channels, rows.channels, 0, 1);
  } else if (i == 2 * rows.channels) {
    total[i] = static_cast<double>(rows.rows);
  }
}

template <typename F>
PBN_KERNEL total_into_kernel(PartialSums sums, int channels, F* gradient) {
  const int channel = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (channel >= channels) return;
  gradient[channel] += static_cast<F>(sum_over_pieces(sums.sums, sums.pieces, 0, channel, channels, 0, 1));
}

template <typename Element, int length>
PBN_KERNEL add_kernel(Element* y, Rows rows, const Factor<Element>* bias, const Element* addend) {
  using F = Factor<Element>;
  const Place<length> place(rows);
  F added[length] = {};
  if (place.is_inside) {
    PBN_UNROLL for (int k = 0; k < length; ++k) added[k] = bias[place.channel + k];
  }
  for_each_row(place, rows, [&](std::int64_t offset) {
    Vector<Element, length> values = load<length>(y + offset), others = {};
    if (addend) others = load<length>(addend + offset);
    PBN_UNROLL for (int k = 0; k < length; ++k) {
      assign(values.at[k], widened(values.at[k]) + added[k] + (addend ? widened(others.at[k]) : F(0)));
    }
    store<length>(y + offset, values);
  });
}

unsigned slices_of(int channels) { return static_cast<unsigned>((channels + slice_channels - 1) / slice_channels); }

template <int length>
std::size_t shared_for_sums() {
  return sizeof(double) * 2 * length * threads_per_block;
}

Grid grid_of_sums(const Rows& rows, const PartialSums& sums, std::size_t shared_bytes) {
  return {slices_of(rows.channels), static_cast<unsigned>(sums.pieces), shared_bytes};
}

// A pass without sums may be cut into more pieces, so that all processors of the GPU have several blocks.
Grid grid_of_pass(const Rows& rows, std::size_t shared_bytes) {
  constexpr std::int64_t rows_of_block = 512, most = 512;
  const std::int64_t wanted = (rows.rows + rows_of_block - 1) / rows_of_block;
  return {slices_of(rows.channels), static_cast<unsigned>(wanted < most ? wanted : most), shared_bytes};
}

unsigned blocks_for(int threads) { return static_cast<unsigned>((threads + threads_per_block - 1) / threads_per_block); }

}  // namespace batch_norm_kernels

int pieces_of(const Rows& rows) {
  constexpr std::int64_t least_rows = 64;   // of a piece
  constexpr std::int64_t wanted_blocks = 256;  // two for each processor of a large GPU
  const std::int64_t by_blocks = (wanted_blocks + slices_of(rows.channels) - 1) / slices_of(rows.channels);
  const std::int64_t by_rows = (rows.rows + least_rows - 1) / least_rows;
  return static_cast<int>(std::min({by_blocks, by_rows, std::int64_t{most_pieces}}));
}

template <typename Element>
void sum_rows(const Element* x, const Rows& rows, const PartialSums& out, void* stream) {
  with_vector_length<Element>(rows.channels, [&]<int length>() {
    launch(sum_kernel<Element, length>, grid_of_sums(rows, out, shared_for_sums<length>()), stream, x, rows, out.sums);
  });
}

template <typename Element, typename F>
void normalise_rows(const Element* x, const Rows& rows, const PartialSums& sums, const double* count, double momentum,
                    double epsilon, const NormTensors<F>& tensors, const NormResult<F>& result, Element* y,
                    void* stream) {
  with_vector_length<Element>(rows.channels, [&]<int length>() {
    launch(normalise_kernel<Element, length>, grid_of_pass(rows, shared_for_totals), stream, x, rows, sums, count,
           momentum, epsilon, tensors, result, y);
  });
}

template <typename Element, typename F>
void scale_relu_rows(const Element* x, const Rows& rows, const F* scale, const F* shift, Element* y, void* stream) {
  with_vector_length<Element>(rows.channels, [&]<int length>() {
    launch(scale_relu_kernel<Element, length>, grid_of_pass(rows, 0), stream, x, rows, scale, shift, y);
  });
}

template <typename Element, typename F>
void sum_gradient_rows(const Element* dy, const Element* x, const Rows& rows, const F* scale, const F* shift,
                       const PartialSums& out, void* stream) {
  with_vector_length<Element>(rows.channels, [&]<int length>() {
    launch(sum_gradient_kernel<Element, length>, grid_of_sums(rows, out, shared_for_sums<length>()), stream, dy, x, rows,
           scale, shift, out.sums);
  });
}

template <typename Element, typename F>
void input_gradient_rows(const Element* dy, const Element* x, const Element* rest, const Rows& rows,
                         const PartialSums& sums, const PartialSums& own, const double* count, const F* gamma,
                         const NormResult<F>& forward, F* gamma_gradient, F* beta_gradient, Element* dx, void* stream) {
  with_vector_length<Element>(rows.channels, [&]<int length>() {
    launch(input_gradient_kernel<Element, length>, grid_of_pass(rows, shared_for_totals), stream, dy, x, rest, rows,
           sums, own, count, gamma, forward, gamma_gradient, beta_gradient, dx);
  });
}

void total_sums(const PartialSums& sums, const Rows& rows, double* total, void* stream) {
  launch(total_kernel, {.x = blocks_for(2 * rows.channels + 1)}, stream, sums, rows, total);
}

template <typename Element>
void sum_columns(const Element* dy, const Rows& rows, const PartialSums& out, void* stream) {
  with_vector_length<Element>(rows.channels, [&]<int length>() {
    launch(sum_columns_kernel<Element, length>, grid_of_sums(rows, out, shared_for_sums<length>()), stream, dy, rows,
           out.sums);
  });
}

template <typename F>
void total_into(const PartialSums& sums, int channels, F* gradient, void* stream) {
  launch(total_into_kernel<F>, {.x = blocks_for(channels)}, stream, sums, channels, gradient);
}

template <typename Element, typename F>
void add_to_rows(Element* y, const Rows& rows, const F* bias, const Element* addend, void* stream) {
  with_vector_length<Element>(rows.channels, [&]<int length>() {
    launch(add_kernel<Element, length>, grid_of_pass(rows, 0), stream, y, rows, bias, addend);
  });
}

#define PBN_FOR(Element, F)                                                                                            \
  template void sum_rows(const Element*, const Rows&, const PartialSums&, void*);                                     \
  template void normalise_rows(const Element*, const Rows&, const PartialSums&, const double*, double, double,        \
                               const NormTensors<F>&, const NormResult<F>&, Element*, void*);                         \
  template void scale_relu_rows(const Element*, const Rows&, const F*, const F*, Element*, void*);                    \
  template void sum_gradient_rows(const Element*, const Element*, const Rows&, const F*, const F*, const PartialSums&, \
                                  void*);                                                                             \
  template void input_gradient_rows(const Element*, const Element*, const Element*, const Rows&, const PartialSums&,  \
                                    const PartialSums&, const double*, const F*, const NormResult<F>&, F*, F*,        \
                                    Element*, void*);                                                                 \
  template void sum_columns(const Element*, const Rows&, const PartialSums&, void*);                                  \
  template void add_to_rows(Element*, const Rows&, const F*, const Element*, void*);
PBN_FOR(Bfloat16, float)
PBN_FOR(float, float)
PBN_FOR(double, double)
#undef PBN_FOR
template void total_into(const PartialSums&, int, float*, void*);
template void total_into(const PartialSums&, int, double*, void*);

}  // namespace pbn::model::cuda
