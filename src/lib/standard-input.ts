import { spawn } from 'node:child_process';
import { closeSync, constants, createReadStream, fstatSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';

/** Whether a path is standard input: `-`, or a name of its descriptor, which leads elsewhere once the input has been moved. */
export const isStandardInput = (path: string): boolean => ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'].includes(path);

/** Starts to read standard input where it was moved to; undefined while it is on its own descriptor. */
let openMoved: (() => NodeJS.ReadableStream) | undefined;

/** Standard input, wherever it is. Call it once. */
export const standardInput = (): NodeJS.ReadableStream => openMoved?.() ?? process.stdin;

/**
 * Moves standard input from descriptor 0 to another one and opens /dev/null in its place. The embedded database appends
 * what it finds on descriptor 0 to the rows of its next INSERT statement, and waits for its end. A terminal it ignores.
 */
export function moveStandardInput(): void {
  if (openMoved || isatty(0)) return;
  openMoved = reopen() ?? pipeThroughCat();
  closeSync(0);
  openSync('/dev/null', 'r'); // gets the lowest free descriptor
}

/** Opens the same file or pipe once more. Undefined for a socket, which Linux cannot open by its name. */
function reopen(): (() => NodeJS.ReadableStream) | undefined {
  try {
    // Not blocking: a named pipe may have no writer at this moment.
    const fd = openSync('/dev/stdin', constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    const isPipe = stats.isFIFO() || stats.isSocket();
    const start = stats.isFile() ? readPosition() : undefined;
    // A pipe read like a file would keep a thread of Node's pool, and the process from exiting, until data arrives.
    return () =>
      isPipe ? new Socket({ fd, readable: true, writable: false }) : createReadStream('', { fd, ...(start !== undefined && { start }) });
  } catch {
    return undefined;
  }
}

/**
 * Bytes of the file on standard input that others have read. Linux opens a file anew, at its beginning; undefined where the
 * position is shared.
 */
function readPosition(): number | undefined {
  try {
    const [, position] = /^pos:\s+(\d+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8')) ?? [];
    return position === undefined ? undefined : Number(position);
  } catch {
    return undefined;
  }
}

/** A child process inherits the descriptor and copies it to a pipe. Until that is read, it does not keep this process alive. */
function pipeThroughCat(): () => NodeJS.ReadableStream {
  const child = spawn('cat', { stdio: ['inherit', 'pipe', 'ignore'] });
  const output = child.stdout as Socket; // a pipe to a child process is one
  child.unref();
  output.unref();
  child.once('error', (error) => output.destroy(error));
  process.once('exit', () => child.kill());
  return () => output.ref();
}
