import { pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured, to standard error. Give it facts, never a post's text: that is other people's data. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const secrets = ['password', '*.password', 'sasl', '*.sasl', 'token', '*.token', 'authorization', '*.authorization'];

/** JSON lines on standard error, so that standard output stays free for data. */
export function createLog(level: LogLevel): Log {
  return pino({ level, redact: secrets, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }));
}
