import { asError } from './errors.ts';

/** Whether a process with this number runs on this machine, whoever owns it. */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return asError(thrown).message.includes('EPERM');
  }
}
