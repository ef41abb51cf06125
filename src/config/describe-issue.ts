import type { z } from 'zod';
import { configJsonSchema, settingsAt, suggest } from './suggest-setting.ts';

/**
 * What is wrong with a config, a line for each setting: the setting, then the problem, without the rejected value, which may be a
 * secret. Parse with `reportInput`.
 */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): string[] {
  const described = new Set<string>();
  return issues.flatMap((issue) => {
    const setting = issue.path.join('.') || 'config';
    if (issue.code === 'unrecognized_keys') return unknownSettings(issue);
    // A second problem of a setting usually follows from the first.
    if (described.has(setting)) return [];
    described.add(setting);
    return [`${setting}: ${describeProblem(issue)}`];
  });
}

function unknownSettings({ path, keys }: z.core.$ZodIssueUnrecognizedKeys): string[] {
  const candidates = settingsAt(configJsonSchema(), path);
  return keys.map((key) => `${[...path, key].join('.')}: unknown setting${suggest(key, candidates)}`);
}

function describeProblem(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.startsWith(zodPrefix) ? 'required' : issue.message.replace(zodPrefix, '');
    case 'invalid_value':
      return describeChoice(issue.input, issue.values);
    case 'invalid_union':
      return describeUnion(issue);
    case 'too_small':
    case 'too_big':
      return issue.message.replace(/^Too (small|big): /, '');
    default:
      return issue.message;
  }
}

/** Zod's own messages begin with it; those of the schema do not. */
const zodPrefix = 'Invalid input: ';

function describeChoice(input: unknown, choices: readonly unknown[]): string {
  const names = choices.map(String);
  const expected = `expected ${names.length > 1 ? 'one of ' : ''}${names.join(', ')}`;
  if (input === undefined) return `required; ${expected}`;
  return typeof input === 'string' ? `${expected}${suggest(input, names)}` : expected;
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator !== undefined) {
    const { input, discriminator } = issue;
    const value: unknown = input instanceof Object ? Reflect.get(input, discriminator) : undefined;
    return describeChoice(value, 'options' in issue && Array.isArray(issue.options) ? issue.options : []);
  }
  // A value of an accepted type fits none of the forms for a reason that depends on the form that was meant.
  if (issue.input instanceof Object) return 'none of the forms that this setting accepts';
  return `expected ${[...new Set(acceptedTypes(issue))].join(' or ')}`;
}

function acceptedTypes(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_type') return [issue.expected];
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(acceptedTypes) : [];
}
