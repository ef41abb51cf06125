import { z } from 'zod';
import { durationSchema, toMilliseconds } from '../lib/duration.ts';

/** Setting types shared by several sections. */

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'not an IANA time zone such as Europe/Berlin')
  .overwrite((name) => (isTimeZone(name) ? correctCase(name) : name));

function isTimeZone(name: string): boolean {
  // Newer versions of Node also accept offsets such as +05:30, which ClickHouse does not.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Time zones are matched without regard to case by JavaScript, but not by ClickHouse: `europe/berlin` becomes `Europe/Berlin`. */
function correctCase(name: string): string {
  const canonical = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  if (canonical.toLowerCase() === name.toLowerCase()) return canonical;
  // An alias such as Asia/Kolkata keeps its name if it is written as in the time zone database.
  const isWritten = name.includes('/')
    ? /^([A-Z]{2,3}|[A-Z][a-z]+)(\/[A-Z][A-Za-z0-9+_-]*[a-z0-9][A-Za-z0-9+_-]*)+$/.test(name)
    : /^[A-Z]/.test(name);
  return isWritten ? name : canonical;
}

/** Text for one line, with something to see. */
export const visibleText = (max: number) =>
  oneLine(
    z
      .string()
      .min(1)
      .max(max)
      .regex(/[^\p{Z}\p{Cc}\p{Cf}]/u, 'must not be blank'),
  ).refine((text) => text.isWellFormed(), 'must be valid Unicode');

export const oneLine = (schema: z.ZodString) => schema.regex(/^\P{Cc}*$/u, 'must not contain control characters');

/** A topic name that Kafka accepts. */
export const topicName = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/, 'expected a Kafka topic: letters, digits, `.`, `_` and `-`');

export const durationBetween = (min: string, max: string) =>
  durationSchema.refine(
    (value) => toMilliseconds(value) >= toMilliseconds(min) && toMilliseconds(value) <= toMilliseconds(max),
    `must be between ${min} and ${max}`,
  );

export const httpUrl = z.url({ protocol: /^https?$/, error: 'expected a URL that starts with http:// or https://' });

/** A URL that may be printed: user info, query and fragment could hold a secret. */
export const urlWithoutSecrets = httpUrl.refine(
  hasNoSecretParts,
  'expected https://host:port/path; set the user name and password separately',
);

/** A ws(s) URL that may be printed. */
export const webSocketUrl = z
  .url({ protocol: /^wss?$/, error: 'expected a URL that starts with wss:// or ws://' })
  .refine(hasNoSecretParts, 'expected wss://host:port');

function hasNoSecretParts(url: string): boolean {
  if (!URL.canParse(url)) return true; // reported by z.url
  const { username, password, search, hash } = new URL(url);
  return [username, password, search, hash].every((part) => part === '');
}

/** `password` and `passwordFile`; the loader reads the file into `password`. */
export const passwordFields = (variable?: string) => ({
  password: z
    .string()
    .optional()
    .describe(variable === undefined ? 'Prefer passwordFile' : `Prefer passwordFile or the environment variable ${variable}`),
  passwordFile: z.string().optional().describe('File that contains the password; a trailing newline is ignored'),
});

export const caFile = z.string().optional().describe('PEM file of certificate authorities to trust instead of the system ones');
