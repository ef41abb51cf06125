import { cpus, totalmem } from 'node:os';

/** CPU, cores, memory and Node version. */
export function machine() {
  const [first] = cpus();
  return { cpu: first.model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
}

/** The machine as one line. */
export function machineLine({ cpu, cores, memoryGiB, node }) {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}`;
}
