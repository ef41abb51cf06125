import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { checkInput, detectFormat, readMessageLines, requireLines } from '../../../../src/ingest/sources/ndjson/input-format.ts';

const post = '{"platform":"chirper","id":"1","text":"Brixomel works"}';
const detect = (content: string | Buffer) => detectFormat(Buffer.from(content), true);

describe('detectFormat', () => {
  test.each([
    ['one message', post],
    ['messages after blank lines and a byte order mark', `\ufeff\n  \n${post}\n${post}\n`],
    ['a malformed message', "{'platform':'chirper','id':'1'}\n"],
    ['a message that was cut', '{"platform":"chirper","id":"1","te\n'],
    ['null, which some APIs return for a missing item', `null\n${post}\n`],
    ['a JSON string', '"Brixomel"\n'],
    ['nothing', ''],
  ])('takes %s for NDJSON', (_, content) => {
    expect(detect(content)).toBe('ndjson');
  });

  test.each(['I love this camera\n', '[update] it works again\n', ':) what a day\n', '5 stars\n', 'id: please\n', 'data: none\n'])(
    'takes %j for text',
    (content) => {
      expect(detect(content)).toBe('text');
    },
  );

  test.each([
    ['gzip', gzipSync(post)],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04])],
    ['zip', Buffer.from('PK\u0003\u0004....')],
    ['utf-16', Buffer.from(`\ufeff${post}`, 'utf16le')],
    ['utf-16', Buffer.from(post, 'utf16le')],
    ['utf-16', Buffer.from(post, 'utf16le').swap16()],
    ['json-array', `[${post}]`],
    ['json-array', `[\n  ${post}\n]`],
    ['json-array', '[]'],
    ['pretty-json', JSON.stringify({ id: '1', text: 'Brixomel' }, null, 2)],
    ['pretty-json', '{"id": "1",\n "text": "Brixomel"}'],
    ['server-sent-events', `event: update\r\ndata: ${post}\r\n\r\n`],
    ['server-sent-events', `data: ${post}\n\n`],
    ['server-sent-events', `:thump\n\nevent: update\ndata: ${post}\n\n`],
  ])('recognizes %s', (format, content) => {
    expect(detect(content)).toBe(format);
  });

  test('needs the first line, and no more than that', () => {
    expect(detectFormat(Buffer.from(post), false)).toBeUndefined();
    expect(detectFormat(Buffer.from(`${post}\n`), false)).toBe('ndjson');
    expect(detectFormat(Buffer.from('\n\n\n\n\n'), false)).toBeUndefined();
    expect(detectFormat(Buffer.from(`{"text":"${'a'.repeat(70_000)}`), false)).toBe('ndjson');
  });
});

test('the input is complete after its format was detected', async () => {
  const { format, chunks } = await checkInput(Readable.from([Buffer.from(post.slice(0, 7)), post.slice(7), '\nsecond\n']));
  const read: Buffer[] = [];
  for await (const chunk of chunks) read.push(chunk);
  expect([format, Buffer.concat(read).toString()]).toEqual(['ndjson', `${post}\nsecond\n`]);
});

test('formats without one message per line are refused, with the command that converts them', async () => {
  const read = async (content: string | Buffer) => {
    for await (const _ of readMessageLines(Readable.from([content]))) return;
  };
  await expect(read(gzipSync(post))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/^The input is compressed with gzip, not one message per line.*`gunzip -c FILE`\.$/),
  });
  await expect(read(`[${post}]`)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining("`jq -c '.[]' FILE`") });
  await expect(read('plain text\n')).resolves.toBeUndefined();
  expect(() => requireLines('pretty-json')).toThrow(/spans several lines/);
});

test('a stream that fails before its first line is a FILE_INACCESSIBLE error', async () => {
  const failing = new Readable({ read: () => failing.destroy(new Error('read failed')) });
  await expect(checkInput(failing)).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE' });
});
