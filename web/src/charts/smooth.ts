// Exponential smoothing, debiased as in TensorBoard: the first values are not drawn toward zero.

/** Smooths with weight 0 (raw) to 0.99. NaN stays a gap and does not move the mean. */
export function smooth(values: Float64Array, weight: number): Float64Array {
  if (!(weight > 0)) return values;
  const out = new Float64Array(values.length);
  let mean = 0;
  let debias = 1;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      out[i] = Number.NaN;
      continue;
    }
    mean = mean * weight + (1 - weight) * value;
    debias *= weight;
    out[i] = mean / (1 - debias);
  }
  return out;
}
