const steps = '▁▂▃▄▅▆▇█';

/** One bar character per value, scaled from minimum to maximum; null is a space. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const min = Math.min(...known);
  const span = Math.max(...known) - min;
  const toStep = (value: number): number => (span === 0 ? 3 : Math.round(((value - min) / span) * (steps.length - 1)));
  return values.map((value) => (value === null ? ' ' : steps[toStep(value)])).join('');
}

/** Combines neighboring values so that at most `maxValues` remain; null for a group without values. */
export function downsample(
  values: readonly (number | null)[],
  maxValues: number,
  combine: (group: readonly number[]) => number,
): (number | null)[] {
  const size = Math.ceil(values.length / maxValues);
  return Array.from({ length: Math.ceil(values.length / size) || 0 }, (_, index) => {
    const group = values.slice(index * size, (index + 1) * size).filter((value) => value !== null);
    return group.length === 0 ? null : combine(group);
  });
}
