import { rollingPresets, type TimeRange } from './view-state.ts';

const unitMs = { h: 3_600_000, d: 86_400_000 } as const;

/** The range of equal length that ends where this one starts. */
export function previousRange({ from, to }: TimeRange): TimeRange {
  const preset = rollingPresets.find((candidate) => from === `now-${candidate}` && to === 'now');
  if (preset) {
    const unit = preset.endsWith('h') ? 'h' : 'd';
    return { from: `now-${2 * Number.parseInt(preset, 10)}${unit}`, to: from };
  }
  const length = rangeLengthMs({ from, to });
  return { from: new Date(Date.parse(from) - length).toISOString(), to: from };
}

/** The last days of a range. */
export const clampToLastDays = ({ to }: TimeRange, days: number): TimeRange => ({
  from: to === 'now' ? `now-${days}d` : new Date(Date.parse(to) - days * unitMs.d).toISOString(),
  to,
});

/** The length of a range in ms. */
export function rangeLengthMs({ from, to }: TimeRange): number {
  const preset = rollingPresets.find((candidate) => from === `now-${candidate}` && to === 'now');
  if (!preset) return (to === 'now' ? Date.now() : Date.parse(to)) - Date.parse(from);
  return Number.parseInt(preset, 10) * unitMs[preset.endsWith('h') ? 'h' : 'd'];
}
