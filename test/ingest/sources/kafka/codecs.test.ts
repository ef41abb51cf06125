import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { kafkaCodecs, maxBatchBytes, maxDecompressedResponseBytes, registerCodecs } from '../../../../src/ingest/sources/kafka/codecs.ts';

/** Forty posts, as `sampleText` makes them, compressed by the reference implementation. */
const zstdSample =
  'KLUv/QRYLQcA8gohIKAn6X+OVdV3YOuTZNpaF0U3rf4XJHJvKWVKlV5ZwyoehqLqy1v6i+6+99Z++p8e83lLTshGRmg0OvuczGa24+LT/JQJnevDtMSb2adtSsOUhvB4Pq' +
  'zlza2hqHMgLA5K4TAUJCyUgUqqMTA0hdRBVFIAAYUUk1iYxFJJLQzBoVEEEHUQTqghjHz9fwOQM5JCBxH8f88kQiKUmA8QBHsRGQjTaLcdRQKxsLvaBu9T5r33dOtKEzvd' +
  'bm2j/OfQwzBD/lBCSrKj6PtM/hPYg8Cj0BHSwjlGcJ5KZIbgRY4AjXtBVUGJZw8=';

const sampleText = Array.from(
  { length: 40 },
  (_, i) => `${JSON.stringify({ platform: 'murmur', id: `p${i}`, text: `naïve café ${i * i}` })}\n`,
).join('');
const samples = {
  nothing: Buffer.alloc(0),
  posts: Buffer.from(sampleText),
  'several blocks': Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7_919) % 251)),
};
const tooMuch = maxBatchBytes + 1_048_576;

/** A frame of blocks that each repeat one byte 128 KiB times (RFC 8878): four bytes that decode to 131,072. */
function zstdRuns(blocks: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);
  const runs = Array.from({ length: blocks }, (_, index) => {
    const block = Buffer.alloc(4, 0x61);
    block.writeUIntLE((index === blocks - 1 ? 1 : 0) | (1 << 1) | (131_072 << 3), 0, 3);
    return block;
  });
  return Buffer.concat([header, ...runs]);
}

/** The framing that Java clients put around snappy. */
async function xerial(parts: readonly Buffer[]): Promise<Buffer> {
  const header = Buffer.concat([Buffer.from([0x82]), Buffer.from('SNAPPY\0'), Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
  const blocks = await Promise.all(parts.map((buffer) => kafkaCodecs.snappy.compress({ buffer })));
  return Buffer.concat([header, ...blocks.flatMap((block) => [lengthOf(block), block])]);
}

function lengthOf(block: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length);
  return length;
}

/** So that a failing test does not print 50 MiB. */
async function sizeOf(decoded: Promise<Buffer>): Promise<number> {
  return (await decoded).length;
}

describe.each(['gzip', 'snappy', 'lz4'] as const)('%s', (name) => {
  const codec = kafkaCodecs[name];

  it.each(Object.entries(samples))('gives back what it took: %s', async (_, sample) => {
    const decoded = await codec.decompress(await codec.compress({ buffer: sample }));
    expect(decoded.equals(sample)).toBe(true);
  });

  it('rejects what decompresses to more than the limit', async () => {
    const bomb = await codec.compress({ buffer: Buffer.alloc(tooMuch) });
    expect(bomb.length).toBeLessThan(tooMuch / 10);
    await expect(sizeOf(codec.decompress(bomb))).rejects.toMatchObject({ code: 'KAFKA_UNREADABLE', retry: false, retriable: false });
  });

  it('rejects corrupt bytes', async () => {
    await expect(codec.decompress(Buffer.from([1, 2]))).rejects.toMatchObject({ code: 'KAFKA_UNREADABLE' });
  });
});

describe('lz4', () => {
  it('allocates no memory for what it rejects', async () => {
    const frame = await kafkaCodecs.lz4.compress({ buffer: Buffer.alloc(9 * 1_048_576) });
    const header = frame.subarray(0, 7);
    const block = frame.subarray(7, 11 + frame.readUInt32LE(7));
    const bomb = Buffer.concat([header, ...Array.from({ length: 150 }, () => block), Buffer.alloc(4)]);
    const before = process.memoryUsage.rss();
    await expect(sizeOf(kafkaCodecs.lz4.decompress(bomb))).rejects.toMatchObject({ code: 'KAFKA_UNREADABLE' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1_048_576);
  });
});

describe('snappy in xerial framing', () => {
  it('decompresses block by block', async () => {
    const decoded = await kafkaCodecs.snappy.decompress(await xerial([samples.posts, Buffer.from('end')]));
    expect(decoded.toString()).toBe(`${sampleText}end`);
  });

  it('is limited over all its blocks', async () => {
    const block = Buffer.alloc(maxBatchBytes / 2 + 1);
    await expect(sizeOf(kafkaCodecs.snappy.decompress(await xerial([block, block])))).rejects.toMatchObject({ code: 'KAFKA_UNREADABLE' });
  });
});

describe('zstd', () => {
  it('decompresses what the reference implementation compressed', async () => {
    const decoded = await kafkaCodecs.zstd.decompress(Buffer.from(zstdSample, 'base64'));
    expect(decoded.toString()).toBe(sampleText);
  });

  it('decompresses many blocks', async () => {
    expect((await kafkaCodecs.zstd.decompress(zstdRuns(3))).equals(Buffer.alloc(3 * 131_072, 0x61))).toBe(true);
  });

  it('rejects what decompresses to more than the limit', async () => {
    await expect(sizeOf(kafkaCodecs.zstd.decompress(zstdRuns(tooMuch / 131_072)))).rejects.toMatchObject({ code: 'KAFKA_UNREADABLE' });
  });

  it('rejects a window of a gigabyte, also after other frames', async () => {
    const block = Buffer.from([0x03, 0x00, 0x10, 0x61]);
    const asking = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (30 - 10) << 3]), block]);
    const skipped = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
    for (const bomb of [
      asking,
      Buffer.concat([zstdRuns(2), asking]),
      Buffer.concat([Buffer.from(zstdSample, 'base64'), skipped, asking]),
    ]) {
      const before = process.memoryUsage.rss();
      await expect(kafkaCodecs.zstd.decompress(bomb)).rejects.toMatchObject({ message: expect.stringContaining('window') });
      expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1_048_576);
    }
    const whole = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0]), Buffer.from('ffffffffff000000', 'hex'), block]);
    await expect(kafkaCodecs.zstd.decompress(whole)).rejects.toMatchObject({ message: expect.stringContaining('window') });
  });

  it('rejects corrupt bytes', async () => {
    await expect(kafkaCodecs.zstd.decompress(Buffer.from(zstdSample, 'base64').subarray(0, 100))).rejects.toMatchObject({
      code: 'KAFKA_UNREADABLE',
    });
  });
});

describe('batches of one fetch response', () => {
  it('are limited together: a response of 1 MiB may hold twenty decompression bombs', async () => {
    const batch = await kafkaCodecs.gzip.compress({ buffer: Buffer.alloc(maxBatchBytes) });
    const batches = Math.floor(maxDecompressedResponseBytes / maxBatchBytes);
    const answer = Buffer.concat(Array.from({ length: batches + 1 }, () => batch));
    const at = (index: number) => answer.subarray(index * batch.length, (index + 1) * batch.length);
    for (let index = 0; index < batches; index += 1) expect(await sizeOf(kafkaCodecs.gzip.decompress(at(index)))).toBe(maxBatchBytes);
    await expect(sizeOf(kafkaCodecs.gzip.decompress(at(batches)))).rejects.toMatchObject({ code: 'KAFKA_UNREADABLE' });
    // The next answer begins anew.
    expect(await sizeOf(kafkaCodecs.gzip.decompress(batch))).toBe(maxBatchBytes);
  });
});

it('all codecs are registered with kafkajs', () => {
  registerCodecs();
  const table: Record<number, () => unknown> = kafkajs.CompressionCodecs;
  const { GZIP, Snappy, LZ4, ZSTD } = kafkajs.CompressionTypes;
  expect([GZIP, Snappy, LZ4, ZSTD].map((type) => table[type]?.())).toEqual([
    kafkaCodecs.gzip,
    kafkaCodecs.snappy,
    kafkaCodecs.lz4,
    kafkaCodecs.zstd,
  ]);
});
