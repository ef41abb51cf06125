const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const formatCount = (count: number): string => (count < 10_000 ? whole.format(count) : compact.format(count));

/** Net sentiment with its sign, a true minus, and a dash where nothing is scored. */
export function formatNet(net: number | null | undefined): string {
  if (net === null || net === undefined) return '–';
  const rounded = Math.round(net);
  return rounded > 0 ? `+${rounded}` : String(rounded).replace('-', '−');
}

export const formatShare = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`);

export function formatAge(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`;
}
