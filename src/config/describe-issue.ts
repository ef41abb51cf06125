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
    const meant = issue.code === 'invalid_union' ? findMeantForm(issue) : undefined;
    if (meant) return describeIssues(meant);
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
      if (issue.expected === 'int') return 'expected an integer';
      return issue.input === undefined && issue.message.startsWith(zodPrefix)
        ? 'required'
        : issue.message.replace(zodPrefix, '').replace('expected record', 'expected object');
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
  if (issue.input === undefined) return 'required';
  // A value of an accepted type fits none of the forms for a reason that depends on the form that was meant.
  if (issue.input instanceof Object) return 'none of the forms that this setting accepts';
  return `expected ${[...new Set(acceptedTypes(issue))].join(' or ')}`;
}

/**
 * The problems of the form that was probably meant, of those for a value of this type: the one that knows most of the names. If
 * several know as many, the names that none of them knows.
 */
function findMeantForm(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  if (issue.discriminator !== undefined) return undefined;
  const forms = issue.errors
    .map((problems) => problems.flatMap((problem) => (isUnionItself(problem) ? (findMeantForm(problem) ?? [problem]) : [problem])))
    .filter((problems) => !problems.some(({ code, path }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_union')));
  const fewest = Math.min(...forms.map(countUnknown));
  const [best, ...others] = forms.filter((problems) => countUnknown(problems) === fewest);
  const meant = others.length === 0 ? best : best?.filter(({ code }) => code === 'unrecognized_keys');
  return meant && meant.length > 0 ? meant.map((problem) => ({ ...problem, path: [...issue.path, ...problem.path] })) : undefined;
}

const isUnionItself = (problem: z.core.$ZodIssue): problem is z.core.$ZodIssueInvalidUnion =>
  problem.code === 'invalid_union' && problem.path.length === 0;

const countUnknown = (problems: readonly z.core.$ZodIssue[]): number =>
  problems.reduce((sum, problem) => sum + (problem.code === 'unrecognized_keys' ? problem.keys.length : 0), 0);

function acceptedTypes(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_type') return [issue.expected];
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(acceptedTypes) : [];
}
