import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Channel, createChannels } from '../../../src/alerts/notify/channels.ts';
import { emptyContext } from '../../../src/alerts/notify/explain.ts';
import { createDigest, createMessage } from '../../../src/alerts/notify/message.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { AlertTransition } from '../../../src/domain/alert.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';
import { type Mailbox, startMailbox } from '../../support/mailbox.ts';

const at = Date.UTC(2026, 4, 20, 12);
const page = 'https://feedpulse.example/';
const hostile = `</td><script>alert(1)</script>\r\nBcc: everyone@evil.example\r\n\r\n.\r\n\u202e${'😡'.repeat(500)} <img src=x onerror=alert(1)> `;
const start: AlertTransition = {
  ...{
    id: 'c1',
    alert: 'c1',
    kind: 'alert',
    rule: 'mood',
    brand: 'Söhne <b>&\r\nBcc: x@evil.example',
    severity: 'warning',
    at,
    channels: ['mail'],
  },
  evaluation: {
    ...{ metric: 'netSentiment', direction: 'down', observed: -41.4, expected: 12, low: -3, high: 27, z: -5.21, posts: 212 },
    ...{ from: at - 900_000, to: at, baseline: null },
  },
  state: { status: 'alert', since: at },
};
const end: AlertTransition = { ...start, id: 'c2', kind: 'resolved', state: { status: 'ok', since: at } };
const context = {
  timeZone: 'UTC',
  notes: [],
  drivers: ['refund <i>'],
  examples: [{ platform: 'chirper', text: hostile, author: '<b>ines</b>', posts: 1, url: 'https://chirper.example/1' }],
};
const started = createMessage(start, context, page);

const authority = createCertificateAuthority('Mail');
const { key, cert } = authority.issue('localhost');
const folder = mkdtempSync(join(tmpdir(), 'feedpulse-mail-'));
const caFile = join(folder, 'ca.pem');
let mailboxes: Mailbox[] = [];

beforeAll(() => writeFileSync(caFile, authority.ca));
afterEach(async () => {
  await Promise.all(mailboxes.map((mailbox) => mailbox.close()));
  mailboxes = [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(options: Parameters<typeof startMailbox>[0]): Promise<Mailbox> {
  const mailbox = await startMailbox(options);
  mailboxes.push(mailbox);
  return mailbox;
}

/** A channel to a mailbox, by default over an unencrypted connection. */
function channelTo({ port }: Mailbox, more: object = {}): Channel {
  const mail = {
    ...{ type: 'email', host: 'localhost', port, security: 'none', from: 'alerts@feedpulse.example', to: ['pr@brand.example'] },
    ...{ allowPrivate: true, ...more },
  };
  const channel = createChannels(configSchema.parse({ alerts: { channels: { mail } } }).alerts).get('mail');
  if (!channel) throw new Error('expected a channel');
  return channel;
}

const plain = { disabledCommands: ['STARTTLS', 'AUTH'] };

test('a mail contains everything; post text stays text in the headers, the text and the HTML', async () => {
  const mailbox = await open(plain);
  await channelTo(mailbox).send(started, at);
  expect(mailbox.envelopes).toEqual([{ from: 'alerts@feedpulse.example', to: ['pr@brand.example'] }]);
  const letter = await simpleParser(mailbox.messages[0] ?? '');
  expect([...letter.headers.keys()]).not.toContain('bcc');
  expect(letter.headers.get('auto-submitted')).toBe('auto-generated');
  expect(letter.subject).toMatch(/^Söhne <b>& ?.*net sentiment fell to −41 \(expected \+12\)$/);
  expect(letter.text).toContain('Observed: −41');
  const html = String(letter.html);
  expect(html.match(/<[^>]*>/g)?.map((tag) => /^<\/?([a-z0-9!]+)/.exec(tag)?.[1])).not.toEqual(expect.arrayContaining(['script']));
  expect(html).not.toMatch(/<(script|img|b)\b/);
  expect(html).toContain('href="https://feedpulse.example/?brand=');
  expect(letter.text).not.toMatch(/\u202e/);
});

test('every attempt has the same Message-ID, and the end of an alert replies to its start', async () => {
  const mailbox = await open(plain);
  const { send } = channelTo(mailbox);
  await send(started, at);
  await send(started, at + 60_000);
  await send(createMessage(end, emptyContext, page), at + 120_000);
  const [first, again, reply] = await Promise.all(mailbox.messages.map((letter) => simpleParser(letter)));
  expect(first?.messageId).toMatch(/^<[0-9a-f]{32}@feedpulse\.example>$/);
  expect(again?.messageId).toBe(first?.messageId);
  expect(reply?.messageId).not.toBe(first?.messageId);
  expect([first?.inReplyTo, reply?.inReplyTo, reply?.references]).toEqual([undefined, first?.messageId, first?.messageId]);
});

test('a digest is one mail', async () => {
  const mailbox = await open(plain);
  const messages = [started, createMessage(end, emptyContext, page)];
  await channelTo(mailbox, { digest: '1h' }).digest?.send(createDigest('1', messages, page), at);
  expect(mailbox.messages).toHaveLength(1);
  const letter = await simpleParser(mailbox.messages[0] ?? '');
  expect(letter.subject).toBe('1 alert started, 1 resolved');
  for (const { title } of messages) expect(letter.text).toContain(title.slice(0, 6));
});

test.each([
  ['starttls', {}],
  ['tls', { secure: true }],
])('%s: the certificate, the user and the password are checked', async (security, options) => {
  const mailbox = await open({ key, cert, login: { user: 'feedpulse', password: 'hidden' }, ...options });
  const login = { security, username: 'feedpulse', password: 'hidden', caFile };
  await channelTo(mailbox, login).send(started, at);
  expect(mailbox.messages).toHaveLength(1);
  for (const wrong of [{ caFile: undefined }, { password: 'hidden too' }, { username: undefined, password: undefined }]) {
    const refused = await channelTo(mailbox, { ...login, ...wrong })
      .send(started, at)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'EMAIL_FAILED' });
    expect(String((refused as Error).message)).not.toContain('hidden');
  }
  expect(mailbox.messages).toHaveLength(1);
});

test('nothing is sent to a server without encryption unless allowed', async () => {
  const mailbox = await open(plain);
  await expect(channelTo(mailbox, { security: 'starttls' }).send(started, at)).rejects.toMatchObject({ code: 'EMAIL_FAILED' });
  expect(mailbox.messages).toEqual([]);
  const mail = { type: 'email', host: 'mail.example', security: 'none', from: 'a@b.example', to: ['c@d.example'] };
  expect(() => configSchema.parse({ alerts: { channels: { mail } } })).toThrow(/unencrypted/);
  expect(() =>
    configSchema.parse({ alerts: { channels: { mail: { ...mail, security: 'tls', to: ['a@b.example\r\nBcc: x@y.example'] } } } }),
  ).toThrow(/address/);
});

test.each([451, 550])('a server that answers %d is reported by its code only', async (answer) => {
  const mailbox = await open(plain);
  mailbox.replyCode = answer;
  const failed = channelTo(mailbox).send(started, at);
  await expect(failed).rejects.toMatchObject({
    code: 'EMAIL_FAILED',
    message: `Could not send mail through localhost:${mailbox.port} (EMESSAGE ${answer}).`,
  });
});

test('a server on a private address is rejected unless allowed', async () => {
  const mailbox = await open(plain);
  await expect(channelTo(mailbox, { allowPrivate: false }).send(started, at)).rejects.toMatchObject({ code: 'WEBHOOK_REJECTED' });
  expect(mailbox.messages).toEqual([]);
});
