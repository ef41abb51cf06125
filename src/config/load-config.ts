import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { type Document, parseDocument, type YAMLParseError } from 'yaml';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { watchFiles } from '../lib/watched-files.ts';
import { describeIssues } from './describe-issue.ts';
import { readEnvironment } from './environment.ts';
import { removeRenamedKeys } from './renamed-keys.ts';
import { type Config, configSchema, configuredSources } from './schema.ts';
import { resolveSources, sourceTypes } from './sources.ts';

type Tree = { [key: string]: unknown };

export interface ConfigInputs {
  /** Path of a YAML file. */
  readonly file?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Settings from the command line, by path: { 'server.port': 9000 }. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/**
 * Merges the defaults, the file, environment variables and flags, in rising precedence, and returns the frozen config.
 * Secrets from files stay current: their properties read the file again after it has changed.
 * @throws CONFIG_INVALID with every problem in one message; FILE_INACCESSIBLE for the file or a password file
 */
export function loadConfig({ file, env, flags = {} }: ConfigInputs): Config {
  const tree = file === undefined ? {} : readYaml(file);
  const { source: inFile, sources } = tree;
  const modelPathInFile = readModelPath(tree);
  const environment = readEnvironment(env);
  for (const [path, value] of environment.settings) setPath(tree, path, value);
  for (const [path, value] of Object.entries(flags)) if (value !== undefined) setPath(tree, path.split('.'), value);
  const problems = [...environment.problems, ...removeRenamedKeys(tree), ...findNul(tree)];
  // In a file they exclude each other; from the environment or a flag, `source` selects one of `sources`.
  if (inFile !== undefined && sources !== undefined) problems.push('sources: `source` and `sources` cannot both be set');
  else problems.push(...selectSource(tree, inFile, flags['ndjson.path']));
  if (tree['models'] !== undefined && modelPathInFile !== undefined) problems.push('models: `models` and `model.path` cannot both be set');
  else if (readModelPath(tree) !== undefined) delete tree['models']; // from the environment or a flag, it is the only model
  const checked = configSchema.safeParse(readSecretFiles(tree), { reportInput: true });
  problems.push(...describeIssues(checked.error?.issues ?? []));
  if (!checked.success || problems.length > 0) throw new FeedpulseError('CONFIG_INVALID', formatProblems(problems));
  watchSecretFiles(checked.data);
  return deepFreeze(checked.data);
}

function readModelPath({ model }: Tree): unknown {
  return isTree(model) ? model['path'] : undefined;
}

function selectSource(tree: Tree, inFile: unknown, input: unknown): string[] {
  const asText = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
  const { source } = tree;
  const problem = resolveSources(tree, { name: asText(source), isFromFile: source === inFile, input: asText(input) });
  return problem === undefined ? [] : [problem];
}

/**
 * The config of a process that reads posts. There is no default source: it would write synthetic posts into the
 * configured database.
 * @throws CONFIG_INVALID if the config has no source
 */
export function requireSource(config: Config): Config {
  if (configuredSources(config).length > 0) return config;
  const choices = `${sourceTypes.slice(0, -1).join(', ')} or ${sourceTypes.at(-1)}`;
  throw new FeedpulseError('CONFIG_INVALID', `source: required; set it to ${choices} in the config, or pass --source.`);
}

function readYaml(file: string): Tree {
  // The parser's warnings quote keys.
  const document = parseDocument(readText(file), { logLevel: 'error' });
  const problem = document.errors[0];
  // The parser's message can quote the line, which may hold a password.
  if (problem) throw new FeedpulseError('CONFIG_INVALID', `${file}, ${locationOf(problem)}: invalid YAML (${problem.code}).`);
  const tree: unknown = toTree(document, file) ?? {};
  if (!isTree(tree)) throw new FeedpulseError('CONFIG_INVALID', `${file}: expected a mapping of settings at the top level.`);
  return tree;
}

function locationOf({ linePos }: YAMLParseError): string {
  const start = linePos?.[0];
  return start ? `line ${start.line}, column ${start.col}` : 'unknown position';
}

/** A value that starts with `*` is a YAML alias. The parser's error for an undefined one quotes it, so it is replaced. */
function toTree(document: Document.Parsed, file: string): unknown {
  try {
    const tree: unknown = document.toJS();
    // An alias inside its own anchor makes a cycle, which JSON does not allow.
    JSON.stringify(tree);
    return tree;
  } catch {
    const problem = 'a YAML alias (*name) is undefined, refers to itself, or is used too often; put values that start with * in quotes';
    throw new FeedpulseError('CONFIG_INVALID', `${file}: ${problem}.`);
  }
}

/** Settings that name a file, by the secret that the file contains. */
const secretFiles = { password: 'passwordFile', accessToken: 'accessTokenFile', url: 'urlFile' } as const;

/** Reads each file of a secret, so that secrets can stay out of the config and the environment. */
function readSecretFiles(tree: Tree): Tree {
  const read = (value: unknown): unknown => (Array.isArray(value) ? value.map(read) : isTree(value) ? readSecretFiles(value) : value);
  const copy: Tree = Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, read(value)]));
  for (const [secret, setting] of Object.entries(secretFiles)) {
    const file = copy[setting];
    if (typeof file !== 'string') continue;
    const content = toSecret(readText(file, `${setting}: `));
    if (content.trim() === '') throw new FeedpulseError('CONFIG_INVALID', `${setting}: ${file} is empty; write the secret into it.`);
    copy[secret] = content;
  }
  return copy;
}

const toSecret = (text: string): string => text.replace(/\r?\n$/, '');

/** Turns the secrets of a checked config that come from files into getters. A new content that is empty is ignored, as are URLs that are none. */
function watchSecretFiles(section: object): void {
  for (const child of Object.values(section)) if (typeof child === 'object' && child !== null) watchSecretFiles(child);
  for (const [secret, setting] of Object.entries(secretFiles)) {
    const file = Object.getOwnPropertyDescriptor(section, setting)?.value;
    // A pipe, as from a shell's <(…), has been read by now.
    if (typeof file !== 'string' || !statSync(file).isFile()) continue;
    const read = watchFiles([file], ([bytes]) => {
      const content = toSecret(decode(file, bytes ?? Buffer.alloc(0)));
      if (content.trim() === '' || (secret === 'url' && !URL.canParse(content))) throw new Error('not a secret');
      return content;
    });
    Object.defineProperty(section, secret, { get: read, enumerable: true });
  }
}

/** @param label says what the file is for, in the error */
function readText(file: string, label = ''): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (thrown) {
    throw new FeedpulseError('FILE_INACCESSIBLE', `${label}${asError(thrown).message}.`, { cause: thrown });
  }
  return decode(file, bytes);
}

function decode(file: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new FeedpulseError('CONFIG_INVALID', `${file}: not valid UTF-8; save the file in that encoding.`);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function setPath(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const child = tree[key];
  const next = isTree(child) ? child : {};
  tree[key] = next;
  setPath(next, rest, value);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const asSentence = (problem: string): string => (problem.endsWith('?') ? problem : `${problem}.`);

const maxListed = 20;

function formatProblems(problems: readonly string[]): string {
  if (problems.length === 1) return asSentence(problems[0] ?? '');
  const listed = problems.length > maxListed + 1 ? problems.slice(0, maxListed) : problems;
  const others = problems.length - listed.length;
  const lines = [...listed, ...(others > 0 ? [`and ${others} more; fix these first`] : [])];
  return `${problems.length} problems:\n${lines.map((line) => `  - ${line}`).join('\n')}\n`;
}

/** A problem for each text with the character NUL, at which the operating system would cut a path. */
function findNul(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === 'string') return value.includes('\0') ? [`${path.join('.')}: must not contain the character NUL`] : [];
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, child]) => findNul(child, [...path, key])) : [];
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) deepFreeze(child);
  return Object.freeze(value);
}
