import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readFileSample, splitJsonValues } from '../../../src/ingest/inspect/read-sample.ts';

const read = async (content: string, count = 200) => {
  const { messages, isDocument } = await readFileSample(Readable.from([content]), count, 0);
  return { isDocument, messages: messages.map(({ label, bytes }) => [label, bytes.toString()]) };
};

describe('a sample of a file', () => {
  test('is its first lines that are not blank', async () => {
    expect(await read('{"id":1}\n\n{"id":2}\n{"id":3}\n', 2)).toEqual({
      isDocument: false,
      messages: [
        ['line 1', '{"id":1}'],
        ['line 3', '{"id":2}'],
      ],
    });
  });

  test('is the items of a JSON array, in which no digit is lost', async () => {
    expect(await read('[\n {"id": 1991822400000000001, "text": "a ] and \\" }"},\n {"id": 2}\n]\n')).toEqual({
      isDocument: true,
      messages: [
        ['value 1', '{"id": 1991822400000000001, "text": "a ] and \\" }"}'],
        ['value 2', '{"id": 2}'],
      ],
    });
  });

  test('is the values of pretty-printed JSON', async () => {
    expect(await read('{\n "id": [1]\n}\n{\n "id": {"a": 2}\n}\n')).toMatchObject({
      isDocument: true,
      messages: [
        ['value 1', '{\n "id": [1]\n}'],
        ['value 2', '{\n "id": {"a": 2}\n}'],
      ],
    });
  });

  test('is refused where it is neither', async () => {
    await expect(read('data: {"id":1}\n\n')).rejects.toMatchObject({ code: 'USAGE' });
  });
});

test('JSON that is cut, or closes what was never opened, ends the values', () => {
  expect(splitJsonValues('[{"a":1},{"b":', 1, 10)).toEqual(['{"a":1}']);
  expect(splitJsonValues('}]', 0, 10)).toEqual([]);
});
