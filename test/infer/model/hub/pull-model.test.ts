import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Pull, pullModel } from '../../../../src/infer/model/hub/pull-model.ts';
import { loadModel } from '../../../../src/infer/model/model.ts';
import { pinsOf, sha256Of, startHub, type TestHub } from '../../../support/hub.ts';

const weights = 'onnx/model_quantized.onnx';
const files = new Map<string, Buffer>([
  ['config.json', Buffer.from(JSON.stringify({ id2label: { 0: 'POSITIVE', 1: 'NEGATIVE' }, max_position_embeddings: 512 }))],
  ['tokenizer.json', Buffer.from('{"model":{}}')],
  ['tokenizer_config.json', Buffer.from('{}')],
  // Not a model: that each file is the one pinned is what matters here. model.live.test.ts pulls one that runs.
  [weights, randomBytes(3 * 1_048_576)],
]);
const pins = pinsOf(files);

let hub: TestHub;
let into: string;
let tried: string[];
let progress: string[];

beforeEach(async () => {
  hub = await startHub(files);
  into = join(await mkdtemp(join(tmpdir(), 'feedpulse-pull-')), 'models');
  tried = [];
  progress = [];
});
afterEach(async () => {
  await hub.stop();
  await rm(join(into, '..'), { recursive: true });
});

function pull(changes: Partial<Pull> = {}, from: Partial<Pull['from']> = {}): ReturnType<typeof pullModel> {
  const repository = { hub: hub.url, repo: 'someone/tiny', revision: 'main', ...from };
  return pullModel(
    { from: repository, pins, into, name: 'tiny', languages: ['en'], maxLength: 128, ...changes },
    {
      clock: { sleep: async () => {} },
      onProgress: (file, received, total) => void progress.push(`${file} ${received}/${total}`),
      tryOut: async (folder) => void tried.push(folder),
    },
  );
}

const refused = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });
const withPin = (file: string, sha256: string): Map<string, string> => new Map([...pins, [file, sha256]]);
const installed = (): string[] => (existsSync(into) ? readdirSync(into) : []);

test('what is pulled is whole, has a manifest, and was tried out before it got its name', async () => {
  const { model, wasThere } = await pull();
  expect([wasThere, tried, installed()]).toEqual([false, [join(into, 'tiny.partial')], ['tiny']]);
  expect(await loadModel(join(into, 'tiny'))).toEqual(model);
  expect(model).toMatchObject({ labels: ['positive', 'negative'], temperature: 1, weights, maxLength: 128 });
  expect(model.id).toMatch(/^tiny@0\.0\.0-[0-9a-f]{12}$/);
  expect(sha256Of(await readFile(join(into, 'tiny', weights)))).toBe(pins.get(weights));
  expect(progress.at(-1)).toBe(`${weights} 3145728/3145728`);
});

test('a second time nothing is asked; read another way it is another model', async () => {
  await pull();
  hub.asked.length = 0;
  expect(await pull()).toMatchObject({ wasThere: true, model: { name: 'tiny' } });
  await expect(pull({ labels: ['negative', 'positive'] })).rejects.toMatchObject(refused('USAGE', /holds another model/));
  expect(hub.asked).toEqual([]);
  const other = await pull({ labels: ['negative', 'positive'], name: 'other' });
  expect(other.model.version).not.toBe((await pull()).model.version);
});

test('what an earlier attempt fetched and nobody pins any more is gone', async () => {
  await mkdir(join(into, 'tiny.partial/onnx'), { recursive: true });
  await writeFile(join(into, 'tiny.partial/onnx/model.onnx'), 'old');
  await pull();
  expect(readdirSync(join(into, 'tiny/onnx'))).toEqual(['model_quantized.onnx']);
});

test('a model that fails when it is tried out gets no name', async () => {
  const parts = { clock: { sleep: async () => {} }, onProgress: () => {}, tryOut: () => Promise.reject(new Error('no score')) };
  const from = { hub: hub.url, repo: 'someone/tiny', revision: 'main' };
  await expect(pullModel({ from, pins, into, name: 'tiny', languages: ['en'], maxLength: 128 }, parts)).rejects.toThrow('no score');
  expect(installed()).toEqual(['tiny.partial']);
});

describe('what was cut off goes on where it broke', () => {
  test('within one call', async () => {
    hub.fail(weights, { cutAfter: 1_000_000 }, { status: 503 }, { cutAfter: 500_000 });
    await pull();
    const ranges = hub.asked.filter((one) => one.startsWith(weights));
    expect(ranges).toHaveLength(4);
    expect(ranges[0]).toBe(weights);
    for (const range of ranges.slice(1)) expect(range).toMatch(/ from [1-9]\d*$/);
    expect(await loadModel(join(into, 'tiny'))).toBeDefined();
  });

  test('within the next call, which asks for no file that is there', async () => {
    // What was written last may reach the disk after the first cut was noticed, and count as progress of the next attempt.
    hub.fail(weights, { cutAfter: 1_000_000 }, ...Array.from({ length: 20 }, () => ({ cutAfter: 0 })));
    await expect(pull()).rejects.toMatchObject(refused('HUB_UNAVAILABLE', /model_quantized\.onnx could not be fetched/));
    expect(installed()).toEqual(['tiny.partial']);
    hub.asked.length = 0;
    hub.fail(weights);
    await pull();
    expect(hub.asked).toEqual([expect.stringMatching(/^onnx\/model_quantized\.onnx from [1-9]\d*$/)]);
    expect(installed()).toEqual(['tiny']);
  });

  test('from the start where the hub knows no ranges, or what is here is no part of it', async () => {
    hub.fail(weights, { cutAfter: 1_000_000 }, 'ignores ranges');
    await pull();
    hub.fail(weights, { cutAfter: 1_000_000 }, 'another range');
    await pull({ name: 'first' });
    await mkdir(join(into, 'second.partial/onnx'), { recursive: true });
    await writeFile(join(into, 'second.partial', weights), Buffer.alloc(4 * 1_048_576));
    await pull({ name: 'second' });
    expect(sha256Of(await readFile(join(into, 'second', weights)))).toBe(pins.get(weights));
  });

  test('but not without end where every second answer throws away what the one before brought', async () => {
    const round = [{ cutAfter: 1_000_000 }, 'another range'] as const;
    hub.fail(weights, ...Array.from({ length: 30 }, () => round).flat());
    await expect(pull()).rejects.toMatchObject(refused('HUB_UNAVAILABLE', /could not be fetched/));
    expect(hub.asked.filter((one) => one.startsWith(weights)).length).toBeLessThan(40);
  });

  test('from the start where what an earlier call left was the beginning of another file', async () => {
    await mkdir(join(into, 'tiny.partial/onnx'), { recursive: true });
    await writeFile(join(into, 'tiny.partial', weights), randomBytes(1_000));
    await pull();
    expect(hub.asked.filter((one) => one.startsWith(weights))).toEqual([`${weights} from 1000`, weights]);
    expect(sha256Of(await readFile(join(into, 'tiny', weights)))).toBe(pins.get(weights));
  });

  test('and the hub is blamed where it is another file from the start as well', async () => {
    await mkdir(join(into, 'tiny.partial'), { recursive: true });
    await writeFile(join(into, 'tiny.partial/tokenizer.json'), '{');
    const mine = sha256Of(files.get('tokenizer.json') ?? Buffer.of());
    await expect(pull({ pins: withPin('tokenizer.json', '0'.repeat(64)) })).rejects.toMatchObject(
      refused('HUB_REJECTED', new RegExp(mine)),
    );
    expect(existsSync(join(into, 'tiny.partial/tokenizer.json'))).toBe(false);
  });
});

test('one call at a time fetches a model', async () => {
  const outcomes = await Promise.allSettled([pull(), pull()]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'DATA_DIR_LOCKED' } });
  expect(installed()).toEqual(['tiny']);
});

describe('an installed model', () => {
  test('that is damaged is made whole again, and what is sound in it is not fetched again', async () => {
    const { model } = await pull();
    const bytes = Buffer.from(files.get(weights) ?? []);
    bytes[7] = (bytes[7] ?? 0) ^ 1;
    await writeFile(join(into, 'tiny', weights), bytes);
    await rm(join(into, 'tiny/tokenizer.json'));
    hub.asked.length = 0;
    expect(await pull()).toEqual({ model, wasThere: false });
    expect(new Set(hub.asked.map((one) => one.split(' ')[0]))).toEqual(new Set(['tokenizer.json', weights]));
    expect(await loadModel(join(into, 'tiny'))).toEqual(model);
    expect(installed()).toEqual(['tiny']);
  });

  test('without a manifest is made whole again, unless other files lie there', async () => {
    await pull();
    await writeFile(join(into, 'tiny/manifest.json'), '{');
    expect(await pull()).toMatchObject({ wasThere: false });
    await rm(join(into, 'tiny/manifest.json'));
    await writeFile(join(into, 'tiny/notes.txt'), 'mine');
    await expect(pull()).rejects.toMatchObject(refused('USAGE', /holds another model/));
    expect(await readFile(join(into, 'tiny/notes.txt'), 'utf8')).toBe('mine');
  });

  test('that is damaged gives way when an attempt that was cut off is whole', async () => {
    await pull();
    await writeFile(join(into, 'tiny', weights), 'x');
    await mkdir(join(into, 'tiny.partial'));
    await pull();
    expect(await loadModel(join(into, 'tiny'))).toBeDefined();
    expect(installed()).toEqual(['tiny']);
  });

  test('that is damaged, but of other files, is left as it is', async () => {
    await pull();
    await writeFile(join(into, 'tiny', weights), 'x');
    await expect(pull({ pins: withPin('tokenizer.json', '0'.repeat(64)) })).rejects.toMatchObject(refused('USAGE', /holds another model/));
    expect(installed()).toEqual(['tiny']);
  });
});

test('the version that is made up depends neither on the order of the pins nor on files that are not read', async () => {
  const { model } = await pull();
  const reversed = await pull({ name: 'reversed', pins: new Map([...pins].reverse()) });
  expect(reversed.model.version).toBe(model.version);
  files.set('LICENSE', Buffer.from('free'));
  const licensed = await pull({ name: 'licensed', pins: pinsOf(files) }).finally(() => files.delete('LICENSE'));
  expect(licensed.model.version).toBe(model.version);
});

test('what the file system refuses is said to be that', async () => {
  await writeFile(into, 'a file');
  await expect(pull()).rejects.toMatchObject(refused('FILE_UNREADABLE', /EEXIST|ENOTDIR/));
  expect(hub.asked).toEqual([]);
});

describe('refuses, and installs nothing', () => {
  test('another file than the one pinned, which is removed', async () => {
    await expect(pull({ pins: withPin('tokenizer.json', '0'.repeat(64)) })).rejects.toMatchObject(
      refused('HUB_REJECTED', /someone\/tiny\/resolve\/main\/tokenizer\.json is another file than the one pinned/),
    );
    expect(installed()).toEqual(['tiny.partial']);
    expect(readdirSync(join(into, 'tiny.partial'))).toEqual(['config.json']);
    expect(tried).toEqual([]);
  });

  test.each([
    ['a path upwards', '../../escaped'],
    ['a path from the root', '/tmp/escaped'],
    ['a step upwards within', 'onnx/../../escaped'],
    ['a hidden file', '.netrc'],
    ['a backslash', '..\\escaped'],
    ['a query', 'config.json?x=1'],
    ['the manifest', 'manifest.json'],
  ])('%s', async (_, file) => {
    await expect(pull({ pins: withPin(file, '0'.repeat(64)) })).rejects.toMatchObject(refused('USAGE', /named by its path/));
    expect([hub.asked, installed()]).toEqual([[], []]);
  });

  test.each(['../up', 'a/b/c', '', 'someone/..'])('the repository %j', async (repo) => {
    await expect(pull({}, { repo })).rejects.toMatchObject(refused('USAGE', /OWNER\/NAME/));
  });

  test.each(['../main', 'a b', ''])('the revision %j', async (revision) => {
    await expect(pull({}, { revision })).rejects.toMatchObject(refused('USAGE', /revision/));
  });

  test.each(['../up', 'Tiny', '', 'a.partial', 'distilbert-social-en'])('the name %j', async (name) => {
    await expect(pull({ name })).rejects.toMatchObject({ code: 'USAGE' });
    expect(hub.asked).toEqual([]);
  });

  test('plain http beyond this machine, at the hub or where it leads', async () => {
    await expect(pull({}, { hub: 'http://hub.example' })).rejects.toMatchObject(
      refused('HUB_REJECTED', /hub\.example would be asked without encryption/),
    );
    expect(installed()).toEqual([]);
    hub.fail('config.json', { location: 'http://cdn.example/config.json' });
    await expect(pull()).rejects.toMatchObject(refused('HUB_REJECTED', /cdn\.example would be asked without encryption/));
    hub.fail('config.json', { location: 'file:///etc/passwd' });
    await expect(pull()).rejects.toMatchObject({ code: 'HUB_REJECTED' });
  });

  test('a chain of redirects without end, but not a short one', async () => {
    const again = { location: `${hub.url}/someone/tiny/resolve/main/config.json` };
    hub.fail('config.json', again, again, again, again, again, again);
    await expect(pull()).rejects.toMatchObject(refused('HUB_REJECTED', /more than 5 times/));
    hub.fail('config.json', again, { location: 'config.json' });
    expect(await pull()).toMatchObject({ wasThere: false });
  });

  test('a file that the hub does not have', async () => {
    await expect(pull({}, { revision: 'elsewhere' })).rejects.toMatchObject(refused('HUB_REJECTED', /answered 404/));
  });

  test('a file without end', async () => {
    hub.fail('tokenizer.json', 'never ends');
    await expect(pull()).rejects.toMatchObject(refused('HUB_REJECTED', /larger than 67108864 bytes/));
    expect(hub.asked).toEqual(['config.json', 'tokenizer.json']);
  });

  test('pins that are not whole', async () => {
    const without = (file: string): Map<string, string> => new Map([...pins].filter(([name]) => name !== file));
    await expect(pull({ pins: without('config.json') })).rejects.toMatchObject(refused('USAGE', /missing: config\.json/));
    await expect(pull({ pins: without(weights) })).rejects.toMatchObject(refused('USAGE', /missing: one \.onnx file/));
    await expect(pull({ pins: withPin('model.onnx', '0'.repeat(64)) })).rejects.toMatchObject(refused('USAGE', /one ONNX file/));
    await expect(pull({ pins: withPin(weights, 'abc') })).rejects.toMatchObject(refused('USAGE', /64 hexadecimal digits/));
  });

  test('labels that are not those of the model', async () => {
    await expect(pull({ labels: ['negative', 'neutral', 'positive'] })).rejects.toMatchObject(
      refused('USAGE', /has 2 classes, and --labels names 3/),
    );
    await expect(pull({ labels: ['negative', 'negative'] })).rejects.toMatchObject(refused('USAGE', /needs negative and positive/));
    await expect(pull({ maxLength: 513 })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
