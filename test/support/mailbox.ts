import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mailbox {
  readonly port: number;
  /** Raw messages, with headers. */
  readonly messages: string[];
  /** SMTP envelopes, in the order of the messages. */
  readonly envelopes: { readonly from: string; readonly to: readonly string[] }[];
  /** SMTP reply to the following messages; 250 accepts them. */
  replyCode: number;
  close(): Promise<void>;
}

/** An SMTP server on the loopback interface. With `login`, authentication is required. */
export async function startMailbox(options: SMTPServerOptions & { login?: { user: string; password: string } } = {}): Promise<Mailbox> {
  const { login, ...rest } = options;
  const messages: string[] = [];
  const envelopes: { from: string; to: readonly string[] }[] = [];
  const server = new SMTPServer({
    ...rest,
    authOptional: login === undefined,
    onAuth: ({ username, password }, _session, callback) =>
      username === login?.user && password === login?.password
        ? callback(null, { user: username })
        : callback(new Error(`wrong: ${password}`)),
    onData: async (stream, { envelope }, callback) => {
      let text = '';
      for await (const part of stream) text += part;
      if (mailbox.replyCode !== 250)
        return callback(Object.assign(new Error('no, and your password is hidden'), { responseCode: mailbox.replyCode }));
      messages.push(text);
      envelopes.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address) });
      callback();
    },
  });
  server.on('error', () => {}); // a client that rejects the certificate raises an error here
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo; // it listens on TCP
  const mailbox: Mailbox = {
    port,
    messages,
    envelopes,
    replyCode: 250,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mailbox;
}
