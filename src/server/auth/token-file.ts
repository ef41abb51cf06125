import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config/schema.ts';
import { type Role, roles } from '../../domain/roles.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { withFileLock } from '../../lib/file-lock.ts';
import { parseJson } from '../../lib/json.ts';
import { makeDirectories } from '../../lib/make-directories.ts';

const maxTokens = 200;
const maxFileBytes = 262_144;
const lockWaitMs = 2_000;

export const tokenName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'expected up to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit',
  );
const tokenEntry = z.strictObject({
  name: tokenName,
  role: z.enum(roles),
  /** SHA-256 of the token, in hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.iso.datetime(),
});
const tokenFile = z.strictObject({ tokens: z.array(tokenEntry).max(maxTokens, `at most ${maxTokens} tokens are allowed`) });

/** A stored token: its hash, never the token itself. */
export type TokenEntry = z.infer<typeof tokenEntry>;

/** `server.tokensFile`, or tokens.json in `dataDir`. */
export function tokensPath({ server, dataDir }: Pick<Config, 'server' | 'dataDir'>): string {
  return server.tokensFile ?? join(dataDir, 'tokens.json');
}

/** SHA-256 is enough for 256 random bits, which cannot be guessed; slow hashes are for passwords. */
export function hashToken(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** 256 random bits in base64url, with a prefix that people and secret scanners recognize. */
export function generateToken(): string {
  return `fp_${randomBytes(32).toString('base64url')}`;
}

/** Reads the token file; empty if there is none. @throws FILE_INACCESSIBLE */
export async function readTokens(path: string): Promise<readonly TokenEntry[]> {
  const text = await readSmallFile(path);
  if (text === undefined) return [];
  const checked = tokenFile.safeParse(parseJson(text));
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new FeedpulseError(
      'FILE_INACCESSIBLE',
      `${path} is not a valid token file: ${issue?.path.join('.') || 'the file'}: ${issue?.message}.`,
    );
  }
  return checked.data.tokens;
}

async function readSmallFile(path: string): Promise<string | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size, mode } = await file.stat();
    if (size > maxFileBytes) throw new FeedpulseError('FILE_INACCESSIBLE', `${path} is too large for a token file.`);
    // Anyone who can write the file can grant themselves access.
    if ((mode & 0o002) !== 0) throw new FeedpulseError('FILE_INACCESSIBLE', `${path} is world-writable; run chmod 600 on it.`);
    return await file.readFile('utf8');
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof FeedpulseError) throw error;
    if ('code' in error && error.code === 'ENOENT') return undefined;
    throw new FeedpulseError('FILE_INACCESSIBLE', `${error.message}.`, { cause: error });
  } finally {
    await file?.close();
  }
}

/** Adds a token and returns it; only its hash is stored. @throws USAGE if the name is taken or invalid, FILE_INACCESSIBLE */
export async function addToken(path: string, { name, role }: { name: string; role: Role }, now: Date): Promise<string> {
  const token = generateToken();
  await changeTokens(path, (tokens) => {
    if (tokens.some((entry) => entry.name === name)) throw new FeedpulseError('USAGE', `A token named ${name} already exists.`);
    return [...tokens, { name, role, hash: hashToken(token).toString('hex'), createdAt: now.toISOString() }];
  });
  return token;
}

/** Removes a token. @throws USAGE if no token has this name, FILE_INACCESSIBLE */
export async function removeToken(path: string, name: string): Promise<void> {
  await changeTokens(path, (tokens) => {
    const remaining = tokens.filter((entry) => entry.name !== name);
    if (remaining.length === tokens.length) throw new FeedpulseError('USAGE', `No token is named ${name}.`);
    return remaining;
  });
}

/** Replaces the file atomically: readers see the old or the new content. Changes are serialized by a lock. */
async function changeTokens(path: string, change: (tokens: readonly TokenEntry[]) => TokenEntry[]): Promise<void> {
  const dir = dirname(path);
  const replace = async (): Promise<void> => {
    const checked = tokenFile.safeParse({ tokens: change(await readTokens(path)) });
    if (!checked.success) {
      const [issue] = checked.error.issues;
      throw new FeedpulseError('USAGE', `${String(issue?.path.at(-1))}: ${issue?.message}.`);
    }
    await writeAtomically(path, `${JSON.stringify(checked.data, null, 2)}\n`);
  };
  try {
    await makeDirectories(dir);
    await withFileLock(dir, basename(path), replace, { waitMs: lockWaitMs });
  } catch (thrown) {
    const error = asError(thrown);
    throw error instanceof FeedpulseError ? error : new FeedpulseError('FILE_INACCESSIBLE', `${error.message}.`, { cause: error });
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
