import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mailbox {
  readonly port: number;
  /** Letters as they came, headers and all. */
  readonly letters: string[];
  /** Who was named to the server: senders and receivers, in the order of the letters. */
  readonly envelopes: { readonly from: string; readonly to: readonly string[] }[];
  /** The code that it answers a letter with from now on; 250 takes it. */
  answer: number;
  close(): Promise<void>;
}

/** A real SMTP server on this machine. With `login` nobody else may send. */
export async function startMailbox(options: SMTPServerOptions & { login?: { user: string; password: string } } = {}): Promise<Mailbox> {
  const { login, ...rest } = options;
  const letters: string[] = [];
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
      if (mailbox.answer !== 250)
        return callback(Object.assign(new Error('no, and your password is hidden'), { responseCode: mailbox.answer }));
      letters.push(text);
      envelopes.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address) });
      callback();
    },
  });
  server.on('error', () => {}); // a client that leaves over a certificate is one
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo; // it listens on TCP
  const mailbox: Mailbox = { port, letters, envelopes, answer: 250, close: () => new Promise((resolve) => server.close(() => resolve())) };
  return mailbox;
}
