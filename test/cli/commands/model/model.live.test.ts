import { cp, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledModelPath } from '../../../../src/infer/model/model.ts';
import { oneRowWeights, twoClassModel } from '../../../support/altered-model.ts';
import { feedpulse, runCommand, useBundledModel } from '../../../support/feedpulse.ts';
import { hashFiles, startHub, type TestHub } from '../../../support/hub.ts';

const weights = 'onnx/model_quantized.onnx';
/** Of the bundled model. */
const upperWeights = 'onnx/upper_quantized.onnx';
const hostile = 'The \u001b[31mstore\u202e opens at nine';

useBundledModel();
let folder: string;
let data: string;
let twoClasses: string;
let files: Map<string, Buffer>;
let hub: TestHub;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-models-'));
  data = join(folder, 'data');
  twoClasses = await twoClassModel(join(folder, 'elsewhere'));
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', weights];
  files = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(twoClasses, name))] as const)));
  hub = await startHub(files, 'someone/Two-Classes');
});
afterAll(async () => {
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

const model = (...args: string[]) => feedpulse('model', ...args, '--data-dir', data);
/** As a table shows it, such as `68.2 MB`. */
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
/** What pins the files, on the command line. */
const pinned = (all: ReadonlyMap<string, Buffer>): string[] =>
  [...hashFiles(all)].flatMap(([file, sha256]) => ['--sha256', `${file}=${sha256}`]);
const failing = (...args: string[]) => runCommand(['model', ...args, '--data-dir', data]);

interface Listed {
  readonly name: string;
  readonly origin: string;
  readonly active: boolean;
  readonly problem: string | null;
}

test('pull fetches a model of two classes that then scores; a second time it is there', async () => {
  const args = ['pull', 'someone/Two-Classes', '--hub', hub.url, ...pinned(files)];
  hub.fail(weights, { cutAfter: 20_000_000 });
  const { stdout } = await model(...args);
  const installed = join(data, 'models/two-classes');
  expect(stdout).toMatch(/^two-classes@0\.0\.0-[0-9a-f]{12} is installed: .*two-classes\n/);
  expect((await model(...args)).stdout).toContain('is already installed and verified');
  const posts = join(folder, 'posts.txt');
  await writeFile(posts, 'I love this camera\nThe store opens at nine\n');
  const scored = (await feedpulse('score', posts, '--model', installed, '--log-level', 'error')).stdout.trim().split('\n');
  expect(scored.map((line) => JSON.parse(line))).toMatchObject([{ label: 'positive', neutral: 0 }, { neutral: 0 }]);
});

test('pull rejects a model that fails its smoke test', async () => {
  const labels = ['--labels', 'negative,neutral,positive'];
  const { code, output } = await failing('pull', 'someone/Two-Classes', '--hub', hub.url, ...pinned(files), '--as', 'three', ...labels);
  expect([code, output]).toEqual([2, expect.stringMatching(/^USAGE: The model has 2 classes, but `labels` lists 3/)]);
  const silent = new Map([...files, ['config.json', Buffer.from('{}')]]);
  const other = await startHub(silent, 'someone/silent');
  const tried = await failing('pull', 'someone/silent', '--hub', other.url, ...pinned(silent), ...labels);
  await other.stop();
  expect([tried.code, tried.output]).toEqual([4, expect.stringMatching(/^MODEL_FAILED: .*no float32 output `logits` of shape \[2, 3\]/)]);
  expect(tried.output).not.toMatch(/Look at the log/);
  const oneRow = new Map([...files, [weights, oneRowWeights(files.get(weights) ?? Buffer.of())]]);
  const single = await startHub(oneRow, 'someone/single');
  const together = await failing('pull', 'someone/single', '--hub', single.url, ...pinned(oneRow));
  await single.stop();
  expect([together.code, together.output]).toEqual([
    4,
    expect.stringMatching(/^MODEL_FAILED: The smoke test of the model failed\. .*Expected: 1/s),
  ]);
  expect((await model('list')).stdout).not.toMatch(/silent|single/);
});

test('list shows every model, which one is active, and why one cannot be read', async () => {
  await mkdir(join(data, 'models/broken'), { recursive: true });
  await writeFile(join(data, 'models/broken/manifest.json'), '{"format": 1');
  const { stdout, stderr } = await model('list');
  expect(stdout).toMatch(
    /^ACTIVE +NAME +VERSION +ORIGIN +LABELS +LANG +SIZE +MACRO RECALL +ACCURACY +DIRECTORY\n\* +distilbert-social-en +\d+\.\d+\.\d+ +bundled/,
  );
  const size = megabytes([...files.values()].reduce((sum, file) => sum + file.length, 0));
  expect(stdout.replace(/ +/g, ' ')).toMatch(new RegExp(`\\n two-classes 0\\.0\\.0-\\w+ installed negative positive en ${size} – – `));
  expect(stderr).toMatch(/^broken: .*manifest\.json is corrupt: it is not valid JSON/);
  const { stdout: json } = await model('list', '--format', 'json', '--model', twoClasses);
  const listed = (JSON.parse(json) as Listed[]).map(({ name, origin, active, problem }) => [name, origin, active, problem === null]);
  expect(listed).toEqual([
    ['distilbert-social-en', 'bundled', false, true],
    ['distilbert-social-multi', 'bundled', false, true],
    ['broken', 'installed', false, false],
    ['two-classes', 'installed', false, true],
    ['two-classes', 'configured', true, true],
  ]);
});

test('verify prints the state of each file and exits with 4 if one fails', async () => {
  expect((await model('verify')).stdout).toMatch(/^distilbert-social-en@\d+\.\d+\.\d+ in .*\n( {2}✓ ok .*\n){5}$/);
  expect(JSON.parse((await model('verify', 'two-classes', '--format', 'json')).stdout)).toMatchObject({ ok: true });
  const copy = join(folder, 'copy');
  await cp(bundledModelPath, copy, { recursive: true });
  await rm(join(copy, 'config.json'));
  const missing = await failing('verify', copy);
  expect([missing.code, missing.output]).toEqual([
    4,
    expect.stringMatching(/✗ missing +648 B +config\.json\n[\s\S]*MODEL_MISSING: 1 of 5 files/),
  ]);
  await truncate(join(copy, upperWeights), 1_000);
  const bytes = await readFile(join(copy, 'tokenizer_config.json'));
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  await writeFile(join(copy, 'tokenizer_config.json'), bytes);
  const damaged = await failing('verify', copy);
  expect([damaged.code, damaged.output]).toEqual([4, expect.stringMatching(/MODEL_CORRUPT: 3 of 5 files failed verification/)]);
  expect(damaged.output).toMatch(/✓ ok +527\.3 kB +tokenizer\.json\n {2}✗ corrupt +1\.3 kB +tokenizer_config\.json\n/);
  const whole = (await stat(join(bundledModelPath, upperWeights))).size;
  expect(damaged.output.replace(/ +/g, ' ')).toContain(`✗ truncated ${megabytes(whole)} ${upperWeights}`);
});

test('compare measures both as eval does, and shows where they differ without steering the terminal', async () => {
  const file = join(folder, 'posts.tsv');
  const rows = [
    ['negative', 'what a terrible phone, it broke after a day'],
    ['positive', 'I love this camera'],
    ['neutral', hostile],
    ['neutral', 'The train to Halden leaves from platform two'],
  ];
  await writeFile(file, `label\ttext\n${rows.map((row) => row.join('\t')).join('\n')}\n`);
  const args = ['compare', 'distilbert-social-en', 'two-classes', file, '--log-level', 'error'];
  const found = JSON.parse((await model(...args, '--format', 'json')).stdout);
  const alone = JSON.parse((await feedpulse('eval', file, '--json', '--model', twoClasses, '--log-level', 'error')).stdout);
  expect(found.b).toMatchObject({ macroRecall: alone.macroRecall, accuracy: alone.accuracy, confusion: alone.confusion });
  expect(found.b.perClass.neutral).toMatchObject({ recall: 0, support: 2 });
  expect(found.accuracy).toMatchObject({ onlyA: 2, onlyB: 0, exact: 0.5, midP: 0.25, difference: -0.5 });
  expect(found.macroRecall).toMatchObject({ difference: -1 / 3, high: 0, seed: 17 });
  expect(found.macroRecall.isSampleTooSmall).toBe(true);
  expect(found.disagreements).toMatchObject({ posts: 2, examples: [{ truth: 'neutral', a: { label: 'neutral' } }, {}] });
  expect(found.disagreements.examples.map(({ line }: { line: number }) => line).sort()).toEqual([4, 5]);
  expect((await model(...args)).stdout).toMatch(/ 4 {2}neutral .* The \\u\{1b\}\[31mstore\\u\{202e\} opens at nine\n/);
  const { stdout } = await model(...args, '--show', '1');
  expect(stdout).toMatch(/\nmacro recall +100\.0 +66\.7 +−33\.3\naccuracy +100\.0 +50\.0 +−50\.0\n/);
  expect(stdout).toMatch(/only A is right on 2 posts, only B on 0; McNemar's mid-p 0\.250 \(exact 0\.500\): not significant\./);
  expect(stdout).toMatch(/Macro recall: −33\.3 points, 95% interval \[.*\]: too few posts\.\n/);
  expect(stdout).toMatch(/The models disagree on 2 posts; the 1 with the largest difference:\n\nLINE +TRUTH/);
  const absent = await failing('compare', 'two-classes', 'nowhere', file, '--log-level', 'error');
  expect([absent.code, absent.output]).toEqual([4, expect.stringMatching(/^MODEL_MISSING: .*nowhere/)]);
  const swapped = await model('compare', 'two-classes', 'two-classes', file, '--log-level', 'error');
  expect(swapped.stdout).toMatch(/mid-p 1\.000 [\s\S]*The models disagree on 0 posts\.\n$/);
});
