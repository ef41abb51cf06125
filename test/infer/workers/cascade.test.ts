import { beforeEach, expect, test } from 'vitest';
import { labels } from '../../../src/domain/post.ts';
import { Cascade, type CascadeDeps } from '../../../src/infer/workers/cascade.ts';
import type { PaddedStates } from '../../../src/infer/workers/state-buffer.ts';
import { type BatchResult, padBatch } from '../../../src/infer/workers/worker-protocol.ts';

/** A token's state is its ID, twice. The exit is sure of posts that begin with an ID above 100. */
const stateSize = 2;
const calibration = { labels, temperature: 1 };

let now: number;
let upperBatches: number[][];
let parked: number[];
let results: Map<number, BatchResult>;
let failures: number[];

beforeEach(() => {
  now = 0;
  upperBatches = [];
  parked = [];
  results = new Map();
  failures = [];
});

const lower: CascadeDeps['lower'] = async ({ inputIds, lengths }) => ({
  hidden: Float32Array.from([...inputIds].flatMap((id) => [Number(id), Number(id)])),
  stateSize,
  exitLogits: Float32Array.from(
    [...lengths.keys()].flatMap((row) => [0, 0, Number(inputIds[(row * inputIds.length) / lengths.length]) > 100 ? 9 : 0]),
  ),
});

/** The positive logit is a hundredth of the sum of the IDs; ID 13 makes the model fail. */
async function upper({ rows, width, hidden, attentionMask }: PaddedStates): Promise<Float32Array> {
  const logits = new Float32Array(rows * 3);
  const batch: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const columns = [...attentionMask.subarray(row * width, (row + 1) * width)].filter((mask) => mask === 1n).length;
    const states = hidden.subarray(row * width * stateSize, (row + 1) * width * stateSize);
    expect([...states.subarray(columns * stateSize)]).toEqual(Array((width - columns) * stateSize).fill(0));
    if (states.includes(13)) throw new Error('unlucky');
    logits[row * 3 + 2] = states.reduce((sum, value) => sum + value, 0) / stateSize / 100;
    batch.push(columns);
  }
  upperBatches.push(batch);
  return logits;
}

function createCascade(options: Partial<CascadeDeps> = {}): Cascade {
  return new Cascade({
    lower,
    upper,
    calibration,
    exit: { threshold: 0.9, calibration },
    clock: { now: () => now },
    onParked: (id) => parked.push(id),
    onResult: (id, result) => results.set(id, result),
    onFailure: (id) => failures.push(id),
    ...options,
  });
}

const positive = (id: number): number[] => [...(results.get(id)?.probabilities ?? [])].filter((_, index) => index % 3 === 2);
const softmax = (logit: number): number => Math.exp(logit) / (Math.exp(logit) + 2);

test('posts that the exit is sure about are complete at once', async () => {
  const cascade = createCascade();
  await cascade.take(7, padBatch([[101, 1], [102]]));
  expect(parked).toEqual([]);
  expect(results.get(7)?.exits).toBe(2);
  expect(positive(7)).toEqual([expect.closeTo(softmax(9)), expect.closeTo(softmax(9))]);
  expect(upperBatches).toEqual([]);
});

test('the others wait and are batched by length with those of other batches; rows keep their places', async () => {
  const cascade = createCascade();
  await cascade.take(1, padBatch([[50, 10, 10, 10], [101], [20]]));
  await cascade.take(2, padBatch([[30, 30, 30, 30], [40]]));
  expect(parked).toEqual([1, 2]);
  expect(cascade.hasParked).toBe(true);
  expect(results.size).toBe(0);
  await cascade.flush();
  expect(upperBatches).toEqual([[4, 4, 1, 1]]);
  expect(results.get(1)?.exits).toBe(1);
  expect(positive(1)).toEqual([expect.closeTo(softmax(0.8), 6), expect.closeTo(softmax(9), 6), expect.closeTo(softmax(0.2), 6)]);
  expect(positive(2)).toEqual([expect.closeTo(softmax(1.2), 6), expect.closeTo(softmax(0.4), 6)]);
  expect(cascade.hasParked).toBe(false);
});

test('without an exit, every post runs through the upper layers', async () => {
  const cascade = createCascade({ exit: undefined });
  await cascade.take(1, padBatch([[101], [20]]));
  await cascade.flush();
  expect(results.get(1)?.exits).toBe(0);
  expect(positive(1)).toEqual([expect.closeTo(softmax(1.01), 6), expect.closeTo(softmax(0.2), 6)]);
});

test('exit and final probabilities have their own temperatures', async () => {
  const cascade = createCascade({
    calibration: { labels, temperature: 0.5 },
    exit: { threshold: 0.9, calibration: { labels, temperature: 2 } },
  });
  await cascade.take(1, padBatch([[101], [20]]));
  await cascade.flush();
  expect(positive(1)).toEqual([expect.closeTo(softmax(4.5), 6), expect.closeTo(softmax(0.4), 6)]);
});

test('a full batch of waiting posts runs without a flush', async () => {
  const cascade = createCascade();
  const post = Array<number>(64).fill(1);
  await cascade.take(1, padBatch(Array.from({ length: 4 }, () => post)));
  expect(results.size).toBe(0);
  await cascade.take(2, padBatch(Array.from({ length: 4 }, () => post)));
  expect([...results.keys()]).toEqual([1, 2]);
});

test('posts wait only a few batches', async () => {
  const cascade = createCascade();
  await cascade.take(1, padBatch([[20]]));
  now += 30;
  await cascade.take(2, padBatch([[101]]));
  expect([...results.keys()]).toEqual([2]);
  now += 30;
  await cascade.take(3, padBatch([[102]]));
  expect([...results.keys()]).toEqual([2, 3, 1]);
});

test('a batch fails only if the model fails on its own posts', async () => {
  const cascade = createCascade();
  await cascade.take(1, padBatch([[20], [30]]));
  await cascade.take(2, padBatch([[40], [13]]));
  await cascade.take(3, padBatch([[101], [50]]));
  await cascade.flush();
  expect(failures).toEqual([2]);
  expect([...results.keys()]).toEqual([1, 3]);
  expect(positive(3)).toEqual([expect.closeTo(softmax(9), 6), expect.closeTo(softmax(0.5), 6)]);
});

test('a batch on which the lower layers fail does not disturb those that wait', async () => {
  const cascade = createCascade({ lower: (batch) => (batch.width > 2 ? Promise.reject(new Error('too wide')) : lower(batch)) });
  await cascade.take(1, padBatch([[20]]));
  await cascade.take(2, padBatch([[20, 1, 1]]));
  await cascade.flush();
  expect(failures).toEqual([2]);
  expect([...results.keys()]).toEqual([1]);
});

test('memory is reused after a flush, and grows when posts are long', async () => {
  const cascade = createCascade();
  for (const [id, length] of [3, 200, 5, 700].entries()) {
    await cascade.take(id, padBatch([Array<number>(length).fill(1)]));
    await cascade.flush();
    expect(positive(id)).toEqual([expect.closeTo(softmax(length / 100), 6)]);
  }
});
