import type { PageName } from '../state/view-state.ts';

/** SVG paths in a 20 × 20 view box. */
const paths: Readonly<Record<PageName | 'download' | 'calendar' | 'link', string>> = {
  overview: 'M3 17V9m5 8V4m5 13v-6m5 6V7',
  posts: 'M4 4h12v9H9l-4 3v-3H4z M7 7.5h6 M7 10h4',
  live: 'M2 10h4l2-5 3.5 11L14 8l1.2 2H18',
  compare: 'M3 6h8 M3 10h13 M3 14h5',
  alerts: 'M10 3.2a4.6 4.6 0 0 0-4.6 4.6c0 4-1.6 5.2-1.6 5.2h12.4s-1.6-1.2-1.6-5.2A4.6 4.6 0 0 0 10 3.2z M8.4 16a1.8 1.8 0 0 0 3.2 0',
  health: 'M10 16.5S3.5 12.7 3.5 8.2A3.5 3.5 0 0 1 10 6.4a3.5 3.5 0 0 1 6.5 1.8c0 4.5-6.5 8.3-6.5 8.3z',
  calibrate: 'M4 5h7 M4 10h5 M4 15h5 M11 13l2.2 2.2L17 10.5',
  incident: 'M10 3.2 17.5 16.5h-15z M10 8v4 M10 14.2v.2',
  settings: 'M3 6h7m4 0h3 M3 14h3m4 0h7 M12 4v4 M8 12v4',
  download: 'M10 3.5v9m-3.6-3.4L10 12.7l3.6-3.6 M4 16.5h12',
  link: 'M8.2 11.8a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-1 1 M11.8 8.2a3 3 0 0 0-4.3 0l-2.6 2.6a3 3 0 0 0 4.3 4.3l1-1',
  calendar: 'M3.5 5.5h13v11h-13z M3.5 9h13 M7 3.5v3.5 M13 3.5v3.5',
};

export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
