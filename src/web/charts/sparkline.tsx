const width = 96;
const height = 26;

/** A small line without axes; missing values leave gaps. It is decorative: the numbers are shown next to it. */
export function Sparkline({ values, zero = false }: { readonly values: readonly (number | null)[]; readonly zero?: boolean }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <span class="sparkline" />;
  const bound = Math.max(1e-9, ...known.map(Math.abs));
  const [low, high] = zero ? [-bound, bound] : [0, bound];
  const x = (index: number): number => (index / Math.max(1, values.length - 1)) * width;
  const y = (value: number): number => height - 2 - ((value - low) / (high - low)) * (height - 4);
  let path = '';
  for (const [index, value] of values.entries())
    if (value !== null) path += `${(values[index - 1] ?? null) === null ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {zero && <path class="zero" d={`M0 ${y(0)}H${width}`} />}
      <path d={path} />
    </svg>
  );
}
