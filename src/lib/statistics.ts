/**
 * The value that a share of the first `length` values do not exceed (nearest rank), by selection in linear time (Hoare's
 * quickselect). Reorders the values. NaN if there are none.
 * @param share 0 to 1
 */
export function selectQuantile(values: Float64Array, length: number, share: number): number {
  const rank = Math.min(length - 1, Math.max(0, Math.ceil(share * length) - 1));
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] ?? 0;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left += 1;
      while ((values[right] ?? 0) > pivot) right -= 1;
      if (left > right) break;
      const swapped = values[left] ?? 0;
      values[left] = values[right] ?? 0;
      values[right] = swapped;
      left += 1;
      right -= 1;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank] ?? Number.NaN;
}
