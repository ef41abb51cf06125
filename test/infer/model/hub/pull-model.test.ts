import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PullOptions, pullModel } from '../../../../src/infer/model/hub/pull-model.ts';
import { loadModel } from '../../../../src/infer/model/model.ts';
import { hashFiles, sha256, startHub, type TestHub } from '../../../support/hub.ts';

const weights = 'onnx/model_quantized.onnx';
const files = new Map<string, Buffer>([
  ['config.json', Buffer.from(JSON.stringify({ id2label: { 0: 'POSITIVE', 1: 'NEGATIVE' }, max_position_embeddings: 512 }))],
  ['tokenizer.json', Buffer.from('{"model":{}}')],
  ['tokenizer_config.json', Buffer.from('{}')],
  // Not a model: only the checksums matter here. model.live.test.ts pulls one that runs.
  [weights, randomBytes(3 * 1_048_576)],
]);
const checksums = hashFiles(files);

let hub: TestHub;
let modelsDir: string;
let smokeTested: string[];
let progress: string[];

beforeEach(async () => {
  hub = await startHub(files);
  modelsDir = join(await mkdtemp(join(tmpdir(), 'feedpulse-pull-')), 'models');
  smokeTested = [];
  progress = [];
});
afterEach(async () => {
  await hub.stop();
  await rm(join(modelsDir, '..'), { recursive: true });
});

function pull(changes: Partial<PullOptions> = {}, from: Partial<PullOptions['from']> = {}): ReturnType<typeof pullModel> {
  const repository = { hub: hub.url, repo: 'someone/tiny', revision: 'main', ...from };
  return pullModel(
    { from: repository, checksums, modelsDir, name: 'tiny', languages: ['en'], maxLength: 128, ...changes },
    {
      clock: { sleep: async () => {} },
      onProgress: (file, received, total) => void progress.push(`${file} ${received}/${total}`),
      smokeTest: async (dir) => void smokeTested.push(dir),
    },
  );
}

const rejection = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });
const withChecksum = (file: string, sha256: string): Map<string, string> => new Map([...checksums, [file, sha256]]);
const installed = (): string[] => (existsSync(modelsDir) ? readdirSync(modelsDir) : []);

test('a pulled model is complete, has a manifest, and passed its smoke test before it got its name', async () => {
  const { model, alreadyInstalled } = await pull();
  expect([alreadyInstalled, smokeTested, installed()]).toEqual([false, [join(modelsDir, 'tiny.partial')], ['tiny']]);
  expect(await loadModel(join(modelsDir, 'tiny'))).toEqual(model);
  expect(model).toMatchObject({ labels: ['positive', 'negative'], temperature: 1, weights, maxLength: 128 });
  expect(model.id).toMatch(/^tiny@0\.0\.0-[0-9a-f]{12}$/);
  expect(sha256(await readFile(join(modelsDir, 'tiny', weights)))).toBe(checksums.get(weights));
  expect(progress.at(-1)).toBe(`${weights} 3145728/3145728`);
});

test('a second pull requests nothing; other settings make another model', async () => {
  await pull();
  hub.requests.length = 0;
  expect(await pull()).toMatchObject({ alreadyInstalled: true, model: { name: 'tiny' } });
  await expect(pull({ labels: ['negative', 'positive'] })).rejects.toMatchObject(rejection('USAGE', /contains a different model/));
  expect(hub.requests).toEqual([]);
  const other = await pull({ labels: ['negative', 'positive'], name: 'other' });
  expect(other.model.version).not.toBe((await pull()).model.version);
});

test('files of an earlier attempt without a checksum are removed', async () => {
  await mkdir(join(modelsDir, 'tiny.partial/onnx'), { recursive: true });
  await writeFile(join(modelsDir, 'tiny.partial/onnx/model.onnx'), 'old');
  await pull();
  expect(readdirSync(join(modelsDir, 'tiny/onnx'))).toEqual(['model_quantized.onnx']);
});

test('a model that fails its smoke test is not installed', async () => {
  const deps = { clock: { sleep: async () => {} }, onProgress: () => {}, smokeTest: () => Promise.reject(new Error('no score')) };
  const from = { hub: hub.url, repo: 'someone/tiny', revision: 'main' };
  await expect(pullModel({ from, checksums, modelsDir, name: 'tiny', languages: ['en'], maxLength: 128 }, deps)).rejects.toThrow(
    'no score',
  );
  expect(installed()).toEqual(['tiny.partial']);
});

describe('an interrupted download resumes', () => {
  test('within one call', async () => {
    hub.fail(weights, { cutAfter: 1_000_000 }, { status: 503 }, { cutAfter: 500_000 });
    await pull();
    const ranges = hub.requests.filter((request) => request.startsWith(weights));
    expect(ranges).toHaveLength(4);
    expect(ranges[0]).toBe(weights);
    for (const range of ranges.slice(1)) expect(range).toMatch(/ from [1-9]\d*$/);
    expect(await loadModel(join(modelsDir, 'tiny'))).toBeDefined();
  });

  test('within the next call, which does not request complete files', async () => {
    // The last bytes may reach the disk after the first interruption was noticed, and count as progress of the next attempt.
    hub.fail(weights, { cutAfter: 1_000_000 }, ...Array.from({ length: 20 }, () => ({ cutAfter: 0 })));
    await expect(pull()).rejects.toMatchObject(rejection('HUB_UNAVAILABLE', /Download of .*model_quantized\.onnx failed/));
    expect(installed()).toEqual(['tiny.partial']);
    hub.requests.length = 0;
    hub.fail(weights);
    await pull();
    expect(hub.requests).toEqual([expect.stringMatching(/^onnx\/model_quantized\.onnx from [1-9]\d*$/)]);
    expect(installed()).toEqual(['tiny']);
  });

  test('from the start if the hub does not support ranges, or if the local file is larger', async () => {
    hub.fail(weights, { cutAfter: 1_000_000 }, 'ignores ranges');
    await pull();
    hub.fail(weights, { cutAfter: 1_000_000 }, 'another range');
    await pull({ name: 'first' });
    await mkdir(join(modelsDir, 'second.partial/onnx'), { recursive: true });
    await writeFile(join(modelsDir, 'second.partial', weights), Buffer.alloc(4 * 1_048_576));
    await pull({ name: 'second' });
    expect(sha256(await readFile(join(modelsDir, 'second', weights)))).toBe(checksums.get(weights));
  });

  test('but gives up if every second response discards the bytes of the one before', async () => {
    const round = [{ cutAfter: 1_000_000 }, 'another range'] as const;
    hub.fail(weights, ...Array.from({ length: 30 }, () => round).flat());
    await expect(pull()).rejects.toMatchObject(rejection('HUB_UNAVAILABLE', /Download of .* failed/));
    expect(hub.requests.filter((request) => request.startsWith(weights)).length).toBeLessThan(40);
  });

  test('from the start if the local part belongs to another file', async () => {
    await mkdir(join(modelsDir, 'tiny.partial/onnx'), { recursive: true });
    await writeFile(join(modelsDir, 'tiny.partial', weights), randomBytes(1_000));
    await pull();
    expect(hub.requests.filter((request) => request.startsWith(weights))).toEqual([`${weights} from 1000`, weights]);
    expect(sha256(await readFile(join(modelsDir, 'tiny', weights)))).toBe(checksums.get(weights));
  });

  test('and is rejected if the checksum still differs from the start', async () => {
    await mkdir(join(modelsDir, 'tiny.partial'), { recursive: true });
    await writeFile(join(modelsDir, 'tiny.partial/tokenizer.json'), '{');
    const mine = sha256(files.get('tokenizer.json') ?? Buffer.of());
    await expect(pull({ checksums: withChecksum('tokenizer.json', '0'.repeat(64)) })).rejects.toMatchObject(
      rejection('HUB_REJECTED', new RegExp(mine)),
    );
    expect(existsSync(join(modelsDir, 'tiny.partial/tokenizer.json'))).toBe(false);
  });
});

test('only one call at a time pulls a model', async () => {
  const outcomes = await Promise.allSettled([pull(), pull()]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'DATA_DIR_LOCKED' } });
  expect(installed()).toEqual(['tiny']);
});

describe('an installed model', () => {
  test('that is corrupt is repaired without downloading valid files again', async () => {
    const { model } = await pull();
    const bytes = Buffer.from(files.get(weights) ?? []);
    bytes[7] = (bytes[7] ?? 0) ^ 1;
    await writeFile(join(modelsDir, 'tiny', weights), bytes);
    await rm(join(modelsDir, 'tiny/tokenizer.json'));
    hub.requests.length = 0;
    expect(await pull()).toEqual({ model, alreadyInstalled: false });
    expect(new Set(hub.requests.map((request) => request.split(' ')[0]))).toEqual(new Set(['tokenizer.json', weights]));
    expect(await loadModel(join(modelsDir, 'tiny'))).toEqual(model);
    expect(installed()).toEqual(['tiny']);
  });

  test('without a manifest is repaired, unless the directory has other files', async () => {
    await pull();
    await writeFile(join(modelsDir, 'tiny/manifest.json'), '{');
    expect(await pull()).toMatchObject({ alreadyInstalled: false });
    await rm(join(modelsDir, 'tiny/manifest.json'));
    await writeFile(join(modelsDir, 'tiny/notes.txt'), 'mine');
    await expect(pull()).rejects.toMatchObject(rejection('USAGE', /contains a different model/));
    expect(await readFile(join(modelsDir, 'tiny/notes.txt'), 'utf8')).toBe('mine');
  });

  test('that is corrupt is replaced by an interrupted download once that is complete', async () => {
    await pull();
    await writeFile(join(modelsDir, 'tiny', weights), 'x');
    await mkdir(join(modelsDir, 'tiny.partial'));
    await pull();
    expect(await loadModel(join(modelsDir, 'tiny'))).toBeDefined();
    expect(installed()).toEqual(['tiny']);
  });

  test('that is corrupt, but has other checksums, is left alone', async () => {
    await pull();
    await writeFile(join(modelsDir, 'tiny', weights), 'x');
    await expect(pull({ checksums: withChecksum('tokenizer.json', '0'.repeat(64)) })).rejects.toMatchObject(
      rejection('USAGE', /contains a different model/),
    );
    expect(installed()).toEqual(['tiny']);
  });
});

test('the content version depends neither on the order of the checksums nor on files that are not read', async () => {
  const { model } = await pull();
  const reversed = await pull({ name: 'reversed', checksums: new Map([...checksums].reverse()) });
  expect(reversed.model.version).toBe(model.version);
  files.set('LICENSE', Buffer.from('free'));
  const licensed = await pull({ name: 'licensed', checksums: hashFiles(files) }).finally(() => files.delete('LICENSE'));
  expect(licensed.model.version).toBe(model.version);
});

test('file system errors are reported as FILE_INACCESSIBLE', async () => {
  await writeFile(modelsDir, 'a file');
  await expect(pull()).rejects.toMatchObject(rejection('FILE_INACCESSIBLE', /EEXIST|ENOTDIR/));
  expect(hub.requests).toEqual([]);
});

describe('rejects, and installs nothing', () => {
  test('a file with another checksum, which is removed', async () => {
    await expect(pull({ checksums: withChecksum('tokenizer.json', '0'.repeat(64)) })).rejects.toMatchObject(
      rejection('HUB_REJECTED', /Checksum mismatch for .*someone\/tiny\/resolve\/main\/tokenizer\.json/),
    );
    expect(installed()).toEqual(['tiny.partial']);
    expect(readdirSync(join(modelsDir, 'tiny.partial'))).toEqual(['config.json']);
    expect(smokeTested).toEqual([]);
  });

  test.each([
    ['a parent path', '../../escaped'],
    ['an absolute path', '/tmp/escaped'],
    ['a parent segment inside', 'onnx/../../escaped'],
    ['a hidden file', '.netrc'],
    ['a backslash', '..\\escaped'],
    ['a query', 'config.json?x=1'],
    ['the manifest', 'manifest.json'],
  ])('%s', async (_, file) => {
    await expect(pull({ checksums: withChecksum(file, '0'.repeat(64)) })).rejects.toMatchObject(
      rejection('USAGE', /^Files must be relative paths/),
    );
    expect([hub.requests, installed()]).toEqual([[], []]);
  });

  test.each(['../up', 'a/b/c', '', 'someone/..'])('the repository %j', async (repo) => {
    await expect(pull({}, { repo })).rejects.toMatchObject(rejection('USAGE', /OWNER\/NAME/));
  });

  test.each(['../main', 'a b', ''])('the revision %j', async (revision) => {
    await expect(pull({}, { revision })).rejects.toMatchObject(rejection('USAGE', /revision/));
  });

  test.each(['../up', 'Tiny', '', 'a.partial', 'distilbert-social-en'])('the name %j', async (name) => {
    await expect(pull({ name })).rejects.toMatchObject({ code: 'USAGE' });
    expect(hub.requests).toEqual([]);
  });

  test('plain HTTP to other hosts, for the hub and for redirects', async () => {
    await expect(pull({}, { hub: 'http://hub.example' })).rejects.toMatchObject(rejection('HUB_REJECTED', /hub\.example is not HTTPS/));
    expect(installed()).toEqual([]);
    hub.fail('config.json', { location: 'http://cdn.example/config.json' });
    await expect(pull()).rejects.toMatchObject(rejection('HUB_REJECTED', /cdn\.example is not HTTPS/));
    hub.fail('config.json', { location: 'file:///etc/passwd' });
    await expect(pull()).rejects.toMatchObject({ code: 'HUB_REJECTED' });
  });

  test('endless redirects, but not a few', async () => {
    const again = { location: `${hub.url}/someone/tiny/resolve/main/config.json` };
    hub.fail('config.json', again, again, again, again, again, again);
    await expect(pull()).rejects.toMatchObject(rejection('HUB_REJECTED', /more than 5 times/));
    hub.fail('config.json', again, { location: 'config.json' });
    expect(await pull()).toMatchObject({ alreadyInstalled: false });
  });

  test('a file that the hub lacks', async () => {
    await expect(pull({}, { revision: 'elsewhere' })).rejects.toMatchObject(rejection('HUB_REJECTED', /responded with HTTP 404 for/));
  });

  test('a file larger than the limit', async () => {
    hub.fail('tokenizer.json', 'never ends');
    await expect(pull()).rejects.toMatchObject(rejection('HUB_REJECTED', /larger than 67108864 bytes/));
    expect(hub.requests).toEqual(['config.json', 'tokenizer.json']);
  });

  test('incomplete checksums', async () => {
    const without = (file: string): Map<string, string> => new Map([...checksums].filter(([name]) => name !== file));
    await expect(pull({ checksums: without('config.json') })).rejects.toMatchObject(rejection('USAGE', /missing: config\.json/));
    await expect(pull({ checksums: without(weights) })).rejects.toMatchObject(rejection('USAGE', /missing: one \.onnx file/));
    await expect(pull({ checksums: withChecksum('model.onnx', '0'.repeat(64)) })).rejects.toMatchObject(
      rejection('USAGE', /one ONNX file/),
    );
    await expect(pull({ checksums: withChecksum(weights, 'abc') })).rejects.toMatchObject(rejection('USAGE', /64 hexadecimal digits/));
  });

  test('labels that do not fit the model', async () => {
    await expect(pull({ labels: ['negative', 'neutral', 'positive'] })).rejects.toMatchObject(
      rejection('USAGE', /has 2 classes, but `labels` lists 3/),
    );
    await expect(pull({ labels: ['negative', 'negative'] })).rejects.toMatchObject(rejection('USAGE', /needs negative and positive/));
    await expect(pull({ maxLength: 513 })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
