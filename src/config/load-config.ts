import { readFileSync } from 'node:fs';
import { type Document, parseDocument, type YAMLParseError } from 'yaml';
import { z } from 'zod';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { type Config, configSchema } from './schema.ts';

type Tree = { [key: string]: unknown };

export interface ConfigSources {
  /** A YAML file. */
  readonly file?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Settings given on the command line, by path: { 'server.port': 9000 }. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/**
 * The config: defaults, then the file, then environment variables, then flags. Every problem is named at
 * once in a CONFIG_INVALID error; the result is frozen.
 */
export function loadConfig({ file, env, flags = {} }: ConfigSources): Config {
  const tree = file === undefined ? {} : readYaml(file);
  for (const [path, value] of fromEnvironment(env)) assign(tree, path, value);
  for (const [path, value] of Object.entries(flags)) if (value !== undefined) assign(tree, path.split('.'), value);
  const checked = configSchema.safeParse(readSecretFiles(tree));
  if (!checked.success) throw new FeedpulseError('CONFIG_INVALID', listProblems(checked.error));
  return deepFreeze(checked.data);
}

/** Every setting that an environment variable can give: its path, by the variable's name. */
export function environmentVariables(): ReadonlyMap<string, { path: readonly string[]; type: string }> {
  const variables = new Map<string, { path: readonly string[]; type: string }>();
  collectVariables(z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema, [], variables);
  return variables;
}

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

function collectVariables(schema: JsonSchema, path: string[], into: Map<string, { path: readonly string[]; type: string }>): void {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    const at = [...path, key];
    if (child.properties) collectVariables(child, at, into);
    else if (child.type !== 'array' || child.items?.type === 'string')
      into.set(variableName(at), { path: at, type: child.type ?? 'string' });
  }
}

/** kafka.deadLetterTopic → FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC */
function variableName(path: readonly string[]): string {
  return `FEEDPULSE_${path.map((key) => key.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`;
}

function fromEnvironment(env: NodeJS.ProcessEnv): [readonly string[], unknown][] {
  const known = environmentVariables();
  const problems: string[] = [];
  const settings: [readonly string[], unknown][] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('FEEDPULSE_') || value === undefined) continue;
    const setting = known.get(name);
    if (setting) settings.push([setting.path, parseVariable(value, setting.type)]);
    else problems.push(`${name}: no setting has this name`);
  }
  if (problems.length > 0) throw new FeedpulseError('CONFIG_INVALID', sentence(problems));
  return settings;
}

function parseVariable(value: string, type: string): unknown {
  if (type === 'array') return value.split(',').map((part) => part.trim());
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  if ((type === 'number' || type === 'integer') && value.trim() !== '') return Number(value);
  return value;
}

function readYaml(file: string): Tree {
  const document = parseDocument(readText(file));
  const problem = document.errors[0];
  // Its own words can quote what stands there, which may be a password.
  if (problem) throw new FeedpulseError('CONFIG_INVALID', `${file}, ${placeOf(problem)}: this is no YAML (${problem.code}).`);
  const tree: unknown = resolve(document, file) ?? {};
  if (!isTree(tree)) throw new FeedpulseError('CONFIG_INVALID', `${file}: expected settings by name at the top.`);
  return tree;
}

function placeOf({ linePos }: YAMLParseError): string {
  const start = linePos?.[0];
  return start ? `line ${start.line}, column ${start.col}` : 'somewhere';
}

/** A value that begins with an asterisk is an alias in YAML; one that is not defined would be quoted in the error. */
function resolve(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw new FeedpulseError('CONFIG_INVALID', `${file}: an alias is not defined; put values that begin with * in quotes.`);
  }
}

/** `passwordFile: path` becomes `password`: secrets can stay out of the config and of the environment. */
function readSecretFiles(tree: Tree): Tree {
  const entries = Object.entries(tree).map(([key, value]) => [key, isTree(value) ? readSecretFiles(value) : value] as const);
  const copy: Tree = Object.fromEntries(entries);
  if (typeof copy['passwordFile'] === 'string') copy['password'] = readText(copy['passwordFile']).replace(/\r?\n$/, '');
  return copy;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new FeedpulseError('FILE_UNREADABLE', `${asError(thrown).message}.`, { cause: thrown });
  }
}

function assign(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const child = tree[key];
  const next = isTree(child) ? child : {};
  tree[key] = next;
  assign(next, rest, value);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listProblems(error: z.ZodError): string {
  return sentence(error.issues.map((issue) => `${issue.path.join('.') || 'the config'}: ${issue.message}`));
}

function sentence(problems: readonly string[]): string {
  return problems.length === 1
    ? `${problems[0]}.`
    : `${problems.length} problems:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`;
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) deepFreeze(child);
  return Object.freeze(value);
}
