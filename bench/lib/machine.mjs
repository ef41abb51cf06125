import { cpus, totalmem } from 'node:os';

/** The machine a figure was measured on. */
export function machine() {
  const [first] = cpus();
  return { cpu: first.model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
}

/** The same as one line of text. */
export function machineLine({ cpu, cores, memoryGiB, node }) {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}`;
}
