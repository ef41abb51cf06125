import { escapeUTF8 } from 'entities';
import { createTransport } from 'nodemailer';
import type { ChannelConfig } from '../../config/alerts.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { readTlsFiles } from '../../lib/tls.ts';
import { type Digest, formatExample, formatText, type Message } from './message.ts';
import { resolvePublicAddress } from './webhook.ts';

type EmailConfig = Extract<ChannelConfig, { type: 'email' }>;

interface Mail {
  readonly key: string;
  /** Key of the message it replies to. */
  readonly inReplyTo?: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const timeoutMs = 10_000;
/** RFC 3834: keeps vacation responders from answering. */
const automatic = { 'Auto-Submitted': 'auto-generated' };

export interface Mailer {
  /** @param startKey key of the alert's first message; the later ones are threaded under it */
  send(message: Message, key: string, startKey: string, signal?: AbortSignal): Promise<void>;
  sendDigest(digest: Digest, key: string, signal?: AbortSignal): Promise<void>;
}

/**
 * Sends mail through an SMTP server, with one connection per mail. Every attempt has the same Message-ID, so that mail
 * clients can drop duplicates. Errors include the SMTP code but not the server's reply, which may quote the message.
 * @throws EMAIL_FAILED, WEBHOOK_REJECTED for a server on a private address, FILE_INACCESSIBLE
 */
export function createMailer(config: EmailConfig): Mailer {
  const domain = config.from.slice(config.from.lastIndexOf('@') + 1);
  const toMessageId = (key: string): string => `<${key}@${domain}>`;
  const deliver = async ({ key, inReplyTo, ...mail }: Mail, signal: AbortSignal | undefined): Promise<void> => {
    const transport = await connect(config);
    try {
      const thread = inReplyTo === undefined ? {} : { inReplyTo: toMessageId(inReplyTo), references: toMessageId(inReplyTo) };
      const sending = transport.sendMail({
        from: config.from,
        to: config.to,
        messageId: toMessageId(key),
        headers: automatic,
        ...thread,
        ...mail,
      });
      await (signal ? Promise.race([sending, rejectWhenAborted(signal)]) : sending);
    } catch (thrown) {
      throw failure(config, thrown);
    } finally {
      transport.close();
    }
  };
  return {
    send: (message, key, startKey, signal) =>
      deliver(
        {
          key,
          ...(message.transition.kind !== 'alert' && { inReplyTo: startKey }),
          subject: message.title,
          text: formatText(message),
          html: renderPage(renderMessage(message), message.link),
        },
        signal,
      ),
    sendDigest: ({ title, messages, link }, key, signal) =>
      deliver(
        {
          key,
          subject: title,
          text: messages.map(formatText).join('\n\n'),
          html: renderPage(messages.map(renderMessage).join('<hr>'), link),
        },
        signal,
      ),
  };
}

/** nodemailer cannot abort a message; its connection ends with its time limits. */
function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function connect({ host, port, security, username, password, caFile, allowPrivate }: EmailConfig) {
  const { ca } = readTlsFiles('alerts.channels', { caFile });
  return createTransport({
    // Connects to the checked address, since a second lookup could return another one.
    host: allowPrivate ? host : await resolvePublicAddress(host),
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { servername: host, ...(ca && { ca }) },
    ...(username !== undefined && { auth: { user: username, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function failure({ host, port }: EmailConfig, thrown: unknown): FeedpulseError {
  if (thrown instanceof FeedpulseError) return thrown;
  const { code, responseCode } = thrown as { code?: unknown; responseCode?: unknown }; // set by nodemailer
  const codes = [code, responseCode].filter((value) => typeof value === 'string' || typeof value === 'number');
  return new FeedpulseError('EMAIL_FAILED', `Could not send mail through ${host}:${port} (${codes.join(' ') || 'no reason given'}).`, {
    cause: thrown,
  });
}

/** Escapes all values, so that post text cannot contain HTML. */
function renderMessage({ title, why, facts, context, isTest }: Message): string {
  const rows = facts.map(([name, value]) => `<tr><th align="left">${escapeUTF8(name)}</th><td>${escapeUTF8(value)}</td></tr>`);
  const drivers = context.drivers.length > 0 ? `<p>Drivers: ${escapeUTF8(context.drivers.join(', '))}</p>` : '';
  const quotes = context.examples.map((example) => `<blockquote dir="auto">${escapeUTF8(formatExample(example))}</blockquote>`);
  return `<h2>${escapeUTF8(title)}</h2><p>${escapeUTF8(why)}</p>${isTest ? '' : `<table cellpadding="4">${rows.join('')}</table>`}${drivers}${quotes.join('')}`;
}

function renderPage(content: string, link: string): string {
  return `<!doctype html><html><body style="font-family: sans-serif">${content}<p><a href="${escapeUTF8(link)}">Open feedpulse</a></p></body></html>`;
}
