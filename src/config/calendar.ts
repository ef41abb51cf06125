import { z } from 'zod';
import { isKnownCountry } from '../lib/holidays.ts';

/** Times at which alerts are not expected: quiet hours of a rule, planned events, public holidays. */

const clockTime = (pattern: RegExp) => z.string().regex(pattern, 'expected a time of day such as 08:30');

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export const quietHours = z
  .strictObject({
    from: clockTime(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default('00:00')
      .describe('Start, as HH:MM'),
    to: clockTime(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)
      .default('24:00')
      .describe('End, as HH:MM; may be on the next day'),
    days: z.array(z.enum(weekdays)).min(1).optional().describe('Days on which they start; every day if absent'),
  })
  .describe("Hours in the brand's time zone during which no alert starts; an anomaly that persists raises an alert afterwards");

export type QuietHours = z.infer<typeof quietHours>;

/** The largest factor: more is a silence. */
const maxEventFactor = 1_000;
const time = z.iso.datetime({ offset: true, error: 'expected a time with its offset, such as 2026-12-01T17:00:00+01:00' });

/** What config and API say of an event. */
export const eventFields = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'control characters are not allowed')
    .describe('What is planned; part of alert messages'),
  from: time.describe('Start'),
  to: time.describe('End'),
  factor: z
    .number()
    .min(1)
    .max(maxEventFactor)
    .optional()
    .describe('Up to this many times the usual number of posts is expected; if absent, no alert starts during the event'),
};

export const isOrdered = ({ from, to }: { readonly from: string; readonly to: string }): boolean => Date.parse(from) < Date.parse(to);
export const orderProblem = { path: ['to'], message: 'must be later than from' };

export const calendar = z
  .array(
    z
      .strictObject({
        ...eventFields,
        brands: z.array(z.string().min(1).max(100)).default([]).describe('Brands that it concerns; all if empty. `*` is all posts'),
      })
      .refine(isOrdered, orderProblem),
  )
  .default([])
  .describe('Planned events and maintenance windows, in addition to those added with `alerts event add`');

export const country = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'expected an ISO 3166 code such as DE or DE-BY')
  .refine(isKnownCountry, 'unknown country or region')
  .describe('Country, or country and region, whose public holidays apply to the brand');
