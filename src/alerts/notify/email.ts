import { escapeUTF8 } from 'entities';
import { createTransport } from 'nodemailer';
import type { ChannelConfig } from '../../config/alerts.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { readTlsFiles } from '../../lib/tls.ts';
import { type Digest, type Message, textOf } from './message.ts';
import { publicAddressOf } from './webhook-address.ts';

type EmailConfig = Extract<ChannelConfig, { type: 'email' }>;

interface Letter {
  readonly key: string;
  /** The key of the letter that it answers. */
  readonly answers?: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const answerMs = 10_000;

export interface Mailer {
  /** @param beginning the key of the message that told of the beginning, which its end answers */
  send(message: Message, key: string, beginning: string): Promise<void>;
  sendDigest(digest: Digest, key: string): Promise<void>;
}

/**
 * Mail through an SMTP server, a connection for each letter. A message has the same Message-ID in every attempt, so that
 * mailboxes that heed it show it once. Errors name the server and its code alone: its words may quote what was sent.
 * @throws EMAIL_FAILED, WEBHOOK_REJECTED for a server that is not public, FILE_UNREADABLE
 */
export function createMailer(config: EmailConfig): Mailer {
  const domain = config.from.slice(config.from.lastIndexOf('@') + 1);
  const idOf = (key: string): string => `<${key}@${domain}>`;
  const post = async ({ key, answers, ...letter }: Letter): Promise<void> => {
    const transport = await connect(config);
    try {
      const thread = answers === undefined ? {} : { inReplyTo: idOf(answers), references: idOf(answers) };
      await transport.sendMail({ from: config.from, to: config.to, messageId: idOf(key), ...thread, ...letter });
    } catch (thrown) {
      throw failure(config, thrown);
    } finally {
      transport.close();
    }
  };
  return {
    send: (message, key, beginning) =>
      post({
        key,
        ...(message.transition.kind === 'resolved' && { answers: beginning }),
        subject: message.title,
        text: textOf(message),
        html: page(article(message), message.link),
      }),
    sendDigest: ({ title, messages, link }, key) =>
      post({
        key,
        subject: title,
        text: messages.map(textOf).join('\n\n'),
        html: page(messages.map(article).join('<hr>'), link),
      }),
  };
}

async function connect({ host, port, security, username, password, caFile, allowPrivate }: EmailConfig) {
  const { ca } = readTlsFiles('alerts.channels', { caFile });
  return createTransport({
    // What was checked is what is connected to: no second look-up could answer differently.
    host: allowPrivate ? host : await publicAddressOf(host),
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { servername: host, ...(ca && { ca }) },
    ...(username !== undefined && { auth: { user: username, pass: password ?? '' } }),
    connectionTimeout: answerMs,
    greetingTimeout: answerMs,
    socketTimeout: answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function failure({ host, port }: EmailConfig, thrown: unknown): FeedpulseError {
  if (thrown instanceof FeedpulseError) return thrown;
  const { code, responseCode } = thrown as { code?: unknown; responseCode?: unknown }; // what nodemailer puts on its errors
  const facts = [code, responseCode].filter((fact) => typeof fact === 'string' || typeof fact === 'number');
  return new FeedpulseError('EMAIL_FAILED', `${host}:${port} did not take the mail (${facts.join(' ') || 'no reason given'}).`, {
    cause: thrown,
  });
}

/** Everything that is not ours is text: nothing in it can end an element or begin one. */
function article({ title, facts, context, isTest }: Message): string {
  const rows = facts.map(([name, value]) => `<tr><th align="left">${escapeUTF8(name)}</th><td>${escapeUTF8(value)}</td></tr>`);
  const drivers = context.drivers.length > 0 ? `<p>Drivers: ${escapeUTF8(context.drivers.join(', '))}</p>` : '';
  const quotes = context.examples.map(
    ({ platform, text }) => `<blockquote dir="auto">${escapeUTF8(text)} <i>(${escapeUTF8(platform)})</i></blockquote>`,
  );
  return `<h2>${escapeUTF8(title)}</h2>${isTest ? '' : `<table cellpadding="4">${rows.join('')}</table>`}${drivers}${quotes.join('')}`;
}

function page(content: string, link: string): string {
  return `<!doctype html><html><body style="font-family: sans-serif">${content}<p><a href="${escapeUTF8(link)}">Open feedpulse</a></p></body></html>`;
}
