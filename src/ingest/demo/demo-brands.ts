import type { BrandRule } from '../../config.ts';

/** Invented companies, each of another trade. */
export const demoBrands: readonly BrandRule[] = [
  {
    name: 'Velmora',
    aliases: ['Velmora Phones'],
    any: ['#velmora', '@velmora', 'Velmora Nine'],
    exclude: ['velmora falls'],
    timezone: 'Europe/Berlin',
  },
  { name: 'Brunoko', aliases: ['Brunoko Coffee'], any: ['#brunoko', '@brunoko'], exclude: [], timezone: 'America/New_York' },
  { name: 'Skylarq', aliases: ['Skylarq Air'], any: ['#skylarq', '@flyskylarq'], exclude: [], timezone: 'Europe/London' },
  { name: 'Tarnwick Bank', aliases: ['TarnwickPay'], any: ['#tarnwickpay', '@tarnwickbank'], exclude: [], timezone: 'Asia/Kolkata' },
  { name: 'Puddlefit', aliases: ['Puddlefit Runners'], any: ['#puddlefit', '@puddlefit'], exclude: [], timezone: 'America/Los_Angeles' },
  { name: 'Quillbeam', aliases: ['Quillbeam TV'], any: ['#quillbeam', '@quillbeam'], exclude: [], timezone: 'Asia/Tokyo' },
];
