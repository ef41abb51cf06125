import { errorCodeOf } from './errors.ts';

/** True if a process with this ID runs on this machine, whichever user owns it. */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return errorCodeOf(thrown) === 'EPERM';
  }
}
