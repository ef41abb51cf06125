import { readFileSync } from 'node:fs';

/**
 * Loaded into a process with `--import`: its clock is ahead by the milliseconds in the file STEPPED_CLOCK_FILE, as if somebody had
 * set the system's clock. Timers and the monotonic clock go on as before.
 */
const file = process.env['STEPPED_CLOCK_FILE'];
const SystemDate = Date;
let offset = 0;
setInterval(() => {
  offset = Number(readFileSync(file, 'utf8'));
}, 100).unref();

globalThis.Date = class extends SystemDate {
  constructor(...args) {
    if (args.length > 0) super(...args);
    else super(SystemDate.now() + offset);
  }

  static now() {
    return SystemDate.now() + offset;
  }
};
