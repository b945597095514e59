// BatchNorm with ReLU on a GPU: statistics, normalisation and their gradients, in two passes forward and two backward.
//
// Images are channels_last, thus `rows` (one for each pixel) of `channels` elements. Element is Bfloat16, float or
// double; Factor is float, or double for elements in double. All pointers are to device memory. The launches are queued
// on `stream` (a cudaStream_t).
#pragma once

#include <cstdint>

namespace pbn::model::cuda {

struct Rows {
  std::int64_t rows;
  int channels;
};

// The sums of two quantities per channel: (pieces, 2, C), to be added over the pieces.
struct PartialSums {
  double* sums;
  int pieces;
};

// The number of pieces into which a pass over these rows is divided.
int pieces_of(const Rows& rows);

template <typename Factor>
struct NormTensors {  // (C) each
  const Factor *gamma, *beta;
  const Factor* absorbed_bias;  // may be null
  Factor *running_mean, *running_variance;
};

template <typename Factor>
struct NormResult {  // (C) each
  double *mean, *inverse_deviation;
  Factor *scale, *shift;
};

// Σ x and Σ x^2.
template <typename Element>
void sum_rows(const Element* x, const Rows& rows, const PartialSums& out, void* stream);

// Updates the running statistics and normalises: y = max(0, scale x + shift). *count: elements of a channel over
// all ranks; null: `rows`.
template <typename Element, typename Factor>
void normalise_rows(const Element* x, const Rows& rows, const PartialSums& sums, const double* count, double momentum,
                    double epsilon, const NormTensors<Factor>& tensors, const NormResult<Factor>& result, Element* y,
                    void* stream);

// y = max(0, scale x + shift).
template <typename Element, typename Factor>
void scale_relu_rows(const Element* x, const Rows& rows, const Factor* scale, const Factor* shift, Element* y,
                     void* stream);

// Σ dy and Σ dy x over the elements that ReLU passes.
template <typename Element, typename Factor>
void sum_gradient_rows(const Element* dy, const Element* x, const Rows& rows, const Factor* scale, const Factor* shift,
                       const PartialSums& out, void* stream);

// dx, plus `rest` unless it is null. Adds to the gradients of gamma and beta from `own`: the sums of this rank, while
// `sums` are those of all ranks.
template <typename Element, typename Factor>
void input_gradient_rows(const Element* dy, const Element* x, const Element* rest, const Rows& rows,
                         const PartialSums& sums, const PartialSums& own, const double* count, const Factor* gamma,
                         const NormResult<Factor>& forward, Factor* gamma_gradient, Factor* beta_gradient, Element* dx,
                         void* stream);

// Adds the pieces: (2, C), and `rows` behind them.
void total_sums(const PartialSums& sums, const Rows& rows, double* total, void* stream);

// Σ dy, which total_into() adds to a gradient.
template <typename Element>
void sum_columns(const Element* dy, const Rows& rows, const PartialSums& out, void* stream);
template <typename Factor>
void total_into(const PartialSums& sums, int channels, Factor* gradient, void* stream);

// y + bias + addend, in place; addend may be null.
template <typename Element, typename Factor>
void add_to_rows(Element* y, const Rows& rows, const Factor* bias, const Element* addend, void* stream);

}  // namespace pbn::model::cuda
